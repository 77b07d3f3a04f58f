// A small network in the browser: convolution, pooling, normalisation, dense layers; 28 × 28 pixels to ten probabilities.
//
// `lib.core.inference.portable` writes the layers and their weights, float16 one after the other, in Keras' order of
// axes. Nothing is imported here, so that the file also works inside a page that stands alone.

// The value of every float16, by its 16 bits; numbers that are not finite do not occur.
const HALVES = Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1, power = (bits >> 10) & 31, rest = bits & 1023;
  return sign * (power ? 2 ** (power - 15) * (1 + rest / 1024) : (2 ** -14 * rest) / 1024);
});

// The error function to 1.5e-7 (Abramowitz and Stegun, 7.1.26).
const erf = (x) => {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
};

const BENDS = {
  none: (x) => x,
  relu: (x) => (x > 0 ? x : 0),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
};

const bend = (name, values) => {
  if (name === "softmax") {
    const highest = values.reduce((a, b) => Math.max(a, b));
    const powers = values.map((x) => Math.exp(x - highest)), sum = powers.reduce((a, b) => a + b);
    return powers.map((x) => x / sum);
  }
  return name === "none" ? values : values.map(BENDS[name]);
};

// Adds `x` times the `count` weights from `from` on to the sums from `to` on. Most inputs are 0: they cost nothing.
const add = (sums, to, x, weights, from, count) => {
  for (let k = 0; k < count; k++) sums[to + k] += x * weights[from + k];
};

const conv = ({ kernel: [high, wide, channels, filters], stride, same, activation }, { h, w, d }, [kernel, bias]) => {
  const length = (size, side) => (same ? Math.ceil(size / stride) : Math.floor((size - side) / stride) + 1);
  const lacks = (size, side) => (same ? Math.max(0, (Math.ceil(size / stride) - 1) * stride + side - size) >> 1 : 0);
  const rows = length(h, high), columns = length(w, wide), above = lacks(h, high), before = lacks(w, wide);
  const found = new Float32Array(rows * columns * filters);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, to += filters) {
      found.set(bias, to);
      for (let v = 0; v < high; v++) {
        const row = y * stride - above + v;
        if (row < 0 || row >= h) continue;
        for (let u = 0; u < wide; u++) {
          const column = x * stride - before + u;
          if (column < 0 || column >= w) continue;
          const at = (row * w + column) * channels, from = (v * wide + u) * channels;
          for (let c = 0; c < channels; c++) {
            if (d[at + c] !== 0) add(found, to, d[at + c], kernel, (from + c) * filters, filters);
          }
        }
      }
    }
  }
  return { h: rows, w: columns, d: bend(activation, found) };
};

const dense = ({ units, activation }, { d }, [kernel, bias]) => {
  const found = new Float32Array(bias);
  for (let i = 0; i < d.length; i++) if (d[i] !== 0) add(found, 0, d[i], kernel, i * units, units);
  return { h: 1, w: 1, d: bend(activation, found) };
};

// The maximum of each 2 × 2 square.
const pool = (_, { h, w, d }) => {
  const rows = h >> 1, columns = w >> 1, channels = d.length / (h * w), found = new Float32Array(rows * columns * channels);
  for (let y = 0, k = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let c = 0; c < channels; c++, k++) {
        const at = (2 * y * w + 2 * x) * channels + c, below = at + w * channels;
        found[k] = Math.max(d[at], d[at + channels], d[below], d[below + channels]);
      }
    }
  }
  return { h: rows, w: columns, d: found };
};

// A normalisation, as one factor and one offset per channel.
const scale = ({ activation }, { h, w, d }, [factor, offset]) => (
  { h, w, d: bend(activation, d.map((x, k) => x * factor[k % factor.length] + offset[k % offset.length])) }
);

const KINDS = { conv, dense, pool, scale };

// The weights as numbers, from float16.
export const weightsIn = (bytes) => Float32Array.from(new Uint16Array(bytes), (bits) => HALVES[bits]);

// A network with these weights: a function from 28 × 28 bytes, 255 for ink, to Float32Array(10).
export const running = (layers, weights) => {
  let from = 0;
  const chain = layers.map((layer) => {
    const own = layer.sizes.map((size) => weights.subarray(from, from += size));
    return (x) => KINDS[layer.kind](layer, x, own);
  });
  if (from !== weights.length) throw new Error(`the layers take ${from} weights, but there are ${weights.length}`);
  return (image) => {
    const pixels = Float32Array.from(image, (value) => value / 255);
    return chain.reduce((x, layer) => layer(x), { h: 28, w: 28, d: pixels }).d;
  };
};

export const network = (layers, bytes) => running(layers, weightsIn(bytes));
