// From a drawing to the network's 28 × 28 pixels, in the browser: the same steps as `lib/core/drawing`, number by number.
//
// An image is { h, w, d }: height, width, and its pixels row by row, one byte each. A mask is one of 0 and 1. Nothing is
// imported here, so that the file also works inside a page that stands alone. Only a canvas is read here: its paper is
// uniform, while a photo's is fitted by the server.

export const STEPS = ["invert", "crop", "stroke", "scale", "centre"];

// The constants of `lib.core.drawing.preprocess` and `.binarize`; a test compares the results.
const SIDE = 28, LONGER = 20, MIDDLE = 14.5, PEN = 2.6, FINE = 6, THINNER = 0.4;
const LARGEST = 640, SAMPLES = 40, BORDER = 3, CONTRAST = 8;

const made = (h, w) => ({ h, w, d: new Uint8Array(h * w) });
const total = ({ d }) => d.reduce((sum, value) => sum + value, 0);

// Python's rounding: halves go to the even number.
const rounded = (value) => {
  const low = Math.floor(value), rest = value - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
};

// The part of an image in `box`, and an image with `by` pixels of paper around it.
const part = (image, box) => {
  const found = made(box.bottom - box.top, box.right - box.left);
  for (let y = 0; y < found.h; y++) {
    const start = (y + box.top) * image.w + box.left;
    found.d.set(image.d.subarray(start, start + found.w), y * found.w);
  }
  return found;
};

const padded = (image, by) => {
  const found = made(image.h + 2 * by, image.w + 2 * by);
  for (let y = 0; y < image.h; y++) {
    found.d.set(image.d.subarray(y * image.w, (y + 1) * image.w), (y + by) * found.w + by);
  }
  return found;
};

// The box around a mask's ones; null without any.
export const frame = ({ h, w, d }) => {
  let top = h, bottom = 0, left = w, right = 0;
  for (let y = 0, k = 0; y < h; y++) {
    for (let x = 0; x < w; x++, k++) {
      if (!d[k]) continue;
      top = Math.min(top, y); bottom = y + 1;
      left = Math.min(left, x); right = Math.max(right, x + 1);
    }
  }
  return bottom ? { top, bottom, left, right } : null;
};

// An image with each of its 256 values replaced by the one in `table`: much faster than a function of each pixel.
const through = (table, { h, w, d }) => {
  const found = made(h, w);
  for (let k = 0; k < d.length; k++) found.d[k] = table[d[k]];
  return found;
};

const inked = (image) => {
  const { d } = image;
  let highest = 0;
  for (let k = 0; k < d.length; k++) if (d[k] > highest) highest = d[k];
  const least = Math.max(1, (highest + 1) >> 1);
  return through(Uint8Array.from({ length: 256 }, (_, value) => (value >= least ? 1 : 0)), image);
};

// How many pixels have each of the 256 values.
const histogram = (d) => {
  const counts = new Uint32Array(256);
  for (let k = 0; k < d.length; k++) counts[d[k]]++;
  return counts;
};

// ---- Resizing as Pillow does it: weights in units of 2⁻²², each pass rounded to bytes.

const UNIT = 2 ** 22;
const box = { reach: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) };
const bicubic = {
  reach: 2,
  at: (signed) => {
    const x = Math.abs(signed);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
  },
};

// For each of `size` new pixels the first of the old `length` that count in it, and their weights.
const weightsOf = (length, size, filter) => {
  const scale = length / size, wide = Math.max(scale, 1), reach = filter.reach * wide;
  return Array.from({ length: size }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(length, Math.trunc(centre + reach + 0.5)) - first;
    const shares = Array.from({ length: count }, (_, k) => filter.at((k + first - centre + 0.5) * (1 / wide)));
    const sum = shares.reduce((all, one) => all + one, 0);
    return { first, shares: shares.map((one) => Math.trunc((one / sum) * UNIT + (one < 0 ? -0.5 : 0.5))) };
  });
};

// One pass: `step` is the distance of neighbours in the old pixels.
const mixed = (d, start, step, { first, shares }) => {
  let sum = UNIT / 2;
  for (let k = 0; k < shares.length; k++) sum += d[start + (first + k) * step] * shares[k];
  return Math.min(255, Math.max(0, Math.floor(sum / UNIT)));
};

const resizedTo = (image, h, w, filter) => {
  let from = image;
  if (w !== from.w) {
    const next = made(from.h, w), weights = weightsOf(from.w, w, filter);
    for (let y = 0, k = 0; y < from.h; y++) {
      for (let x = 0; x < w; x++, k++) next.d[k] = mixed(from.d, y * from.w, 1, weights[x]);
    }
    from = next;
  }
  if (h !== from.h) {
    const next = made(h, from.w), weights = weightsOf(from.h, h, filter);
    for (let y = 0, k = 0; y < h; y++) {
      for (let x = 0; x < from.w; x++, k++) next.d[k] = mixed(from.d, x, from.w, weights[y]);
    }
    from = next;
  }
  return from;
};

const resized = (image, longer, filter) => {
  const factor = longer / Math.max(image.h, image.w);
  const side = (length) => Math.max(1, rounded(length * factor));
  return resizedTo(image, side(image.h), side(image.w), filter);
};

// ---- Ink and paper

const places = (length) => [...new Set(Array.from({ length: SAMPLES }, (_, k) => (
  k === SAMPLES - 1 ? length - 1 : Math.trunc(k * ((length - 1) / (SAMPLES - 1)))
)))];

// The paper's brightness: the median of the samples near the edge.
const paperOf = ({ h, w, d }) => {
  const rows = places(h), columns = places(w), seen = [];
  const outside = (k, count) => k < BORDER || k >= count - BORDER;
  rows.forEach((y, i) => columns.forEach((x, j) => {
    if (outside(i, rows.length) || outside(j, columns.length)) seen.push(d[y * w + x]);
  }));
  seen.sort((a, b) => a - b);
  return (seen[(seen.length - 1) >> 1] + seen[seen.length >> 1]) / 2;
};

// The 0.9 quantile of the ink's differences from the paper, which are multiples of a half.
const fullInk = (values, paper, sign) => {
  const counts = new Uint32Array(512);
  let count = 0;
  values.forEach((many, value) => {
    const differs = sign * (value - paper);
    if (differs > 0.5) { counts[2 * differs] += many; count += many; }
  });
  const nth = (n) => {
    let at = 0;
    for (let seen = counts[0]; seen <= n; seen += counts[at]) at++;
    return at / 2;
  };
  if (!count) return 0;
  const place = (count - 1) * Math.fround(0.9), low = Math.floor(place);
  return nth(low) + (place - low) * (nth(Math.min(low + 1, count - 1)) - nth(low));
};

const inkOf = (brightness) => {
  const paper = paperOf(brightness), values = histogram(brightness.d);
  const balance = values.reduce((sum, many, value) => sum + many * (value - paper) * Math.abs(value - paper), 0);
  const sign = balance < 0 ? -1 : 1, full = fullInk(values, paper, sign);
  if (full < CONTRAST) return null;
  const factor = Math.fround(255 / full);
  const shade = (value) => Math.min(255, Math.max(0, Math.trunc(Math.fround(sign * (value - paper) * factor))));
  return through(Uint8Array.from({ length: 256 }, (_, value) => shade(value)), brightness);
};

// ---- Components and stroke width

// The number of each pixel's component, from 1 on, 8-connected, and the components' areas.
const piecesOf = ({ h, w, d }) => {
  const number = new Int32Array(h * w), areas = [0], open = [];
  for (let start = 0; start < d.length; start++) {
    if (!d[start] || number[start]) continue;
    const piece = areas.push(0) - 1;
    number[start] = piece;
    open.push(start);
    while (open.length) {
      const at = open.pop(), y = Math.trunc(at / w), x = at % w;
      areas[piece]++;
      for (let v = Math.max(0, y - 1); v <= Math.min(h - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(w - 1, x + 1); u++) {
          const next = v * w + u;
          if (d[next] && !number[next]) { number[next] = piece; open.push(next); }
        }
      }
    }
  }
  return { number, areas };
};

// Twice the area by the perimeter (Crofton's formula over four directions), see `lib.core.drawing.thickness`.
const strokeWidth = (mask) => {
  const { h, w, d } = padded(mask, 1);
  let straight = 0, slanted = 0;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const k = y * w + x;
      if (y + 1 < h) straight += d[k] ^ d[k + w];
      if (x + 1 < w) straight += d[k] ^ d[k + 1];
      if (y + 1 < h && x + 1 < w) slanted += (d[k] ^ d[k + w + 1]) + (d[k + w] ^ d[k + 1]);
    }
  }
  const around = (Math.PI / 8) * (straight + slanted / Math.SQRT2);
  return around ? (2 * total(mask)) / around : 0;
};

const withoutSpecks = (mask) => {
  const { number, areas } = piecesOf(mask);
  if (areas.length <= 2) return mask;
  const dot = (Math.PI / 4) * strokeWidth(mask) ** 2, least = Math.min(dot / 2, Math.max(...areas));
  return { ...mask, d: mask.d.map((_, k) => (number[k] && areas[number[k]] >= least ? 1 : 0)) };
};

// ---- Outlines moved outwards or inwards

// From each pixel to the nearest of `mask`, in pixels, exact up to `reach`.
const distance = ({ h, w, d }, reach) => {
  const far = 4 * (reach + 1) ** 2, squares = new Float64Array(h * w).fill(far), nearest = new Float32Array(h * w);
  for (let y = 0; y < h; y++) {
    const nearer = (x, last) => {
      if (last >= 0) squares[y * w + x] = Math.min(squares[y * w + x], (x - last) ** 2);
    };
    for (let x = 0, last = -1; x < w; x++) { if (d[y * w + x]) last = x; nearer(x, last); }
    for (let x = w - 1, last = -1; x >= 0; x--) { if (d[y * w + x]) last = x; nearer(x, last); }
  }
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let least = far;
      for (let v = Math.max(0, y - reach); v <= Math.min(h - 1, y + reach); v++) {
        least = Math.min(least, squares[v * w + x] + (v - y) ** 2);
      }
      nearest[y * w + x] = Math.sqrt(least);
    }
  }
  return nearest;
};

const grown = (mask, by) => {
  const { fround } = Math, wider = by >= 0;
  const other = wider ? mask : { ...mask, d: mask.d.map((one) => 1 - one) };
  const away = distance(other, Math.ceil(Math.abs(by)) + 1), start = fround(wider ? by + 1 : by);
  const found = made(mask.h, mask.w);
  for (let k = 0; k < away.length; k++) {
    const ink = fround(wider ? start - away[k] : start + away[k]);
    found.d[k] = Math.trunc(fround(Math.min(1, Math.max(0, ink)) * 255));
  }
  return found;
};

const evened = (image, cropped, scaled) => {
  const mask = inked(image), longer = Math.max(image.h, image.w), width = strokeWidth(mask);
  const wanted = cropped && scaled
    ? (PEN * longer - LONGER * width) / (2 * (LONGER - PEN))
    : ((PEN * longer) / (scaled ? LONGER : SIDE) - width) / 2;
  const by = Math.max(wanted, -THINNER * width);
  if (!cropped) return grown(mask, by);
  const even = grown(padded(mask, Math.max(0, Math.ceil(by))), by);
  return part(even, frame(inked(even)));
};

// ---- Into 28 × 28

// The `kept` part of an image plus one pixel around it.
const withFringe = (image, kept) => {
  const { top, left, ...end } = frame(kept), found = made(end.bottom - top + 2, end.right - left + 2);
  const isKept = (y, x) => y >= 0 && x >= 0 && y < kept.h && x < kept.w && kept.d[y * kept.w + x];
  for (let v = 0, k = 0; v < found.h; v++) {
    for (let u = 0; u < found.w; u++, k++) {
      const y = v + top - 1, x = u + left - 1;
      if (y < 0 || x < 0 || y >= image.h || x >= image.w) continue;
      let near = 0;
      for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) near |= isKept(y + dy, x + dx);
      if (near) found.d[k] = image.d[y * image.w + x];
    }
  }
  return found;
};

// Row and column of the centre of mass.
const centreOfMass = ({ h, w, d }) => {
  let all = 0, down = 0, across = 0;
  for (let y = 0, k = 0; y < h; y++) {
    for (let x = 0; x < w; x++, k++) { all += d[k]; down += y * d[k]; across += x * d[k]; }
  }
  return [down / all + 0.5, across / all + 0.5];
};

// The share of pixel `k` that lies in the larger pixel `place`, in units of the larger.
const share = (start, pixel, place, k) => Math.max(
  0, (Math.min(start + pixel * (place + 1), k + 1) - Math.max(start + pixel * place, k)) / pixel,
);

// One axis of `placed`: for each of the 28 places the sum over `length` pixels, weighted by their shares.
const summed = (length, start, pixel, place, value) => {
  const first = Math.max(0, Math.floor(start + pixel * place));
  const last = Math.min(length - 1, Math.floor(start + pixel * (place + 1)));
  let sum = 0;
  for (let k = first; k <= last; k++) sum += share(start, pixel, place, k) * value(k);
  return sum;
};

const placed = (image, scaled, centred) => {
  const size = [image.h, image.w], longer = Math.max(...size) / LONGER;
  const pixel = scaled ? [longer, longer] : size.map((length) => length / SIDE);
  const middle = centred ? centreOfMass(image) : null;
  const start = size.map((length, k) => (
    centred ? middle[k] - MIDDLE * pixel[k] : (length - SIDE * pixel[k]) / 2
  ));
  const found = made(SIDE, SIDE), row = new Float64Array(image.w);
  for (let v = 0; v < SIDE; v++) {
    for (let x = 0; x < image.w; x++) {
      row[x] = summed(image.h, start[0], pixel[0], v, (y) => image.d[y * image.w + x]);
    }
    for (let u = 0; u < SIDE; u++) {
      found.d[v * SIDE + u] = rounded(summed(image.w, start[1], pixel[1], u, (x) => row[x]));
    }
  }
  return found;
};

// ---- The whole

// The drawing on a canvas: its brightness, its ink, and the ink without specks; null if nothing is drawn.
export const look = (picture) => {
  const large = Math.max(picture.h, picture.w) > LARGEST;
  const brightness = large ? resized(picture, LARGEST, box) : picture;
  const ink = inkOf(brightness);
  return ink && { brightness, ink, kept: withoutSpecks(inked(ink)) };
};

// The drawing as the network's input, 28 × 28, after these steps.
export const prepared = ({ brightness, ink, kept }, steps = STEPS) => {
  const [invert, crop, stroke, scale, centre] = STEPS.map((step) => steps.includes(step));
  let image = invert ? ink : brightness;
  if (crop) image = withFringe(image, invert ? kept : withoutSpecks(inked(image)));
  image = resized(image, LONGER * FINE, bicubic);
  if (crop) image = part(image, frame(inked(image)));
  if (stroke) image = evened(image, crop, scale);
  return placed(image, scale, centre);
};

// The spans [left, right) of ink between empty columns, left to right.
export const spans = ({ h, w, d }) => {
  const found = [];
  for (let x = 0, inside = false; x < w; x++) {
    let ink = 0;
    for (let y = 0; y < h && !ink; y++) ink = d[y * w + x];
    if (ink && !inside) found.push([x, x]);
    if (ink) found[found.length - 1][1] = x + 1;
    inside = Boolean(ink);
  }
  return found;
};

// The same drawing with only the ink in the columns [left, right).
export const alone = ({ brightness, ink, kept }, [left, right]) => {
  const only = (image, paper, fringe) => ({
    ...image,
    d: image.d.map((value, k) => (k % image.w >= left - fringe && k % image.w < right + fringe ? value : paper)),
  });
  return { brightness: only(brightness, brightness.d[0], 1), ink: only(ink, 0, 1), kept: only(kept, 0, 0) };
};
