// A network that reads digits in the visitor's browser: its convolution, its layer and its softmax, and nothing asked of
// the server. Arrays are row after row, as TensorFlow's.

const SIDE = 28;
const PEN = 1.3;  // pixels of a picture
const SCALE = 8;  // pixels of the canvas for one of a picture

function numbers({ shape, bytes }) {
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  return { shape, values: new Float32Array(raw.buffer) };
}

// Features of a picture: a square of weights moved over it in steps of two, plus a bias, nothing below zero.
export function convolved(picture, kernel, bias) {
  const [size, , , filters] = kernel.shape;
  const places = Math.floor((SIDE - size) / 2) + 1;
  const features = new Float64Array(places * places * filters);
  for (let y = 0; y < places; y++) for (let x = 0; x < places; x++) for (let f = 0; f < filters; f++) {
    let sum = bias.values[f];
    for (let v = 0; v < size; v++) for (let u = 0; u < size; u++)
      sum += picture[(2 * y + v) * SIDE + 2 * x + u] * kernel.values[(v * size + u) * filters + f];
    features[(y * places + x) * filters + f] = Math.max(sum, 0);
  }
  return features;
}

export function softmax(scores) {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

export function read(picture, network) {
  const features = convolved(picture, network["conv1/kernel"], network["conv1/bias"]);
  const { shape: [, classes], values } = network["d2/kernel"];
  const scores = [...network["d2/bias"].values];
  features.forEach((feature, i) => { for (let c = 0; c < classes; c++) scores[c] += feature * values[i * classes + c]; });
  return softmax(scores);
}

function paint(canvas, picture) {
  const small = new OffscreenCanvas(SIDE, SIDE), pixels = new ImageData(SIDE, SIDE);
  picture.forEach((value, i) => pixels.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i));
  small.getContext("2d").putImageData(pixels, 0, 0);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

function element(kind, about = {}, ...children) {
  const made = Object.assign(document.createElement(kind), about);
  made.append(...children);
  return made;
}

class Reader {
  constructor(data) {
    this.words = data.words;
    this.network = Object.fromEntries(Object.entries(data.network).map(([name, array]) => [name, numbers(array)]));
    const images = numbers(data.images).values, python = numbers(data.probabilities).values;
    this.pictures = Array.from({ length: images.length / SIDE ** 2 }, (_, i) => images.slice(i * SIDE ** 2, (i + 1) * SIDE ** 2));
    this.python = this.pictures.map((_, i) => [...python.slice(10 * i, 10 * i + 10)]);
    this.build();
    this.choose(0);
  }

  build() {
    const small = this.pictures.map((picture, i) => {
      const canvas = element("canvas", { width: 2 * SIDE, height: 2 * SIDE });
      paint(canvas, picture);
      return element("button", { type: "button", onclick: () => this.choose(i), ariaLabel: `${this.words.picture} ${i + 1}` }, canvas);
    });
    this.buttons = small;
    this.canvas = element("canvas", { width: SCALE * SIDE, height: SCALE * SIDE, role: "img", ariaLabel: this.words.canvas });
    this.canvas.onpointerdown = (event) => { this.canvas.setPointerCapture(event.pointerId); this.draw(event); };
    this.canvas.onpointermove = (event) => { if (event.buttons) this.draw(event); };
    const clear = element("button", { type: "button", className: "clear", onclick: () => this.begin(new Float32Array(SIDE ** 2)) }, this.words.clear);
    this.rows = element("tbody");
    const heads = [this.words.digit, this.words.browser, "", this.words.python];
    const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((head) => (head ? element("th", { scope: "col" }, head) : element("td"))))), this.rows);
    this.said = element("p", { className: "said" });
    this.said.setAttribute("role", "status");
    this.node = element("div", { className: "digit-reader" },
      element("div", { className: "pictures" }, ...small),
      element("div", { className: "reading" }, element("div", {}, this.canvas, clear), table), this.said, element("p", {}, this.apart()));
  }

  // The largest difference between the browser's probabilities and Python's, over all pictures.
  apart() {
    const differences = this.pictures.flatMap((picture, i) => read(picture, this.network).map((share, c) => Math.abs(share - this.python[i][c])));
    return this.words.apart.replace("{apart}", Math.max(...differences).toExponential(0));
  }

  choose(number) {
    this.begin(this.pictures[number].slice(), this.python[number]);
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === number)));
  }

  begin(picture, python) {
    this.picture = picture;
    this.buttons.forEach((button) => button.setAttribute("aria-pressed", "false"));
    this.show(python);
  }

  draw(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * SIDE - 0.5, y = ((event.clientY - box.top) / box.height) * SIDE - 0.5;
    for (let i = 0; i < SIDE ** 2; i++) if (Math.hypot((i % SIDE) - x, Math.floor(i / SIDE) - y) < PEN) this.picture[i] = 1;
    this.buttons.forEach((button) => button.setAttribute("aria-pressed", "false"));
    this.show();
  }

  show(python) {
    paint(this.canvas, this.picture);
    const shares = read(this.picture, this.network), best = shares.indexOf(Math.max(...shares));
    this.rows.replaceChildren(...shares.map((share, digit) => {
      const bar = element("div", { className: "bar" });
      bar.style.width = `${100 * share}%`;
      const cells = [share.toFixed(6), bar, python ? python[digit].toFixed(6) : "–"].map((value) => element("td", {}, value));
      return element("tr", { className: digit === best ? "best" : "" }, element("th", { scope: "row" }, String(digit)), ...cells);
    }));
    this.said.textContent = this.words.said.replace("{digit}", best).replace("{share}", (100 * shares[best]).toFixed(1))
      + (python ? "" : ` ${this.words.drawn}`);
  }
}

export default function ({ data, parentElement }) {
  const said = JSON.stringify(data);
  if (parentElement.shown === said) return;
  parentElement.shown = said;
  parentElement.querySelector(".digit-reader")?.remove();
  parentElement.append(new Reader(data).node);
}
