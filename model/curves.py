"""The course of a training as a picture: what was measured, over its epochs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PICTURE", "Curve", "draw_curves"]

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


def draw_curves(
    path: Path, panels: Mapping[str, Sequence[Curve]], *, levels: Mapping[str, Curve] | None = None
) -> None:
    """Draw curves side by side, those of one unit in one panel.

    Parameters
    ----------
    path : Path
        Of the PNG.
    panels : mapping of str to sequence of Curve
        By what stands at the axis; curves without values are left out.
    levels : mapping of str to Curve, optional
        By panel, of what was measured once: its first value is drawn as a level line.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, (axes,) = pyplot.subplots(
        1, len(panels), figsize=(4.5 * len(panels), 3.5), layout="constrained", squeeze=False
    )
    for axis, (name, curves) in zip(axes, panels.items(), strict=True):
        for curve in curves:
            if curve.values:
                epochs = range(1, len(curve.values) + 1)
                axis.plot(epochs, curve.values, curve.style, markersize=4, label=curve.label)
        if levels is not None and name in levels:
            axis.axhline(levels[name].values[0], color="0.5", linewidth=1, label=levels[name].label)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.set(xlabel="epoch", ylabel=name)
    axes[0].legend()
    figure.savefig(path, dpi=90)
    pyplot.close(figure)
