"""Pages changed a little, as another camera or hand would have given them: whether they read as before.

Whoever mends the reader looks at the pages that there are, and it comes to read these. Turned by two degrees,
blurred or of another size they are new to it, though to people they are the same.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["WAYS", "write_changed"]

Picture = NDArray[np.uint8]
Way = Callable[[Picture], Picture]

#: Of grain, the same in every run.
SEED = 5
#: So many px along each side show the colour of the paper there,
RIM_PX = 3
#: and a frame is this share of the page wide.
FRAME = 0.15


def _paper(page: Picture) -> tuple[float, ...]:
    """Return the typical colour along the sides of a page."""
    rims = (page[:RIM_PX], page[-RIM_PX:], page[:, :RIM_PX], page[:, -RIM_PX:])
    return tuple(np.median(np.concatenate([rim.reshape(-1, 3) for rim in rims]), axis=0).tolist())


def _scaled(across: float, down: float | None = None) -> Way:
    def change(page: Picture) -> Picture:
        smaller = across * (down or across) < 1
        how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(page, None, fx=across, fy=down or across, interpolation=how), np.uint8)

    return change


def _framed(page: Picture, share: float = FRAME) -> Picture:
    down, across = (round(share * side) + RIM_PX for side in page.shape[:2])
    framed = cv2.copyMakeBorder(page, down, down, across, across, cv2.BORDER_CONSTANT, value=_paper(page))
    return np.asarray(framed, np.uint8)


def _turned(degrees: float) -> Way:
    def change(page: Picture) -> Picture:
        paper, page = _paper(page), _framed(page, abs(np.sin(np.radians(degrees))) / 2)
        height, width = page.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        turned = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper)
        return np.asarray(turned, np.uint8)

    return change


def _from_aside(page: Picture) -> Picture:
    height, width = page.shape[:2]
    size = np.array([width, height])
    corners, moved = (
        (np.array(shares) * size).astype(np.float32)
        for shares in ([(0, 0), (1, 0), (1, 1), (0, 1)], [(0.03, 0.03), (0.991, 0), (1, 0.994), (0, 1)])
    )
    seen = cv2.getPerspectiveTransform(corners, moved)
    flat = cv2.warpPerspective(page, seen, (width, height), flags=cv2.INTER_CUBIC, borderValue=_paper(page))
    return np.asarray(flat, np.uint8)


def _blurred(sigma_px: float) -> Way:
    return lambda page: np.asarray(cv2.GaussianBlur(page, (0, 0), sigma_px), np.uint8)


def _levels(gamma: float, gain: float = 1.0, lift: float = 0.0) -> Way:
    levels = np.arange(256) / 255
    table = np.clip(255 * (gain * levels**gamma + lift), 0, 255).astype(np.uint8)
    return lambda page: np.asarray(cv2.LUT(page, table), np.uint8)


def _as_jpeg(quality: int) -> Way:
    def change(page: Picture) -> Picture:
        coded = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)

    return change


def _grained(page: Picture) -> Picture:
    grain = np.random.default_rng(SEED).normal(0, 12, page.shape)
    return np.clip(page + grain, 0, 255).astype(np.uint8)


def _shadowed(page: Picture) -> Picture:
    height, width = page.shape[:2]
    light = np.linspace(1, 0.45, width)[None, :, None] * np.linspace(1, 0.8, height)[:, None, None]
    return np.asarray(page * light, np.uint8)


#: What is done to a page, by what it is called in the table.
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "turned by 2 degrees": _turned(2),
        "turned by -4 degrees": _turned(-4),
        "turned by 9 degrees": _turned(9),
        "turned by -14 degrees": _turned(-14),
        "seen from aside": _from_aside,
        "half as large": _scaled(0.5),
        "two thirds as large": _scaled(0.65),
        "1.8 times as large": _scaled(1.8),
        "narrower": _scaled(0.85, 1.0),
        "lower": _scaled(1.0, 0.85),
        "blurred": _blurred(0.9),
        "more blurred": _blurred(1.5),
        "JPEG, quality 30": _as_jpeg(30),
        "grained": _grained,
        "shadowed": _shadowed,
        "darker": _levels(2.2),
        "lighter": _levels(0.5),
        "paler": _levels(1.0, 0.55, 0.35),
        "framed": _framed,
    }
)


def write_changed(folder: Path, source: Path) -> None:
    """Write the pages of a folder in every way, with a ``truth.json`` that names the way as ``kind``.

    Parameters
    ----------
    folder : Path
        Where to write; is made.
    source : Path
        Holds pages and their ``truth.json``. Not modified.

    Raises
    ------
    ValueError
        A page that the truth names is no picture.
    """
    folder.mkdir(parents=True)
    truths: list[dict[str, Any]] = []
    for place, truth in enumerate(json.loads((source / "truth.json").read_text(encoding="utf-8"))):
        page = cv2.imread(str(source / truth["file"]))
        if page is None:
            raise ValueError(f"{source / truth['file']} is no picture that can be changed")
        for number, (name, change) in enumerate(WAYS.items()):
            file = f"{number:02d}-{place:03d}.png"
            changed = change(np.asarray(page, np.uint8))
            cv2.imwrite(str(folder / file), changed, [cv2.IMWRITE_PNG_COMPRESSION, 1])
            truths.append({**truth, "file": file, "kind": name})
    (folder / "truth.json").write_text(json.dumps(truths), encoding="utf-8")
