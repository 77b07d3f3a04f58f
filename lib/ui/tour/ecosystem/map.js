// The picture of the ecosystem as SVG: every box is a link, which opens without loading the page anew, and in a new tab
// like any link. It is drawn twice, for wide and for narrow places; the stylesheet shows the one that fits.

const HEIGHT = 62;  // of a box
const WIDE = {
  name: "wide", size: [960, 352], width: 186,
  places: {
    data: [4, 64], keras: [4, 158], devices: [4, 252], network: [246, 158], tensorboard: [246, 252],
    saved_model: [488, 158], serving: [770, 32], litert: [770, 112], browser: [770, 192], languages: [770, 272],
  },
  headings: [[4, 22], [770, 22]],
  lines: [
    "190,95 216,95 216,176 240,176", "190,189 240,189", "190,283 216,283 216,202 240,202", "339,220 339,246",
    "432,189 482,189", "674,189 720,189 720,63 764,63", "720,143 764,143", "720,189 720,223 764,223",
    "720,223 720,303 764,303",
  ],
};
const NARROW = {
  name: "narrow", size: [350, 480], width: 164,
  places: {
    data: [3, 30], keras: [183, 30], network: [3, 120], devices: [183, 120], saved_model: [3, 210],
    tensorboard: [183, 210], serving: [3, 334], litert: [183, 334], browser: [3, 414], languages: [183, 414],
  },
  headings: [[3, 20], [3, 324]],
  lines: [
    "85,92 85,114", "265,92 265,106 110,106 110,114", "183,151 173,151", "140,182 140,196 265,196 265,204",
    "85,182 85,204", "85,272 85,296 175,296 175,365 172,365", "175,365 178,365", "175,365 175,445 172,445",
    "175,445 178,445",
  ],
};

function element(kind, about = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [name, value] of Object.entries(about)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function link(code, { title, about, address }, [x, y], width, chosen) {
  const middle = x + width / 2;
  return element("a", { href: address, "data-opens": code, ...(code === chosen ? { "aria-current": "true" } : {}) },
    element("rect", { x, y, width, height: HEIGHT, rx: 9 }),
    element("text", { class: "title", x: middle, y: y + 27 }, title),
    element("text", { x: middle, y: y + 47 }, about));
}

function drawing({ name, size, width, places, headings, lines }, data) {
  const end = element("marker", { id: `ecosystem-${name}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    element("path", { d: "M0 0L8 4L0 8z" }));
  return element("svg", { class: name, viewBox: `0 0 ${size.join(" ")}`, role: "group", "aria-label": data.about },
    end,
    element("g", { "marker-end": `url(#ecosystem-${name})` }, ...lines.map((points) => element("polyline", { points }))),
    ...headings.map(([x, y], i) => element("text", { class: "heading", x, y }, data.headings[i])),
    ...Object.entries(places).map(([code, place]) => link(code, data.boxes[code], place, width, data.chosen)));
}

function made(parentElement) {
  const place = document.createElement("div");
  place.className = "ecosystem-map";
  place.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    place.open(link.dataset.opens);
  });
  parentElement.append(place);
  return place;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".ecosystem-map") ?? made(parentElement);
  place.open = (box) => setTriggerValue("opened", box);
  const said = JSON.stringify(data);
  if (place.said === said) return;
  place.said = said;
  // A box that has the keyboard's focus keeps it when the picture is drawn anew.
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.opens : "";
  place.replaceChildren(drawing(WIDE, data), drawing(NARROW, data));
  [...place.querySelectorAll("a")].find((one) => one.dataset.opens === focused && one.checkVisibility())?.focus({ preventScroll: true });
}
