// A box around each digit, over the canvas or a picture, with its reading and certainty; the one pressed is looked into.
//
// While boxes are changed, the layer takes the pen: an edge can be dragged, and with it the one that it touches; × leaves a
// box out; a new one is dragged over ink. Arrow keys move an edge as well. The server then reads anew.

const layers = new WeakMap();

// Sides in the order of a box's numbers, all shares of the place: left, top, right, bottom.
const SIDES = ["left", "top", "right", "bottom"];
const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, -1], ArrowDown: [1, 1] };
const STEP = 0.01, LEAST = 0.02, TOUCHING = 0.02, PAUSE_MS = 400;

const element = (parent, tag, className, about = {}) => {
  const made = Object.assign(document.createElement(tag), { className, ...about });
  parent.appendChild(made);
  return made;
};

const press = (parent, className, text, label, onclick) => {
  const made = element(parent, "button", className, { type: "button", textContent: text, onclick });
  if (label) made.setAttribute("aria-label", label);
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

const stretch = (frame, [left, top, right, bottom]) => Object.assign(frame.style, {
  left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * (right - left)}%`, height: `${100 * (bottom - top)}%`,
});

const send = (made) => {
  clearTimeout(made.timer);
  made.timer = null;
  made.tell("edited", { boxes: made.boxes });
};

// Moves one edge, and the neighbour's that it touches: a cut between two digits is one.
const pull = (made, place, side, to) => {
  const { boxes, frames } = made, from = boxes[place][side], opposite = (side + 2) % 4, across = side % 2;
  const within = (box, edge, at) => (edge < 2 ? Math.min(at, box[edge + 2] - LEAST) : Math.max(at, box[edge - 2] + LEAST));
  const at = within(boxes[place], side, Math.min(1, Math.max(0, to)));
  boxes.forEach((box, other) => {
    if (across || other === place || Math.abs(box[opposite] - from) > TOUCHING) return;
    box[opposite] = within(box, opposite, at);
    stretch(frames[other], box);
  });
  boxes[place][side] = at;
  made.changed = true;
  stretch(frames[place], boxes[place]);
};

// Where in the layer a pointer is, as shares.
const shares = ({ layer }, event) => {
  const { left, top, width, height } = layer.getBoundingClientRect();
  return [(event.clientX - left) / width, (event.clientY - top) / height];
};

// Follows a pointer from its press to its release; `moved` gets shares.
const follow = (made, event, moved, done) => {
  const target = event.currentTarget;
  event.preventDefault();
  event.stopPropagation();
  target.setPointerCapture(event.pointerId);
  target.focus?.();
  made.dragging = true;
  target.onpointermove = (next) => moved(shares(made, next));
  target.onpointerup = target.onpointercancel = () => {
    target.onpointermove = target.onpointerup = target.onpointercancel = null;
    made.dragging = false;
    done();
  };
};

const edge = (made, frame, place, side) => {
  const { words } = made.data, label = words.sides[side].replace("{place}", place + 1);
  const handle = press(frame, `digit-edge ${SIDES[side]}`, "", label);
  handle.dataset.at = `${place} ${side}`;
  handle.onpointerdown = (event) => follow(
    made, event, (at) => pull(made, place, side, at[side % 2]), () => send(made),
  );
  handle.onkeydown = (event) => {
    const [axis, way] = KEYS[event.key] ?? [];
    if (axis !== side % 2) return;
    event.preventDefault();
    pull(made, place, side, made.boxes[place][side] + way * STEP);
    clearTimeout(made.timer);
    made.timer = setTimeout(() => send(made), PAUSE_MS);
  };
  // Whoever leaves the edge to press something else has moved it before that.
  handle.onblur = () => { if (made.timer) send(made); };
};

// A new box, dragged from corner to corner.
const begin = (made, event) => {
  if (event.target !== made.layer) return;
  const [x, y] = shares(made, event), frame = element(made.layer, "div", "digit-box chosen");
  let box;
  follow(made, event, ([u, v]) => {
    const inside = (share) => Math.min(1, Math.max(0, share));
    box = [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)].map(inside);
    stretch(frame, box);
  }, () => {
    frame.remove();
    if (!box || box[2] - box[0] < LEAST || box[3] - box[1] < LEAST) return;
    made.boxes.push(box);
    made.changed = true;
    send(made);
  });
};

const showOne = (made, { box, said, label }, place) => {
  const { layer, data, tell } = made, frame = element(layer, "div", place === data.place ? "digit-box chosen" : "digit-box");
  stretch(frame, box);
  made.frames.push(frame);
  const several = data.digits.length > 1, name = element(frame, several ? "button" : "span", "digit-name");
  name.textContent = said;
  if (several) {
    name.type = "button";
    name.setAttribute("aria-label", label);
    name.setAttribute("aria-pressed", place === data.place);
    name.addEventListener("click", () => tell("chosen", place));
  }
  if (!data.editing) return;
  SIDES.forEach((_, side) => edge(made, frame, place, side));
  press(frame, "digit-remove", "×", data.words.remove.replace("{place}", place + 1), () => {
    made.boxes.splice(place, 1);
    made.changed = true;
    send(made);
  });
};

const show = (made) => {
  const { layer, data } = made, held = layer.contains(document.activeElement) && document.activeElement.dataset.at;
  layer.classList.toggle("editing", data.editing);
  layer.onpointerdown = data.editing ? (event) => begin(made, event) : null;
  layer.replaceChildren();
  made.frames = [];
  made.changed = false;
  made.boxes = data.digits.map(({ box }) => [...box]);
  if (data.editing) element(layer, "div", "digit-hint", { textContent: data.words.hint });
  data.digits.forEach((digit, place) => showOne(made, digit, place));
  if (held) layer.querySelector(`[data-at="${held}"]`)?.focus();
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
  const same = JSON.stringify(data) === JSON.stringify(made.data);
  Object.assign(made, { data, tell: setTriggerValue });
  // What comes while an edge is held is older than that.
  if (!made.dragging && !made.timer && (made.changed || !same)) show(made);
  made.again();
  const place = document.querySelector(data.over);
  if (place) made.watcher.observe(place);
  // A picture gets its size when it has come.
  place?.addEventListener("load", made.again, { once: true });
}

export function remove(parentElement) {
  const made = layers.get(parentElement);
  if (!made) return;
  clearTimeout(made.timer);
  made.watcher.disconnect();
  made.layer.remove();
  layers.delete(parentElement);
}
