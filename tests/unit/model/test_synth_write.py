import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.write import TRUTH, write_pages

SOURCE = DigitSource.builtin()


def score(read: dict[str, list[str]], truth: list[dict]) -> float:
    """F1 of numbers read exactly, over all pages."""
    hits = wanted = found = 0
    for page in truth:
        want = [text for row in page["rows"] for text in row]
        hits += sum((Counter(want) & Counter(read[page["file"]])).values())
        wanted, found = wanted + len(want), found + len(read[page["file"]])
    return 2 * hits / (wanted + found)


def test_files_and_truth_belong_together(tmp_path: Path) -> None:
    paths = list(write_pages(tmp_path, source=SOURCE, kinds=["clean", "photo"], pages_per_kind=2, seed=1))
    truth = json.loads((tmp_path / TRUTH).read_text())

    assert [page["file"] for page in truth] == [path.name for path in paths]
    assert {path.suffix for path in paths} == {".png", ".jpg"}
    assert all(cv2.imread(str(path)) is not None for path in paths)
    for page in truth:
        assert set(page) == {"file", "rows", "extra_ok", "join", "layout", "kind"}
        assert page["extra_ok"] is page["join"] is False
        assert all(text.isdigit() for row in page["rows"] for text in row)


def test_a_perfect_result_scores_one_and_a_wrong_digit_less(tmp_path: Path) -> None:
    list(write_pages(tmp_path, source=SOURCE, kinds=["clean"], pages_per_kind=2, seed=3))
    truth = json.loads((tmp_path / TRUTH).read_text())
    read = {page["file"]: [text for row in page["rows"] for text in row] for page in truth}

    assert score(read, truth) == 1.0
    read[truth[0]["file"]][0] += "0"
    assert score(read, truth) < 1.0


def test_a_kind_comes_out_the_same_beside_others(tmp_path: Path) -> None:
    alone, beside = tmp_path / "alone", tmp_path / "beside"
    list(write_pages(alone, source=SOURCE, kinds=["boxes"], pages_per_kind=1, seed=2))
    list(write_pages(beside, source=SOURCE, kinds=["clean", "boxes"], pages_per_kind=1, seed=2))

    assert (alone / "boxes-001.png").read_bytes() == (beside / "boxes-001.png").read_bytes()


def test_digits_need_every_label() -> None:
    with pytest.raises(ValueError, match="missing"):
        DigitSource(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))
