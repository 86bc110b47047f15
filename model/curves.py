"""The course of a training as a picture: what was measured, over its epochs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from model.saved_picture import save_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PICTURE", "Curve", "Level", "draw_curves"]

#: What the picture is called in a model's folder.
PICTURE = "training.png"


@dataclass(frozen=True, slots=True)
class Curve:
    """Something that was measured.

    Attributes
    ----------
    label : str
        What it is of.
    values : sequence of float
        One an epoch, the first one first.
    style : str
        As Matplotlib names lines and points.
    """

    label: str
    values: Sequence[float]
    style: str = "-"


@dataclass(frozen=True, slots=True)
class Level:
    """Something that was measured once, drawn as a level line.

    Attributes
    ----------
    label : str
        What it is of.
    value : float
        What was measured.
    """

    label: str
    value: float


def draw_curves(
    path: Path, panels: Mapping[str, Sequence[Curve]], *, levels: Mapping[str, Level] | None = None
) -> None:
    """Draw curves side by side, those of one unit in one panel.

    Parameters
    ----------
    path : Path
        Of the PNG.
    panels : mapping of str to sequence of Curve
        By what stands at the axis; curves without values are left out.
    levels : mapping of str to Level, optional
        By panel.
    """
    save_picture(path, partial(_curves, panels=panels, levels=levels or {}))


def _curves(figure: "Figure", panels: Mapping[str, Sequence[Curve]], levels: Mapping[str, Level]) -> None:
    figure.set_size_inches(4.5 * len(panels), 3.5)
    (all_axes,) = figure.subplots(1, len(panels), squeeze=False)
    for axes, (name, curves) in zip(all_axes, panels.items(), strict=True):
        for curve in curves:
            if curve.values:
                epochs = range(1, len(curve.values) + 1)
                axes.plot(epochs, curve.values, curve.style, markersize=4, label=curve.label)
        if name in levels:
            axes.axhline(levels[name].value, color="0.5", linewidth=1, label=levels[name].label)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set(xlabel="epoch", ylabel=name)
    all_axes[0].legend()
