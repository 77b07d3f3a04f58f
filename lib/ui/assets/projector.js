// Keys of the projector mode: arrows and Page keys put the next or the former part of the page below the navigation;
// after the last part of a lesson comes the next lesson. Escape leaves the mode. A key that something else needs, such
// as a field or the canvas, is left to it.

const PARTS = "h1, h2, h3, h4, h5, [role=tablist], .growing-chart, .bar-chart, [data-testid=stPlotlyChart], .st-key-canvas";
const NEEDS_KEYS = [
  "input", "textarea", "select", "[contenteditable=true]", "canvas", ".st-key-canvas", "[data-testid=stDataFrame]",
  "[role=radiogroup]", "[role=tablist]", "[role=slider]", "[role=listbox]", "[role=combobox]", "[role=grid]",
  "[role=menu]", "[role=dialog]",
].join(",");
const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };

// Parts closer together than this are shown as one: a heading and the chart below it.
const APART = 120;
// A part that stands there already, with some pixels of rounding.
const THERE = 12;

const page = () => document.querySelector("[data-testid=stMain]");
const button = (key) => document.querySelector(`.st-key-${key} button:not(:disabled)`);

// How far below the navigation each part begins.
const parts = (main) => {
  const top = main.getBoundingClientRect().top + document.querySelector("[data-testid=stHeader]").offsetHeight;
  const found = [];
  for (const part of main.querySelectorAll(PARTS)) {
    const box = part.getBoundingClientRect();
    const below = box.top - top;
    if (box.height && (!found.length || below - found.at(-1) >= APART)) found.push(below);
  }
  return found;
};

const go = (step) => {
  const main = page();
  const found = parts(main);
  const ended = main.scrollTop + main.clientHeight >= main.scrollHeight - 1;
  const next = step > 0 ? found.find((below) => below > THERE) : found.findLast((below) => below < -THERE);
  if (next !== undefined && !(step > 0 && ended)) return main.scrollBy(0, next);
  const other = button(step > 0 ? "tour_next" : "tour_back");
  if (other) {
    other.click();
    main.scrollTo(0, 0);
  } else if (step < 0) {
    main.scrollTo(0, 0);
  }
};

const isNeeded = (event) => (
  event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey
  || event.composedPath().some((node) => node instanceof Element && node.matches(NEEDS_KEYS))
  || document.querySelector("[role=dialog], [role=listbox], [role=menu]")
);

const hear = (event) => {
  if (isNeeded(event)) return;
  if (event.key === "Escape") button("projector_switch")?.click();
  else if (STEPS[event.key]) go(STEPS[event.key]);
  else return;
  event.preventDefault();
};

const hearing = new WeakSet();

export default function ({ parentElement }) {
  if (hearing.has(parentElement)) return;
  hearing.add(parentElement);
  document.addEventListener("keydown", hear);
  return () => {
    hearing.delete(parentElement);
    document.removeEventListener("keydown", hear);
  };
}
