// Weights of which large kernels were rounded to bytes, as numbers again: see `lib.core.inference.small_weights`, which writes them.
//
// Nothing is imported here, like in `run_network.js`.

const LARGE = 10_000;
const isRounded = ({ sizes }) => Math.max(0, ...sizes) >= LARGE;

// How many numbers a layer has as float32: of a large kernel only the factor of each of its channels.
const floatsOf = ({ sizes }) => (isRounded({ sizes }) ? 2 * sizes[1] : sizes.reduce((a, b) => a + b, 0));

// All weights, layer after layer, as `running` takes them.
export const smallWeightsIn = (layers, bytes) => {
  const count = layers.reduce((sum, layer) => sum + floatsOf(layer), 0);
  const floats = new Float32Array(bytes, 0, count), whole = new Int8Array(bytes, 4 * count);
  const found = new Float32Array(layers.flatMap(({ sizes }) => sizes).reduce((a, b) => a + b, 0));
  let from = 0, fromWhole = 0, to = 0;
  for (const layer of layers) {
    const given = floats.subarray(from, from += floatsOf(layer));
    if (!isRounded(layer)) {
      found.set(given, to);
      to += given.length;
      continue;
    }
    const [size, channels] = layer.sizes;
    for (let k = 0; k < size; k++) found[to + k] = whole[fromWhole + k] * given[k % channels];
    found.set(given.subarray(channels), to + size);
    fromWhole += size;
    to += size + channels;
  }
  return found;
};
