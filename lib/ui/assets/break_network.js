// A network's weights with something broken on purpose: a layer or a filter that gives 0, noise, no biases.
//
// Only convolutions and dense layers break; a normalisation stays whole. Nothing is imported here, like in `run_network.js`.

export const WHOLE = { layer: "", filter: 0, noise: 0, seed: 1, biases: true };

export const isWhole = ({ layer, noise, biases }) => !layer && !noise && biases;

// The layers that can be broken, each with the number of its filters or units.
export const breakable = (layers) => layers
  .filter(({ kind }) => kind === "conv" || kind === "dense")
  .map(({ name, kind, kernel, units }) => ({ name, kind, count: kind === "conv" ? kernel[3] : units }));

// A number from 0 to 1 for each place of each seed: MurmurHash3's finaliser.
const evenly = (seed, place) => {
  let k = (Math.imul(seed, 0x9e3779b9) + place) | 0;
  k = Math.imul(k ^ (k >>> 16), 0x85ebca6b);
  k = Math.imul(k ^ (k >>> 13), 0xc2b2ae35);
  return (((k ^ (k >>> 16)) >>> 0) + 0.5) / 2 ** 32;
};

// `count` standard normal numbers (Box and Muller), the same for the same seed.
const drawn = new Map();
const normals = (seed, count) => {
  const name = `${seed} ${count}`;
  if (!drawn.has(name)) {
    drawn.clear();  // a slider asks for the same ones again and again
    drawn.set(name, Float32Array.from({ length: count }, (_, k) => (
      Math.sqrt(-2 * Math.log(evenly(seed, 2 * k))) * Math.cos(2 * Math.PI * evenly(seed, 2 * k + 1))
    )));
  }
  return drawn.get(name);
};

// Noise whose standard deviation is the share `noise` of the weights' own size, their root mean square.
const shaken = (kernel, noise, random) => {
  const size = Math.sqrt(kernel.reduce((sum, w) => sum + w * w, 0) / kernel.length);
  for (let k = 0; k < kernel.length; k++) kernel[k] += noise * size * random[k];
};

// Nothing comes through a filter (from 1 on), or through the whole layer with 0.
const silenced = (kernel, bias, filter) => {
  const count = bias.length;
  for (let k = 0; k < kernel.length; k++) if (!filter || k % count === filter - 1) kernel[k] = 0;
  if (filter) bias[filter - 1] = 0; else bias.fill(0);
};

// New weights; noise comes first, so what is silent stays silent.
export const broken = (layers, weights, { layer, filter, noise, seed, biases }) => {
  const found = weights.slice();
  let from = 0;
  for (const { kind, name, sizes } of layers) {
    const start = from, [kernel, bias] = sizes.map((size) => found.subarray(from, from += size));
    if (kind !== "conv" && kind !== "dense") continue;
    if (noise) shaken(kernel, noise, normals(seed, found.length).subarray(start));
    if (!biases) bias.fill(0);
    if (name === layer) silenced(kernel, bias, filter);
  }
  return found;
};
