// A box around each digit, over the canvas or a picture, with its reading and certainty; the one pressed is looked into.

const layers = new WeakMap();

const element = (parent, tag, className) => {
  const made = document.createElement(tag);
  made.className = className;
  parent.appendChild(made);
  return made;
};

// Over the place that is read: its box within the parent's.
const lay = ({ parent, layer, data }) => {
  const place = document.querySelector(data.over);
  layer.hidden = !place;
  if (!place) return;
  const own = parent.getBoundingClientRect(), under = place.getBoundingClientRect();
  layer.style.left = `${under.left - own.left}px`;
  layer.style.top = `${under.top - own.top}px`;
  layer.style.width = `${under.width}px`;
  layer.style.height = `${under.height}px`;
};

const show = (made, { data, choose }) => {
  const { layer } = made;
  layer.replaceChildren();
  data.digits.forEach(({ box: [left, top, right, bottom], said, label }, place) => {
    const frame = element(layer, "div", place === data.place ? "digit-box chosen" : "digit-box");
    Object.assign(frame.style, {
      left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * (right - left)}%`, height: `${100 * (bottom - top)}%`,
    });
    const several = data.digits.length > 1;
    const name = element(frame, several ? "button" : "span", "digit-name");
    name.textContent = said;
    if (!several) return;
    name.type = "button";
    name.setAttribute("aria-label", label);
    name.setAttribute("aria-pressed", place === data.place);
    name.addEventListener("click", () => choose(place));
  });
};

const create = (parent) => {
  parent.style.position = "relative";
  const made = { parent, layer: element(parent, "div", "digit-boxes") };
  made.again = () => lay(made);
  made.watcher = new ResizeObserver(made.again);
  made.watcher.observe(parent);
  layers.set(parent, made);
  return made;
};

export function update({ data, parentElement, setTriggerValue }) {
  const made = layers.get(parentElement) ?? create(parentElement);
  made.data = data;
  show(made, { data, choose: (place) => setTriggerValue("chosen", place) });
  made.again();
  const place = document.querySelector(data.over);
  if (place) made.watcher.observe(place);
  // A picture gets its size when it has come.
  place?.addEventListener("load", made.again, { once: true });
}

export function remove(parentElement) {
  const made = layers.get(parentElement);
  if (!made) return;
  made.watcher.disconnect();
  made.layer.remove();
  layers.delete(parentElement);
}
