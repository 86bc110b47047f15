"""Pages are changed so that people would read the same on them."""

import json

import cv2
import numpy as np
import pytest

from bench.changed import WAYS, write_changed

TRUTH = {"file": "page.png", "rows": [["17"]], "extra_ok": True}


@pytest.fixture
def folder(tmp_path):
    """A folder of one page: a dark bar on yellowish paper."""
    page = np.full((120, 200, 3), (180, 220, 230), np.uint8)
    page[40:80, 90:100] = 30
    (tmp_path / "given").mkdir()
    cv2.imwrite(str(tmp_path / "given" / "page.png"), page)
    (tmp_path / "given" / "truth.json").write_text(json.dumps([TRUTH]))
    write_changed(tmp_path / "changed", tmp_path / "given")
    return tmp_path / "changed"


def test_every_way_is_a_page_of_the_same_truth(folder):
    truths = json.loads((folder / "truth.json").read_text())
    assert [truth["kind"] for truth in truths] == list(WAYS)
    assert all(truth["rows"] == TRUTH["rows"] and truth["extra_ok"] for truth in truths)
    pages = [cv2.imread(str(folder / truth["file"])) for truth in truths]
    assert len({page.tobytes() for page in pages}) == len(WAYS)


@pytest.mark.parametrize("way", WAYS)
def test_the_bar_is_still_there_and_nothing_else(folder, way):
    truth = next(t for t in json.loads((folder / "truth.json").read_text()) if t["kind"] == way)
    grey = cv2.GaussianBlur(cv2.imread(str(folder / truth["file"]), cv2.IMREAD_GRAYSCALE), (5, 5), 0)
    dark = (grey < 0.6 * cv2.blur(grey, (91, 91))).view(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((3, 3))))
    (box,) = stats[1:]
    assert 0.5 < box[cv2.CC_STAT_HEIGHT] / box[cv2.CC_STAT_WIDTH] / 4 < 1.4


def test_what_is_written_is_the_same_in_every_run(folder, tmp_path):
    write_changed(tmp_path / "again", tmp_path / "given")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_a_page_that_is_no_picture_is_named(tmp_path):
    (tmp_path / "page.png").write_bytes(b"nothing")
    (tmp_path / "truth.json").write_text(json.dumps([TRUTH]))
    with pytest.raises(ValueError, match=r"page\.png"):
        write_changed(tmp_path / "changed", tmp_path)
