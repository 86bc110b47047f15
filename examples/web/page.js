// The page: pictures come in by file, pad or camera, and the reading is shown.

import { findDigit, LONGEST } from "./find.js";
import { normalizeGlyph, SIDE } from "./glyph.js";

const element = id => document.getElementById(id);
const loading = load(); // whoever reads waits for it
let latest = 0; // the reading that was asked for last; earlier ones that still wait are not shown any more

async function load() {
  // One digit takes the processor a few milliseconds, and no graphics card rounds it its own way.
  await tf.setBackend("cpu");
  const model = await tf.loadLayersModel("model/model.json");
  const told = (await (await fetch("model/model.json")).json()).userDefinedMetadata;
  return { model, name: told.model, labels: told.labels };
}

function state(name, words) {
  document.body.dataset.state = name;
  element("state").textContent = words;
}

/** Read what a canvas, video or bitmap shows, and say so where that fails. */
async function read(source, width, height) {
  try {
    await readPixels(pixelsOf(source, width, height));
  } catch (error) {
    say(`Reading failed: ${error.message}`);
  }
}

/** Draw a picture where it is shown, small enough to be searched at once. */
function pixelsOf(source, width, height) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = element("found");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context;
}

async function readPixels(context) {
  const found = findDigit(context.getImageData(0, 0, context.canvas.width, context.canvas.height));
  const mine = ++latest;
  if (!found) return say("There is no writing in this picture.");
  const glyph = normalizeGlyph(found.strength);
  const { model, labels } = await modelHere();
  if (mine !== latest) return;
  const batch = tf.tensor4d(Float32Array.from(glyph.data, value => value / 255), [1, SIDE, SIDE, 1]);
  const answer = model.predict(batch);
  const probabilities = Array.from(await answer.data());
  tf.dispose([batch, answer]);
  frame(context, found.box);
  show(glyph, probabilities, labels);
}

async function modelHere() {
  try {
    return await loading;
  } catch {
    throw new Error("the model is not here; `make web` puts it beside this page.");
  }
}

function frame(context, { left, top, right, bottom }) {
  context.strokeStyle = "#1d4ed8";
  context.lineWidth = Math.max(2, context.canvas.width / 120);
  context.strokeRect(left - 3, top - 3, right - left + 6, bottom - top + 6);
}

function show(glyph, probabilities, labels) {
  const pixels = new ImageData(SIDE, SIDE);
  glyph.data.forEach((value, i) => pixels.data.set([value, value, value, 255], 4 * i));
  element("glyph").getContext("2d").putImageData(pixels, 0, 0);
  const best = probabilities.indexOf(Math.max(...probabilities));
  const digit = best < 10 ? labels[best] : null;
  answer(digit ?? "This is not a digit.", digit === null);
  element("odds").tBodies[0].replaceChildren(...probabilities.map((share, k) => row(labels[k], share)));
  tell({ digit, probabilities, glyph: Array.from(glyph.data) });
}

function row(label, share) {
  const line = document.createElement("tr");
  const [name, bar, figure] = [0, 1, 2].map(() => line.insertCell());
  const meter = document.createElement("meter");
  meter.value = share;
  name.textContent = label;
  bar.append(meter);
  figure.textContent = `${(100 * share).toFixed(1)} %`;
  return line;
}

function say(words) {
  answer(words, true);
  element("odds").tBodies[0].replaceChildren();
  element("glyph").getContext("2d").clearRect(0, 0, SIDE, SIDE);
  tell({ digit: null, words });
}

function answer(text, inWords) {
  element("result").hidden = false;
  element("answer").textContent = text;
  element("answer").classList.toggle("words", inWords);
}

/** Let a page around this one know, too. */
function tell(detail) {
  window.dispatchEvent(new CustomEvent("digit-read", { detail }));
}

async function readFile(file) {
  if (!file) return;
  let bitmap;
  try {
    // A phone's picture lies on its side and says so.
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return say(`${file.name} is not a picture that this browser can open.`);
  }
  await read(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
}

function takeFiles() {
  for (const id of ["file", "capture"]) {
    element(id).addEventListener("change", event => readFile(event.target.files[0]));
  }
  const zone = element("drop");
  zone.addEventListener("dragover", event => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", event => {
    event.preventDefault();
    zone.classList.remove("over");
    readFile(event.dataTransfer.files[0]);
  });
}

function takeStrokes() {
  const pad = element("pad"), pen = pad.getContext("2d");
  const clear = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, pad.width, pad.height); };
  const place = event => {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height];
  };
  let drawing = false;
  pad.addEventListener("pointerdown", event => {
    drawing = true;
    Object.assign(pen, { lineWidth: 18, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    pen.beginPath();
    pen.moveTo(...place(event));
    pen.lineTo(...place(event));
    pen.stroke();
  });
  window.addEventListener("pointermove", event => {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  const lift = () => { if (drawing) { drawing = false; read(pad, pad.width, pad.height); } };
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, lift);
  element("clear").addEventListener("click", clear);
  clear();
}

function takeCamera() {
  const video = element("video");
  const shown = on => { for (const id of ["video", "shoot", "stop"]) element(id).hidden = !on; };
  const stop = () => {
    if (!video.srcObject) return;
    for (const track of video.srcObject.getTracks()) track.stop();
    video.srcObject = null;
    shown(false);
    element("camera").hidden = false;
  };
  element("camera").addEventListener("click", async () => {
    element("camera").hidden = true;
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      await video.play();
      shown(true);
    } catch {
      // No camera, not allowed, or a page without https: the phone's own camera can still take a picture.
      element("capture").hidden = false;
    }
  });
  element("shoot").addEventListener("click", () => read(video, video.videoWidth, video.videoHeight));
  element("stop").addEventListener("click", stop);
  // Who looks elsewhere is not to be watched on.
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
}

takeFiles();
takeStrokes();
takeCamera();
loading.then(
  ({ name }) => state("ready", `Ready. Model: ${name}`),
  error => state("broken", `The model does not load (\`make web\` puts it here): ${error.message}`),
);
navigator.serviceWorker?.register("offline.js").catch(() => undefined); // without it the page needs its server
