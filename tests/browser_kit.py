"""Chromium and TensorFlow.js for tests, or the reason why there are none; a page that drives the web page."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.errors import RuntimeMissing
from model.export.browser import answer_of_page, find_browser

WEB = Path(__file__).parents[1] / "examples" / "web"
LIBRARY = WEB / "tf.es2017.min.js"
#: Seconds after which a page is given up.
PATIENCE_S = 60.0


def missing(reason):
    """Skip on a laptop; in CI these tests have to run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and in CI these tests have to run")
    pytest.skip(reason)


def installed_browser():
    try:
        return find_browser()
    except RuntimeMissing as error:
        return missing(str(error))


def fetched_library():
    if not LIBRARY.is_file():
        missing("TensorFlow.js is not there: `make tfjs` fetches it")
    return LIBRARY


def web_files(model):
    """Return the files of the page by their paths, with a model exported for TensorFlow.js."""
    files = {f"/{path.name}": path.read_bytes() for path in WEB.iterdir() if path.is_file()}
    return files | {f"/model/{path.name}": path.read_bytes() for path in model.iterdir()}


#: Drives the page in a frame: what is done to it are the events that a browser sends.
DRIVER = """<!doctype html>
<meta charset="utf-8">
<iframe id="frame" width="900" height="1200" allow="camera"></iframe>
<script type="module">
const frame = document.getElementById('frame');
const page = () => frame.contentWindow;
const by = id => page().document.getElementById(id);
async function opened() {
  const loaded = new Promise(done => frame.addEventListener('load', done, {once: true}));
  frame.src = '/';
  await loaded;
  const body = page().document.body;
  if (body.dataset.state === 'loading') {
    await new Promise(done => new MutationObserver(done).observe(body, {attributes: true}));
  }
  return body.dataset.state;
}
// Does something to the page and returns what it says then.
async function said(act) {
  const heard = new Promise(done => {
    page().addEventListener('digit-read', event => done(event.detail), {once: true});
  });
  await act();
  return heard;
}
const fileOf = async path => new File([await (await fetch(path)).blob()], path.slice(1));
const carrying = async path => {
  const carried = new (page().DataTransfer)();
  carried.items.add(await fileOf(path));
  return carried;
};
const chosen = (id, path) => said(async () => {
  by(id).files = (await carrying(path)).files;
  by(id).dispatchEvent(new (page().Event)('change'));
});
const dropped = path => said(async () => {
  const dataTransfer = await carrying(path);
  by('drop').dispatchEvent(new (page().DragEvent)('drop', {dataTransfer, bubbles: true, cancelable: true}));
});
// Strokes are lists of points in [0, 1] of the pad.
const drawn = strokes => said(() => {
  const pad = by('pad'), box = pad.getBoundingClientRect();
  const send = (kind, [x, y]) => pad.dispatchEvent(new (page().PointerEvent)(kind, {
    clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true,
  }));
  for (const stroke of strokes) {
    send('pointerdown', stroke[0]);
    stroke.slice(1).forEach(point => send('pointermove', point));
  }
  send('pointerup', strokes.at(-1).at(-1));
});
const seen = async (id, wanted) => {
  while (by(id).hidden !== !wanted) await new Promise(done => page().requestAnimationFrame(done));
};
(async () => {
  const result = await (async () => { SCRIPT })();
  await fetch('/answer', {method: 'POST', body: JSON.stringify(result)});
})().catch(error => fetch('/error', {method: 'POST', body: `${error}\\n${error.stack}`}));
</script>
"""


def driven(browser, files, script, *, flags=(), patience_s=PATIENCE_S):
    """Run a script with the helpers of :data:`DRIVER`, put beside the files, and return what it returns."""
    files["/driver.html"] = DRIVER.replace("SCRIPT", script).encode()
    answer = answer_of_page(files, "/driver.html", browser=browser, flags=flags, patience_s=patience_s)
    return json.loads(answer)


def photographed(digit, *, side=360, paper=215, ink=60):
    """Return a picture of a digit: written large on paper that lies half in the shadow, in BGR."""
    rng = np.random.default_rng(5)
    large = cv2.resize(digit, (side * 2 // 3, side * 2 // 3), interpolation=cv2.INTER_CUBIC) / 255.0
    strength = np.zeros((side, side + 80))
    top, left = side // 6, side // 4
    strength[top : top + len(large), left : left + len(large)] = large
    light = np.linspace(1.0, 0.55, side + 80)[None, :]
    grey = light * (paper - (paper - ink) * strength) + rng.normal(0, 3, strength.shape)
    return cv2.cvtColor(np.clip(grey, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def as_file(picture, suffix):
    """Return a picture as the bytes of a file."""
    return cv2.imencode(suffix, picture)[1].tobytes()
