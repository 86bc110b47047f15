"""A picture counts where the only number read on it is the digit that its folder is called."""

import json
import sys

import cv2
import numpy as np
import pytest

from bench.singles import Single, main, rate_of, report
from model.synth.digits import DigitSource

SOURCE = DigitSource.builtin()


def picture(*digits):
    """Draw digits of the sample side by side, far apart, and return the file."""
    page = np.full((120, 160 * len(digits)), 245, np.uint8)
    for place, digit in enumerate(digits):
        image = SOURCE.images[int(np.flatnonzero(SOURCE.labels == digit)[0])]
        part = page[32:88, 160 * place + 52 : 160 * place + 108]
        part[:] = np.minimum(part, 255 - cv2.resize(image, (56, 56)))
    return cv2.imencode(".png", page)[1].tobytes()


@pytest.fixture
def folder(tmp_path):
    files = {
        "3/right.png": picture(3),
        "7/right.png": picture(7),
        "7/of two.png": picture(7, 7),
        "7/of another.png": picture(2),
        "8/empty.png": cv2.imencode(".png", np.full((90, 90), 240, np.uint8))[1].tobytes(),
        "8/no picture.png": b"nothing",
        "letters/3.png": picture(3),
    }
    for name, raw in files.items():
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(raw)
    return tmp_path / "photos"


def test_a_folder_of_pictures_is_read_and_told(folder, tmp_path, monkeypatch, capsys):
    found = tmp_path / "found.json"
    monkeypatch.setattr(sys, "argv", ["singles", str(folder), "--json", str(found)])

    assert main() == 0

    told = json.loads(found.read_text())
    assert (told["right"], told["count"]) == (2, 6)
    assert told["low"] < 2 / 6 < told["high"]
    read = {one["file"]: (one["read"], one["right"]) for one in told["pictures"]}
    assert read["3/right.png"] == (["3"], True)
    assert read["7/of another.png"] == (["2"], False)
    assert read["8/empty.png"] == read["8/no picture.png"] == ([], False)
    assert not read["7/of two.png"][1]
    lines = capsys.readouterr().out.splitlines()
    assert "| 7 | 1 of 3 |" in "\n".join(lines)
    worst = lines[lines.index("wrong, the surest first:") + 1 :]
    assert {line.partition(":")[0] for line in worst[:2]} == {"7/of two.png", "7/of another.png"}
    assert "8/empty.png: nothing (0.000)" in worst
    assert not any(line.startswith("8/no picture.png") for line in worst)
    failed = lines[lines.index("files that are no picture, 1 of those that are not right:") + 1]
    assert failed.startswith("8/no picture.png: not read: ")


def test_a_folder_without_any_is_no_measurement(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["singles", str(tmp_path)])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "holds no picture in folders 0 to 9" in capsys.readouterr().err


def test_one_number_too_many_and_none_are_wrong():
    singles = [Single("1/a", "1", ("1",), 0.9), Single("1/b", "1", ("1", "1"), 0.6), Single("1/c", "1")]
    assert (rate_of(singles).right, rate_of(singles).count) == (1, 3)
    assert report(singles)[-2:] == ["1/b: 1 1 (0.600)", "1/c: nothing (0.000)"]


def test_what_is_no_picture_is_named_before_what_was_read_wrong_and_counts_as_not_right():
    broken, right = Single("1/a", "1", failed="broken"), Single("1/c", "1", ("1",))
    singles = [broken, Single("1/b", "1", ("7",), 0.9), right]

    assert rate_of(singles).right == 1
    assert report(singles)[-5:] == [
        "files that are no picture, 1 of those that are not right:",
        "1/a: not read: broken",
        "",
        "wrong, the surest first:",
        "1/b: 7 (0.900)",
    ]


def test_where_all_are_right_nothing_is_named():
    assert report([Single("1/a", "1", ("1",), 0.9)])[-1].startswith("| all | 1 of 1 |")
