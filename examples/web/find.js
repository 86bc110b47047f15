// From a picture to the ink of its one digit: even out the light, threshold, take the largest
// component. A whole page is the business of `digitize`; this is for one digit before a camera.

import { Plane } from "./glyph.js";

// The longer side that a picture is scaled down to, in px.
export const LONGEST = 480;
// Side of the reduced picture that the background is estimated on, and how far ink reaches in it.
const COARSE = 64, REACH = 7;
// Ink that is less than this share darker than its paper is grain.
const LEAST_CONTRAST = 0.12;
// How far apart strokes of one digit may lie, as a share of the longer side.
const GAP = 0.012;
// A component that the edge of the picture cuts is seldom the digit.
const AT_EDGE = 0.25;
const LEAST_PIXELS = 20;

/** Find the digit in an ImageData: `{box, strength}`, or null where there is no ink. */
export function findDigit(image) {
  const grey = darkOnLight(greyOf(image));
  const contrast = evenLight(grey);
  const threshold = otsu(contrast.data);
  if (threshold === null) return null;
  // Half strength lies on the threshold, as in reading.
  const strength = new Plane(grey.width, grey.height, Uint8ClampedArray.from(contrast.data, v => 128 * v / threshold));
  const labels = labelled(strength);
  const best = labels.components.sort((a, b) => b.score - a.score)[0];
  if (!best || best.pixels < LEAST_PIXELS) return null;
  return { box: best, strength: cutOut(strength, labels, best) };
}

function greyOf({ width, height, data }) {
  const grey = new Plane(width, height);
  for (let i = 0; i < grey.data.length; i++) {
    const alpha = data[4 * i + 3] / 255;
    const light = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
    grey.data[i] = alpha * light + (1 - alpha) * 255; // what is transparent is paper
  }
  return grey;
}

/** Turn the brightness round where most of the picture is dark: chalk, or MNIST itself. */
function darkOnLight(grey) {
  const sorted = Uint8ClampedArray.from(grey.data).sort();
  const at = share => sorted[Math.floor(share * (sorted.length - 1))];
  const dark = at(0.5) < 128 && at(0.5) < (at(0.005) + at(0.995)) / 2;
  return dark ? new Plane(grey.width, grey.height, grey.data.map(v => 255 - v)) : grey;
}

/** Return how much darker than the paper around it each pixel is, 0 to 255, whatever the shadows. */
function evenLight(grey) {
  const paper = paperOf(grey);
  const contrast = new Plane(grey.width, grey.height);
  for (let y = 0; y < grey.height; y++) {
    for (let x = 0; x < grey.width; x++) {
      const light = paper.at((x + 0.5) / grey.width, (y + 0.5) / grey.height);
      contrast.data[y * grey.width + x] = 255 * (light - grey.data[y * grey.width + x]) / Math.max(light, 40);
    }
  }
  return contrast;
}

/** Estimate the paper: the brightest of each patch and of its neighbours, wider than any stroke. */
function paperOf(grey) {
  const scale = Math.min(1, COARSE / Math.max(grey.width, grey.height));
  const width = Math.max(1, Math.round(grey.width * scale)), height = Math.max(1, Math.round(grey.height * scale));
  let patches = new Float32Array(width * height);
  for (let y = 0; y < grey.height; y++) {
    const row = Math.min(height - 1, Math.floor(y * height / grey.height)) * width;
    for (let x = 0; x < grey.width; x++) {
      const place = row + Math.min(width - 1, Math.floor(x * width / grey.width));
      patches[place] = Math.max(patches[place], grey.data[y * grey.width + x]);
    }
  }
  const brightest = values => Math.max(...values);
  const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const over of [brightest, mean]) patches = windowed(patches, width, height, over);
  return { at: (u, v) => sampled(patches, width, height, u * width - 0.5, v * height - 0.5) };
}

/** Apply a function to the window around each patch, along rows and then along columns. */
function windowed(values, width, height, over) {
  const along = (source, length, at) => {
    const result = new Float32Array(source.length);
    for (let i = 0; i < source.length; i++) {
      const [place, index] = at(i), window = [];
      for (let k = Math.max(0, place - REACH); k <= Math.min(length - 1, place + REACH); k++) window.push(source[index(k)]);
      result[i] = over(window);
    }
    return result;
  };
  const rows = along(values, width, i => [i % width, k => i - i % width + k]);
  return along(rows, height, i => [Math.floor(i / width), k => k * width + i % width]);
}

function sampled(values, width, height, x, y) {
  const u = Math.min(Math.max(x, 0), width - 1), v = Math.min(Math.max(y, 0), height - 1);
  const left = Math.floor(u), top = Math.floor(v);
  const right = Math.min(left + 1, width - 1), bottom = Math.min(top + 1, height - 1);
  const row = at => values[at * width + left] * (1 - u + left) + values[at * width + right] * (u - left);
  return row(top) * (1 - v + top) + row(bottom) * (v - top);
}

/** Otsu's threshold of values 0 to 255; null where nothing stands out. */
function otsu(values) {
  const counts = new Float64Array(256);
  for (const value of values) counts[value]++;
  const total = values.length, all = counts.reduce((sum, count, value) => sum + count * value, 0);
  let below = 0, sum = 0, best = 0, threshold = null;
  for (let value = 0; value < 255; value++) {
    below += counts[value];
    sum += counts[value] * value;
    if (!below || below === total) continue;
    const gap = (all - sum) / (total - below) - sum / below;
    const parted = below * (total - below) * gap * gap;
    if (parted > best && gap > 255 * LEAST_CONTRAST) [best, threshold] = [parted, value + 0.5];
  }
  return threshold === null ? null : Math.max(threshold, 255 * LEAST_CONTRAST / 2);
}

/** Label ink, strokes that nearly touch alike: `{places, components}`. */
function labelled({ width, height, data }) {
  const reach = Math.max(1, Math.round(GAP * Math.max(width, height)));
  const places = new Int32Array(width * height), components = [];
  for (let start = 0; start < data.length; start++) {
    if (data[start] < 128 || places[start]) continue;
    components.push(filled(start, components.length + 1));
  }
  return { places, components };

  function filled(start, label) {
    const found = { label, pixels: 0, left: width, top: height, right: 0, bottom: 0 };
    const waiting = [start];
    places[start] = label;
    while (waiting.length) {
      const at = waiting.pop(), x = at % width, y = Math.floor(at / width);
      found.pixels++;
      found.left = Math.min(found.left, x);
      found.right = Math.max(found.right, x + 1);
      found.top = Math.min(found.top, y);
      found.bottom = Math.max(found.bottom, y + 1);
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
        for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
          const next = v * width + u;
          if (data[next] < 128 || places[next]) continue;
          places[next] = label;
          waiting.push(next);
        }
      }
    }
    const cut = found.left === 0 || found.top === 0 || found.right === width || found.bottom === height;
    found.score = found.pixels * (cut ? AT_EDGE : 1);
    return found;
  }
}

/** Return a component's ink in its box; the soft edge of its strokes stays, other components do not. */
function cutOut(strength, { places }, { label, left, top, right, bottom }) {
  const own = new Plane(right - left, bottom - top);
  const near = (x, y) => {
    for (let v = Math.max(0, y - 1); v <= Math.min(strength.height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(strength.width - 1, x + 1); u++) {
        if (places[v * strength.width + u] === label) return true;
      }
    }
    return false;
  };
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * strength.width + x;
      const foreign = places[at] && places[at] !== label;
      if (!foreign && near(x, y)) own.data[(y - top) * own.width + x - left] = strength.data[at];
    }
  }
  return own;
}
