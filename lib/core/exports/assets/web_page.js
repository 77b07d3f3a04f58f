// A page that stands alone and reads what is drawn on its canvas: nothing is asked of anyone, nothing is sent.

import { pictureOf } from "./canvas_picture.js";
import { look, prepared } from "./prepare_drawing.js";
import { running, weightsIn } from "./run_network.js";
import { smallWeightsIn } from "./small_weights.js";

const WIDTH = 18;
const at = (id) => document.getElementById(id);
const { layers, small, classes, words } = JSON.parse(at("about").textContent);
const canvas = at("paper"), pen = canvas.getContext("2d"), seen = at("seen"), sheet = document.createElement("canvas");
const percents = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

const weights = async () => {
  const text = atob(at("weights").textContent), packed = new Uint8Array(text.length);
  for (let k = 0; k < packed.length; k++) packed[k] = text.charCodeAt(k);
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(unpacked).arrayBuffer();
  return small ? smallWeightsIn(layers, bytes) : weightsIn(bytes);
};

// A drawing { h, w, d } as the network's 28 × 28 input, with its ten probabilities; null for an empty one.
const readWith = (network) => (picture) => {
  const drawn = look(picture);
  if (!drawn) return null;
  const image = prepared(drawn);
  return { image: image.d, probabilities: network(image.d) };
};

const bars = classes.map((name) => {
  const line = at("bars").appendChild(document.createElement("li"));
  const [label, track, number] = ["b", "i", "span"].map((tag) => line.appendChild(document.createElement(tag)));
  label.textContent = name;
  return { bar: track.appendChild(document.createElement("u")), number };
});

const show = (found) => {
  const probabilities = found ? [...found.probabilities] : classes.map(() => 0), best = Math.max(...probabilities);
  bars.forEach(({ bar, number }, k) => {
    bar.style.width = `${100 * probabilities[k]}%`;
    bar.className = found && probabilities[k] === best ? "best" : "";
    number.textContent = found ? percents.format(probabilities[k]) : "";
  });
  at("answer").textContent = found
    ? words.seen.replace("{best}", classes[probabilities.indexOf(best)]).replace("{percent}", percents.format(best))
    : words.idle;
  const shades = new ImageData(28, 28);
  shades.data.forEach((_, k) => { shades.data[k] = k % 4 === 3 ? 255 : found?.image[k >> 2] ?? 0; });
  seen.getContext("2d").putImageData(shades, 0, 0);
};

let read = null, waits = false, last = null;

const soon = () => {
  if (waits || !read) return;
  waits = true;
  requestAnimationFrame(() => { waits = false; show(read(pictureOf([canvas], sheet))); });
};

const clear = () => {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  soon();
};

// A line from the last place of the pen to this one; a dot where it is put down.
const draw = (event) => {
  const [x, y] = [event.offsetX, event.offsetY];
  pen.lineWidth = WIDTH;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(...(last ?? [x, y]));
  pen.lineTo(x, y);
  pen.stroke();
  last = [x, y];
  soon();
};

canvas.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary) return;
  canvas.setPointerCapture(event.pointerId);
  last = null;
  draw(event);
});
canvas.addEventListener("pointermove", (event) => {
  if (canvas.hasPointerCapture(event.pointerId)) event.getCoalescedEvents().forEach(draw);
});
at("clear").addEventListener("click", clear);

weights().then((numbers) => {
  read = readWith(running(layers, numbers));
  // For a program, or whoever opens the console.
  globalThis.readDrawing = read;
  show(null);
  soon();
}, (error) => {
  console.error(error);
  at("answer").textContent = words.broken;
});
