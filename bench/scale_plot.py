"""The picture of what a job costs by its number of pages: seconds of processor time, and megabytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bench.scale import Step

__all__ = ["draw"]

#: What is drawn, and how; other steps are in the table.
_SHOWN = {
    "submit --detach": "#1f6f8b",
    "status, all done": "#d1793b",
    "results, csv": "#6a8d3f",
    "resume, nothing missing": "#8c4f9f",
}


def draw(steps: "Sequence[Step]", file: Path, before: "Sequence[Step]" = ()) -> None:
    """Draw the figures of some steps.

    Parameters
    ----------
    steps : sequence of Step
        For several numbers of pages.
    file : Path
        The picture.
    before : sequence of Step
        Figures of an earlier version, drawn thin and dashed.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (time, memory) = pyplot.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for name, colour in _SHOWN.items():
        for some, style in ((before, {"linestyle": "--", "linewidth": 1}), (steps, {"linewidth": 2})):
            own = [step for step in some if step.name == name]
            if own:
                pages = [step.pages for step in own]
                label = {"label": name} if some is steps else {}
                time.plot(
                    pages, [step.processor_s for step in own], marker="o", color=colour, **style, **label
                )
                memory.plot(pages, [step.peak_mb for step in own], marker="o", color=colour, **style)
    _label(time, "seconds of processor time", logarithmic=True)
    _label(memory, "MB at most", logarithmic=False)
    time.legend(frameon=False)
    if before:
        memory.set_title("dashed: before lists were kept on the disk", fontsize=9, loc="left")
    figure.savefig(file, dpi=110)


def _label(axes: "Axes", what: str, *, logarithmic: bool) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log" if logarithmic else "linear")
    if not logarithmic:
        axes.set_ylim(bottom=0)
    axes.set_xlabel("pages")
    axes.set_ylabel(what)
    axes.grid(alpha=0.3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
