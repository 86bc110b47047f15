"""The pictures of the guide: small enough for the repository, of a page that is the same every time."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.picture_panels import MOST_BYTES, light_png
from bench.pictures import FOLDER, hard_page, write_pictures
from model.bundle import RUNTIME, shipped_bundle
from tests.model_builders import stand_in

GUIDE = Path(__file__).parents[3] / "docs" / "reading.md"


def test_a_picture_that_is_small_keeps_its_looks():
    picture = np.full((40, 60, 3), 255, np.uint8)
    picture[10:20, 10:30] = (20, 90, 200)

    shown = cv2.cvtColor(cv2.imdecode(np.frombuffer(light_png(picture), np.uint8), 1), cv2.COLOR_BGR2RGB)

    assert np.abs(shown.astype(int) - picture).max() <= 3


def test_a_noisy_picture_loses_levels_until_it_is_light_and_one_that_cannot_be_is_refused():
    rng = np.random.default_rng(1)
    grey = np.clip(rng.normal(200, 8, (500, 500, 1)), 0, 255).astype(np.uint8)
    noisy = np.repeat(grey, 3, axis=2)

    png = light_png(noisy)

    assert len(png) <= MOST_BYTES
    assert len(np.unique(cv2.imdecode(np.frombuffer(png, np.uint8), 1))) < len(np.unique(noisy))
    with pytest.raises(ValueError, match="1000 x 900 px"):
        light_png(rng.integers(0, 255, (900, 1000, 3), dtype=np.uint8))


def test_all_pictures_of_the_guide_are_made_anew_and_none_besides(tmp_path):
    written = write_pictures(tmp_path / "pictures")

    shown = re.findall(r"\(images/reading/(\w+\.png)\)", GUIDE.read_text(encoding="utf-8"))
    assert sorted(path.name for path in written) == sorted(shown)
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(shown)
    for path in (*written, *FOLDER.iterdir()):
        assert path.stat().st_size <= MOST_BYTES
        assert min(cv2.imread(str(path)).shape[:2]) > 200


def test_the_page_is_the_same_every_time_and_has_numbers_left():
    first, second = hard_page(), hard_page()

    assert (first.pixels == second.pixels).all()
    assert sum(len(row) for row in first.rows) > 5


def test_a_model_without_a_network_of_ink_is_refused(tmp_path):
    model = stand_in(tmp_path / "model", (shipped_bundle() / RUNTIME).read_bytes())

    with pytest.raises(ValueError, match="no network that tells sorts of ink apart"):
        write_pictures(tmp_path / "pictures", model)
    assert not (tmp_path / "pictures").exists()
