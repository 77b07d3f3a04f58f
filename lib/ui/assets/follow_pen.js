// Reads along while the pen moves: the canvas' pixels, prepared and predicted in this browser; nothing is sent.
//
// The server's answer comes after the stroke and into the same chart. Where something is missing here (the weights, the
// chart, a browser too old), this does nothing, and that answer alone is shown.

import { paint, percent } from "./bars.js";
import { pictureOf } from "./canvas_picture.js";
import { answerOf, load } from "./networks.js";
import { alone, look, prepared, spans } from "./prepare_drawing.js";

const followers = new WeakMap();

// At most at every frame, and never more than half of the browser's time.
const PAUSE_MS = 16;
// The canvas above, which takes the pen, and the one below with the finished strokes; they may live in a shadow root.
const layersIn = (place) => {
  if (!place) return [];
  const roots = [place, ...[...place.querySelectorAll("*")].map((node) => node.shadowRoot).filter(Boolean)];
  const found = roots.flatMap((root) => [...root.querySelectorAll("canvas")]);
  return found.sort((a, b) => a.classList.contains("upper-canvas") - b.classList.contains("upper-canvas"));
};

// The digit under the pen, of a row whose digits do not touch, and its place in the row.
const underPen = (drawn, row, share) => {
  const parts = row ? spans(drawn.kept) : [];
  if (parts.length < 2) return { drawn, place: 0, count: 1 };
  const x = share * drawn.kept.w, away = ([left, right]) => Math.max(left - x, x - right, 0);
  const place = parts.reduce((best, one, k) => (away(one) < away(parts[best]) ? k : best), 0);
  return { drawn: alone(drawn, parts[place]), place, count: parts.length };
};

// The server's chart, in place: its next message draws it anew with numbers that look the same.
const paintChart = (follower, answers) => {
  const chart = document.querySelector(follower.data.chart);
  if (chart && paint(chart, answers)) follower.painted = answers;
};

// Whether an older answer of the server was drawn over what the pen has reached.
const isOverdrawn = ({ data, painted }) => (
  painted && document.querySelector(data.chart)?.shown !== painted
);

const say = ({ data, line }, answers, took) => {
  const [first] = answers, best = first.indexOf(Math.max(...first));
  line.textContent = data.words.seen
    .replace("{best}", data.classes[best]).replace("{percent}", percent(first[best])).replace("{ms}", Math.ceil(took));
};

const clear = ({ data, line }) => { line.textContent = data.words.idle; };

const readNow = (follower) => {
  const { data, networks } = follower, layers = layersIn(document.querySelector(data.canvas));
  if (!layers.length || !networks) return;
  const drawn = look(pictureOf(layers, follower.sheet));
  if (!drawn) { clear(follower); return; }
  const top = layers[layers.length - 1].getBoundingClientRect();
  const found = underPen(drawn, data.row, (follower.x - top.left) / top.width);
  const image = prepared(found.drawn, data.steps).d;
  const answers = networks.map((one) => answerOf(one, image));
  if (answers.flat().some((p) => !Number.isFinite(p))) { clear(follower); return; }
  // The chart is of one digit of the row; what another one is reads in the line.
  if (found.count === 1 || found.place === data.place) paintChart(follower, answers);
  const took = performance.now() - follower.since;
  say(follower, answers, took);
  follower.line.dataset.took = took.toFixed(1);
  follower.line.dataset.probabilities = JSON.stringify(answers[0]);
  follower.line.dataset.times = Number(follower.line.dataset.times ?? 0) + 1;
};

// In the frame after the pen has moved, or after the pause. Once the pen is up the canvas draws the stroke anew, and has
// none of it for a moment; then the server reads.
const tick = (follower) => {
  follower.waits = false;
  if (!follower.pressed || (follower.since === null && !isOverdrawn(follower))) return;
  follower.since ??= performance.now();
  const started = performance.now();
  try {
    readNow(follower);
  } catch (error) {
    console.error(error);
    follower.networks = null;  // the server's answers remain
  }
  follower.since = null;
  const ended = performance.now();
  follower.next = Math.max(started + PAUSE_MS, 2 * ended - started);
};

const wake = (follower) => {
  if (follower.waits) return;
  follower.waits = true;
  const pause = (follower.next ?? 0) - performance.now();
  const soon = () => requestAnimationFrame(() => tick(follower));
  if (pause > 0) setTimeout(soon, pause); else soon();
};

const isOnCanvas = ({ data }, event) => {
  const layers = layersIn(document.querySelector(data.canvas));
  return event.composedPath().some((node) => layers.includes(node));
};

const listen = (follower) => {
  const moved = (event) => {
    follower.x = event.clientX;
    follower.since ??= event.timeStamp;
    wake(follower);
  };
  const heard = {
    pointerdown: (event) => { if (follower.pressed = isOnCanvas(follower, event)) moved(event); },
    pointermove: (event) => { if (follower.pressed) moved(event); },
    pointerup: () => {
      if (follower.since !== null) tick(follower);
      follower.pressed = false;
    },
    pointercancel: () => { follower.pressed = false; },
  };
  for (const [name, hear] of Object.entries(heard)) document.addEventListener(name, hear, { capture: true, passive: true });
  // An answer to an earlier stroke may come while the next one is being drawn.
  const watch = setInterval(() => { if (follower.pressed && isOverdrawn(follower)) wake(follower); }, PAUSE_MS);
  return () => {
    clearInterval(watch);
    for (const [name, hear] of Object.entries(heard)) document.removeEventListener(name, hear, { capture: true });
  };
};

const create = (parent) => {
  const line = document.createElement("div");
  line.className = "pen-line";
  line.style.cssText = "height:1.5em;overflow:hidden;white-space:nowrap;font-size:.875rem;font-variant-numeric:tabular-nums;color:var(--st-text-color)";
  parent.appendChild(line);
  const follower = { line, sheet: document.createElement("canvas"), since: null };
  follower.end = listen(follower);
  followers.set(parent, follower);
  return follower;
};

export function update({ data, parentElement }) {
  const follower = followers.get(parentElement) ?? create(parentElement);
  const names = data.networks.map(({ url }) => url).join(" ");
  follower.data = data;
  if (!follower.pressed) {
    follower.painted = null;
    if (!data.drawn) clear(follower);
  }
  if (names === follower.names) return;
  follower.names = names;
  follower.networks = null;
  clear(follower);
  if (!names) return;
  Promise.all(data.networks.map(load)).then((networks) => {
    if (names !== follower.names) return;
    follower.networks = networks;
    follower.line.dataset.ready = names;
  }, () => { follower.line.textContent = ""; follower.names = null; });
}

export function remove(parentElement) {
  const follower = followers.get(parentElement);
  if (!follower) return;
  follower.end();
  follower.line.remove();
  followers.delete(parentElement);
}
