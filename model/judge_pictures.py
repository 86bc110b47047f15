"""Figures as pictures, by Matplotlib: confusion, reliability, error-reject curve, glyphs on a contact sheet.

Matplotlib comes with the extra ``train``; whoever reads pages does without it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS, NOT_A_DIGIT
from model.judge import Judgement
from model.saved_picture import save_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["can_draw", "caption", "draw_glyphs", "draw_judgement"]

#: Glyphs in a row of a contact sheet.
COLUMNS = 12
#: What is called what on axes.
NAMES = (*DIGITS, "none")


def can_draw() -> bool:
    """Tell whether Matplotlib is installed."""
    return find_spec("matplotlib") is not None


def draw_judgement(folder: Path, judgement: Judgement) -> list[Path]:
    """Draw the figures of a judgement.

    Parameters
    ----------
    folder : Path
        Exists; files of the same name are replaced.
    judgement : Judgement
        What is drawn.

    Returns
    -------
    list of Path
        ``confusion.png``, ``reliability.png``, ``error-reject.png``.
    """
    drawings: dict[str, Callable[[Figure], None]] = {
        "confusion.png": partial(_confusion, judgement=judgement),
        "reliability.png": partial(_reliability, judgement=judgement),
        "error-reject.png": partial(_error_reject, judgement=judgement),
    }
    return [save_picture(folder / name, draw) for name, draw in drawings.items()]


def draw_glyphs(path: Path, images: NDArray[np.uint8], captions: Sequence[str]) -> Path:
    """Draw glyphs side by side, as the network sees them.

    Parameters
    ----------
    path : Path
        Of the PNG.
    images : (N, 28, 28) uint8 ndarray
        Ink = 255, drawn black. Not modified.
    captions : sequence of str
        One for each, of at most two lines.

    Returns
    -------
    Path
        `path`.
    """
    return save_picture(path, lambda figure: _contact_sheet(figure, (images, captions)))


def caption(label: int, taken_for: int, confidence: float) -> str:
    """Return what stands below a mistake: what it is, what it was taken for, and how surely."""
    return f"{_name(label)} → {_name(taken_for)}\n{100 * confidence:.0f} %"


def _name(label: int) -> str:
    return "none" if label == NOT_A_DIGIT else str(label)


def _confusion(figure: "Figure", judgement: Judgement) -> None:
    """Shares of each row on a logarithmic scale, so that rare mistakes are seen; counts as text."""
    from matplotlib.colors import LogNorm

    counts = judgement.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure.set_size_inches(7, 6)
    axes = figure.subplots()
    shown = axes.imshow(np.maximum(shares, 1e-4), cmap="Blues", norm=LogNorm(1e-4, 1.0))
    ticks = range(len(NAMES))
    axes.set(xlabel="taken for", ylabel="is", xticks=ticks, yticks=ticks)
    axes.set_xticklabels(NAMES)
    axes.set_yticklabels(NAMES)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            dark = shares[row, column] > 0.05
            axes.text(column, row, str(count), ha="center", va="center", size=7, color="w" if dark else "k")
    figure.colorbar(shown, label="share of the row")


def _reliability(figure: "Figure", judgement: Judgement) -> None:
    """Accuracy over confidence, and below it how many glyphs have that confidence."""
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    bins = judgement.reliability
    upper.plot([0, 1], [0, 1], color="0.6", lw=1, ls="--", label="as it should be")
    upper.plot([b.confidence for b in bins], [b.accuracy for b in bins], "o-", ms=4, label="glyphs")
    error = 100 * judgement.calibration_error
    upper.set(ylabel="share right", title=f"expected calibration error {error:.2f} points")
    upper.legend()
    lower.bar(
        [b.low for b in bins], [b.count for b in bins], [b.high - b.low for b in bins], align="edge", ec="w"
    )
    lower.set(xlabel="confidence", ylabel="glyphs", yscale="log", xlim=(0, 1))


def _error_reject(figure: "Figure", judgement: Judgement) -> None:
    """Error among the kept over the share that is rejected."""
    axes: Axes = figure.subplots()
    points = judgement.error_reject
    axes.plot([100 * (1 - p.kept) for p in points], [100 * p.error for p in points], "o-", ms=3)
    axes.set(xlabel="least sure glyphs rejected, %", ylabel="wrong among the kept, %", ylim=(0, None))
    axes.grid(alpha=0.3)


def _contact_sheet(figure: "Figure", what: tuple[NDArray[np.uint8], Sequence[str]]) -> None:
    """Glyphs in rows, each with its caption below."""
    images, captions = what
    rows = max(1, -(-len(images) // COLUMNS))
    figure.set_size_inches(0.75 * COLUMNS, 1.1 * rows)
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, image, text in zip(grid.flat, images, captions, strict=False):
        axes.imshow(255 - image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set_title(text, size=7, y=0, pad=-2, va="top")
