// One glyph to 28 x 28 px, the way MNIST was made: segmentation/normalize.py, step for step.
// Network and framing belong together; tests hold this file to that one.

export const SIDE = 28;
const BOX = 20;
// Share of the glyph's size that its strokes are widened to where they are thinner.
const LEAST_STROKE = 0.085;

// A half goes to the even number, as in Python: a symmetric glyph would else lie a pixel off.
const rounded = value => {
  const nearest = Math.round(value);
  return Math.abs(value % 1) === 0.5 && nearest % 2 ? nearest - 1 : nearest;
};

/** A picture of one channel: `data` holds rows of `width` values, 0 = paper, 255 = full ink. */
export class Plane {
  constructor(width, height, data = new Uint8ClampedArray(width * height)) {
    Object.assign(this, { width, height, data });
  }
}

/** Frame a glyph: `strength` is its ink in its tight box. Returns a Plane of 28 x 28. */
export function normalizeGlyph(strength) {
  const glyph = widened(strength);
  const scale = BOX / Math.max(glyph.width, glyph.height);
  const width = Math.max(1, rounded(glyph.width * scale));
  const height = Math.max(1, rounded(glyph.height * scale));
  const small = scale < 1 ? shrunk(glyph, width, height) : enlarged(glyph, width, height);
  const result = new Plane(SIDE, SIDE);
  const peak = small.data.reduce((most, value) => Math.max(most, value), 0);
  if (peak === 0) return result;
  let sum = 0, right = 0, down = 0;
  for (let i = 0; i < small.data.length; i++) {
    small.data[i] = small.data[i] * 255 / peak;
    sum += small.data[i];
    right += small.data[i] * (i % width);
    down += small.data[i] * Math.floor(i / width);
  }
  const left = placed(right / sum, width), top = placed(down / sum, height);
  for (let y = 0; y < height; y++) {
    result.data.set(small.data.subarray(y * width, (y + 1) * width), (top + y) * SIDE + left);
  }
  return result;
}

/** Return where a glyph of this extent begins, so that its centre of mass is in the centre. */
function placed(centre, extent) {
  return Math.min(Math.max(rounded((SIDE - 1) / 2 - centre), 0), SIDE - extent);
}

/** Widen hairlines before they are scaled down, or they would fade to nothing. */
function widened(strength) {
  const longest = Math.max(strength.width, strength.height);
  const missing = LEAST_STROKE * longest - strokeWidth(strength);
  if (missing < 0.5 || longest <= BOX) return strength;
  const reach = rounded(missing) + 1;
  return dilated(padded(strength, reach), ellipse(reach));
}

function strokeWidth({ width, height, data }) {
  const ink = (x, y) => x >= 0 && y >= 0 && x < width && y < height && data[y * width + x] >= 128;
  let area = 0, inner = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!ink(x, y)) continue;
      area++;
      let whole = true;
      for (let k = 0; k < 9 && whole; k++) whole = ink(x + k % 3 - 1, y + Math.floor(k / 3) - 1);
      inner += whole;
    }
  }
  return 2 * area / Math.max(1, area - inner);
}

function padded({ width, height, data }, margin) {
  const result = new Plane(width + 2 * margin, height + 2 * margin);
  for (let y = 0; y < height; y++) {
    result.data.set(data.subarray(y * width, (y + 1) * width), (y + margin) * result.width + margin);
  }
  return result;
}

/** Return the pixels of an ellipse in a square of this side, as OpenCV draws it, from its centre. */
function ellipse(side) {
  const radius = side >> 1, pixels = [];
  for (let row = 0; row < side; row++) {
    const dy = row - radius;
    const dx = radius ? rounded(radius * Math.sqrt((radius * radius - dy * dy) / (radius * radius))) : 0;
    for (let column = Math.max(radius - dx, 0); column < Math.min(radius + dx + 1, side); column++) {
      pixels.push([column - radius, dy]);
    }
  }
  return pixels;
}

function dilated({ width, height, data }, kernel) {
  const result = new Plane(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let most = 0;
      for (const [dx, dy] of kernel) {
        const u = x + dx, v = y + dy;
        if (u >= 0 && v >= 0 && u < width && v < height) most = Math.max(most, data[v * width + u]);
      }
      result.data[y * width + x] = most;
    }
  }
  return result;
}

/** Scale down: each pixel is the mean of the area that it covers. */
function shrunk(plane, width, height) {
  const across = shares(plane.width, width), down = shares(plane.height, height);
  const result = new Plane(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const [v, tall] of down[y]) {
        for (const [u, wide] of across[x]) sum += tall * wide * plane.data[v * plane.width + u];
      }
      result.data[y * width + x] = sum;
    }
  }
  return result;
}

/** Return for each of `to` pixels which of `from` pixels it covers, and by which share of itself. */
function shares(from, to) {
  const size = from / to;
  return Array.from({ length: to }, (_, place) => {
    const begin = place * size, end = begin + size, covered = [];
    for (let at = Math.floor(begin); at < Math.min(from, Math.ceil(end - 1e-9)); at++) {
      covered.push([at, (Math.min(at + 1, end) - Math.max(at, begin)) / size]);
    }
    return covered;
  });
}

/** Scale up: between the four pixels around. */
function enlarged(plane, width, height) {
  const result = new Plane(width, height);
  const at = (x, y) => plane.data[y * plane.width + x];
  for (let y = 0; y < height; y++) {
    const [top, bottom, low] = between(y, plane.height, height);
    for (let x = 0; x < width; x++) {
      const [left, right, far] = between(x, plane.width, width);
      const upper = at(left, top) * (1 - far) + at(right, top) * far;
      const lower = at(left, bottom) * (1 - far) + at(right, bottom) * far;
      result.data[y * width + x] = upper * (1 - low) + lower * low;
    }
  }
  return result;
}

function between(place, from, to) {
  const exact = Math.min(Math.max((place + 0.5) * from / to - 0.5, 0), from - 1);
  const first = Math.floor(exact);
  return [first, Math.min(first + 1, from - 1), exact - first];
}
