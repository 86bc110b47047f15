"""The page in the browser reads digits from files, strokes and a camera, and needs no network for it."""

import json
from threading import Event

import cv2
import numpy as np
import pytest

from model.bundle import open_bundle, shipped_bundle
from segmentation.normalize import normalize_glyph
from tests.browser_kit import (
    PATIENCE_S,
    as_file,
    driven,
    fetched_library,
    installed_browser,
    photographed,
    web_files,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def browser():
    fetched_library()
    return installed_browser()


@pytest.fixture(scope="module")
def trained():
    pytest.importorskip("tensorflow", reason="exports need the extra `train`")
    from model.export.trained import load_trained

    return load_trained(open_bundle(shipped_bundle()))


@pytest.fixture(scope="module")
def files(trained, tmp_path_factory):
    from model.export.plain import plain_network
    from model.export.tfjs import write_tfjs

    folder = tmp_path_factory.mktemp("web") / "model"
    write_tfjs(plain_network(trained.network, trained.model_id, temperature=trained.temperature), folder)
    return web_files(folder)


@pytest.fixture(scope="module")
def digits(trained):
    """Return one sound image of each digit: the one that the model is surest of."""
    from model.synth.digits import DigitSource

    source = DigitSource.builtin()
    sure = trained.probabilities(source.images.astype(np.float32) / np.float32(255))
    return [source.images[np.where(source.labels == k, sure[:, k], 0).argmax()] for k in range(10)]


def test_picture_files_of_all_digits_are_read(browser, files, digits):
    for k, digit in enumerate(digits):
        suffix = (".png", ".jpg", ".webp")[k % 3]
        files = files | {f"/digit-{k}": as_file(photographed(digit), suffix)}

    state, before, read, after = driven(
        browser,
        files,
        """
        const state = await opened(), shown = () => by('result').getClientRects().length > 0;
        const before = shown(), all = [];
        for (let k = 0; k < 10; k++) all.push(await chosen('file', `/digit-${k}`));
        return [state, before, all, shown()];
        """,
    )

    assert (state, before, after) == ("ready", False, True)
    assert [answer["digit"] for answer in read] == list("0123456789")
    for answer in read:
        assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)


def test_the_page_takes_photographs_for_what_python_takes_the_digits_themselves_for(browser, files, trained):
    """All of the sample, not only what is easy: most of what the network doubts has to be doubted alike."""
    from model.synth.digits import DigitSource

    source = DigitSource.builtin()
    large = [cv2.resize(digit, (120, 120), interpolation=cv2.INTER_CUBIC) for digit in source.images]
    glyphs = np.stack([normalize_glyph(tight(digit)) for digit in large])
    told = trained.probabilities(glyphs.astype(np.float32) / np.float32(255)).argmax(axis=1)
    for k, digit in enumerate(source.images):
        files = files | {f"/digit-{k}": as_file(photographed(digit, side=180), ".jpg")}

    read = driven(
        browser,
        files,
        f"""
        await opened();
        const all = [];
        for (let k = 0; k < {len(large)}; k++) all.push((await chosen('file', `/digit-${{k}}`)).digit);
        return all;
        """,
        patience_s=4 * PATIENCE_S,
    )

    expected = [str(digit) if digit < 10 else None for digit in told]
    assert np.mean([own == other for own, other in zip(read, expected, strict=True)]) >= 0.97
    assert np.mean([own == str(label) for own, label in zip(read, source.labels, strict=True)]) >= 0.95


def tight(digit):
    """Return a digit without the paper around it."""
    rows, columns = np.nonzero(digit > 40)
    return np.ascontiguousarray(digit[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])


def test_chalk_and_mnist_itself_are_read_by_dropping_them(browser, files, digits):
    chalk = 255 - photographed(digits[3], paper=235, ink=20)
    files = files | {"/chalk": as_file(chalk, ".png"), "/mnist": as_file(digits[8], ".png")}

    read = driven(
        browser, files, "await opened(); return [await dropped('/chalk'), await dropped('/mnist')];"
    )

    assert [answer["digit"] for answer in read] == ["3", "8"]


def test_what_the_network_sees_is_framed_as_in_reading(browser, files, digits):
    glyphs = [
        cv2.resize(digit, None, fx=size, fy=size * 1.1)[:, : int(20 * size)]
        for digit, size in zip(digits, np.linspace(0.6, 9, 10), strict=True)
    ]
    hairline = np.zeros((120, 90), np.uint8)
    cv2.polylines(
        hairline, [np.array([[5, 5], [80, 10], [40, 60], [30, 115]])], isClosed=False, color=255, thickness=2
    )
    glyphs += [hairline, hairline[:40, :60], np.full((9, 3), 255, np.uint8), np.zeros((30, 20), np.uint8)]
    for k, glyph in enumerate(glyphs):
        files = files | {f"/plane-{k}": glyph.tobytes()}
    extents = [[glyph.shape[1], glyph.shape[0]] for glyph in glyphs]

    framed = driven(
        browser,
        files,
        f"""
        const {{normalizeGlyph, Plane}} = await import('/glyph.js');
        const all = [];
        for (const [k, [width, height]] of {extents}.entries()) {{
          const data = new Uint8ClampedArray(await (await fetch(`/plane-${{k}}`)).arrayBuffer());
          all.push(Array.from(normalizeGlyph(new Plane(width, height, data)).data));
        }}
        return all;
        """,
    )

    for own, glyph in zip(framed, glyphs, strict=True):
        expected = normalize_glyph(np.ascontiguousarray(glyph))
        assert np.abs(np.array(own).reshape(28, 28) - expected.astype(int)).max() <= 2


def test_strokes_of_finger_or_mouse_are_read(browser, files):
    turns = np.linspace(0, 2 * np.pi, 40)
    ring = [[0.5 + 0.22 * float(np.sin(t)), 0.5 - 0.35 * float(np.cos(t))] for t in turns]
    seven = [[0.3, 0.2], [0.5, 0.2], [0.7, 0.2], [0.58, 0.5], [0.45, 0.85]]

    read = driven(
        browser,
        files,
        f"""
        await opened();
        const ring = await drawn([{ring}]);
        by('clear').click();
        return [ring, await drawn([{seven}])];
        """,
    )

    assert [answer["digit"] for answer in read] == ["0", "7"]


def test_what_holds_no_digit_is_told_in_words(browser, files):
    rng = np.random.default_rng(3)
    paper = np.clip(rng.normal(200, 3, (200, 300)), 0, 255).astype(np.uint8)
    files = files | {"/blank": as_file(paper, ".png"), "/text": b"no picture at all"}

    read = driven(
        browser,
        files,
        "await opened(); return [await chosen('file', '/blank'), await chosen('file', '/text')];",
    )

    assert [answer["digit"] for answer in read] == [None, None]
    assert "no writing" in read[0]["words"]
    assert "text is not a picture" in read[1]["words"]


def y4m(picture):
    """Return a video of one still picture, as Chromium's camera for tests takes it."""
    height, width = picture.shape[:2]
    planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes()
    return f"YUV4MPEG2 W{width} H{height} F20:1 Ip C420jpeg\n".encode() + b"FRAME\n" + planes


def test_what_the_camera_sees_is_read_until_it_is_switched_off(browser, files, digits, tmp_path):
    video = tmp_path / "camera.y4m"
    video.write_bytes(y4m(cv2.resize(photographed(digits[2]), (640, 480))))
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    )

    read, before, after, kept, hidden = driven(
        browser,
        files,
        """
        await opened();
        by('camera').click();
        await seen('shoot', true);
        const read = await said(() => by('shoot').click());
        const [track] = by('video').srcObject.getTracks(), before = track.readyState;
        by('stop').click();
        const hidden = ['video', 'shoot', 'stop', 'camera'].map(id => by(id).hidden);
        return [read, before, track.readyState, by('video').srcObject, hidden];
        """,
        flags=flags,
    )

    assert read["digit"] == "2"
    assert (before, after, kept) == ("live", "ended", None)
    assert hidden == [True, True, True, False]


def test_without_leave_for_the_camera_a_picture_can_be_taken(browser, files, digits):
    files = files | {"/taken": as_file(photographed(digits[6]), ".jpg")}

    read = driven(
        browser,
        files,
        """
        await opened();
        page().navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('not allowed'));
        by('camera').click();
        await seen('capture', true);
        return chosen('capture', '/taken');
        """,
    )

    assert read["digit"] == "6"


class Cut(dict):
    """Files of a server that is there no more once the page asked for ``/cut``, but for those of the test."""

    gone = False

    def get(self, path, default=None):
        self.gone |= path == "/cut"
        return default if self.gone and not path.startswith("/digit") else super().get(path, default)


def test_the_page_works_when_its_server_is_gone(browser, files, digits):
    pages = Cut(files)
    pages["/digit"] = as_file(photographed(digits[5]), ".png")

    state, read = driven(
        browser,
        pages,
        """
        await opened();
        await page().navigator.serviceWorker.ready;
        await fetch('/cut');
        return [await opened(), await chosen('file', '/digit')];
        """,
    )

    assert pages.gone
    assert state == "ready"
    assert read["digit"] == "5"


class Renewed(dict):
    """Files of a server that has another model once it is told so, of which only the first file arrives."""

    renewed = False

    def get(self, path, default=None):
        self.renewed |= path == "/renew"
        if self.renewed and path == "/model/model.json":
            told = json.loads(super().get(path))
            told["userDefinedMetadata"]["model"] = "another-model"
            return json.dumps(told).encode()
        return default if self.renewed and path.endswith(".bin") else super().get(path, default)


def test_a_new_model_of_which_only_a_part_arrives_is_not_paired_with_the_old_one(browser, files, digits):
    pages = Renewed(files)
    pages |= {"/digit": as_file(photographed(digits[5]), ".png"), "/renew": b"it will"}

    before, state, after, read = driven(
        browser,
        pages,
        """
        await opened();
        await page().navigator.serviceWorker.ready;
        const before = await (await page().fetch('model/model.json')).json();
        await fetch('/renew');
        const state = await opened();
        const after = await (await page().fetch('model/model.json')).json();
        const name = told => told.userDefinedMetadata.model;
        return [name(before), state, name(after), await chosen('file', '/digit')];
        """,
    )

    assert pages.renewed
    assert (state, after) == ("ready", before)
    assert read["digit"] == "5"


def test_a_page_without_its_model_says_how_to_get_it(browser, files, digits):
    bare = {path: data for path, data in files.items() if not path.startswith("/model/")}
    bare["/digit"] = as_file(photographed(digits[5]), ".png")

    state, words, read = driven(
        browser, bare, "return [await opened(), by('state').textContent, await chosen('file', '/digit')];"
    )

    assert state == "broken"
    assert "make web" in words
    assert read["digit"] is None
    assert read["words"].startswith("Reading failed: the model is not here; `make web`")


class Held(dict):
    """Files of a server that hands the model out only when the page has asked for ``/go``."""

    def __init__(self, files):
        super().__init__(files)
        self.going = Event()

    def get(self, path, default=None):
        if path == "/go":
            self.going.set()
        if path.startswith("/model/"):
            self.going.wait(PATIENCE_S)
        return super().get(path, default)


def test_a_picture_that_comes_before_the_model_is_read_when_it_is_there(browser, files, digits):
    pages = Held(files)
    pages |= {f"/digit-{k}": as_file(photographed(digits[k]), ".png") for k in (4, 7)}

    state, first, read = driven(
        browser,
        pages,
        """
        const loaded = new Promise(done => frame.addEventListener('load', done, {once: true}));
        frame.src = '/';
        await loaded;
        const state = page().document.body.dataset.state, said = [];
        page().addEventListener('digit-read', event => said.push(event.detail));
        const found = by('found');
        for (const path of ['/digit-4', '/digit-7']) {
          found.width = 1;
          by('file').files = (await carrying(path)).files;
          by('file').dispatchEvent(new (page().Event)('change'));
          while (found.width === 1) await new Promise(done => page().requestAnimationFrame(done));
        }
        const before = said.length;
        await fetch('/go');
        while (!said.length) await new Promise(done => page().requestAnimationFrame(done));
        return [state, before, said];
        """,
    )

    assert (state, first) == ("loading", 0)
    assert [answer["digit"] for answer in read] == ["7"]
