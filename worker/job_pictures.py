"""The figures of a job as pictures, by Matplotlib: error-reject curve, reliability, confusion of digits."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from worker.errors import OutputNotWritable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_figures"]

#: Dots per inch.
DPI = 90
#: What is called what on the axes of the confusion.
NAMES = (*"0123456789", "none")


def draw_figures(folder: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Draw what there is something of.

    Parameters
    ----------
    folder : Path
        Exists; files of the same name are replaced.
    figures : mapping
        Of :meth:`worker.job_evaluation.JobEvaluation.as_json`.

    Returns
    -------
    list of Path
        ``error-reject.png`` and ``reliability.png``, where numbers were read; ``confusion.png``.

    Raises
    ------
    OutputNotWritable
        The folder cannot be written.
    """
    drawings: dict[str, Callable[[Figure, Mapping[str, Any]], None]] = {"confusion.png": _confusion}
    if figures["error_reject"]:
        drawings = {"error-reject.png": _error_reject, "reliability.png": _reliability, **drawings}
    try:
        return [_saved(folder / name, draw, figures) for name, draw in drawings.items()]
    except OSError as error:
        raise OutputNotWritable(f"{folder} cannot be written: {error.strerror or error}") from error


def _saved(
    path: Path, draw: "Callable[[Figure, Mapping[str, Any]], None]", figures: Mapping[str, Any]
) -> Path:
    """Draw one picture and save it, on no screen."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    FigureCanvasAgg(figure)
    draw(figure, figures)
    # Without the version of Matplotlib in it, the same figures give the same file.
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    return path


def _error_reject(figure: "Figure", figures: Mapping[str, Any]) -> None:
    """Error among the kept over the share that is kept, with its interval."""
    axes = figure.subplots()
    points = figures["error_reject"]
    kept = [100 * point["kept"] for point in points]
    low, high = ([100 * point[name] for point in points] for name in ("low", "high"))
    axes.fill_between(kept, low, high, alpha=0.2, label="95 % interval")
    axes.plot(kept, [100 * point["error"] for point in points], "o-", ms=3, label="numbers read")
    axes.set(xlabel="surest numbers kept, %", ylabel="wrong among the kept, %", ylim=(0, None), xlim=(100, 0))
    axes.grid(alpha=0.3)
    axes.legend()


def _reliability(figure: "Figure", figures: Mapping[str, Any]) -> None:
    """Share that is right over confidence, and below it how many numbers have that confidence."""
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    found = figures["calibration"]
    bins = found["reliability"]
    sure, right = ([bin_[name] for bin_ in bins] for name in ("confidence", "right"))
    spread = [[abs(bin_["right"] - bin_[bound]) for bin_ in bins] for bound in ("low", "high")]
    upper.plot([0, 1], [0, 1], color="0.6", lw=1, ls="--", label="as it should be")
    upper.errorbar(sure, right, yerr=spread, fmt="o-", ms=4, lw=1, label="numbers read, 95 % interval")
    error = 100 * found["expected_calibration_error"]
    upper.set(ylabel="share right", title=f"expected calibration error {error:.2f} points")
    upper.legend()
    lefts = [bin_["from"] for bin_ in bins]
    widths = [bin_["to"] - bin_["from"] for bin_ in bins]
    lower.bar(lefts, [bin_["numbers"] for bin_ in bins], widths, align="edge", ec="w")
    lower.set(xlabel="confidence", ylabel="numbers", yscale="log", xlim=(0, 1))


def _confusion(figure: "Figure", figures: Mapping[str, Any]) -> None:
    """Shares of each row on a logarithmic scale, so that rare mistakes are seen; counts as text."""
    from matplotlib.colors import LogNorm

    counts = np.array(figures["digits"]["confusion"])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure.set_size_inches(7, 6)
    axes = figure.subplots()
    shown = axes.imshow(np.maximum(shares, 1e-4), cmap="Blues", norm=LogNorm(1e-4, 1.0))
    ticks = range(len(NAMES))
    axes.set(xlabel="read", ylabel="written", xticks=ticks, yticks=ticks)
    axes.set_xticklabels(NAMES)
    axes.set_yticklabels(NAMES)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            dark = shares[row, column] > 0.05
            axes.text(column, row, str(count), ha="center", va="center", size=7, color="w" if dark else "k")
    figure.colorbar(shown, label="share of the row")
