"""A picture is drawn by Matplotlib and saved: on no screen, and the same figures as the same file."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

__all__ = ["save_picture"]

#: Dots per inch of all pictures.
DPI = 90


def save_picture(path: Path, draw: "Callable[[Figure], None]") -> Path:
    """Draw one picture and save it.

    Parameters
    ----------
    path : Path
        Of the PNG.
    draw : callable
        Given the figure. Whatever backend the program around it has chosen stays.

    Returns
    -------
    Path
        `path`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 4), layout="constrained")
    FigureCanvasAgg(figure)
    draw(figure)
    # Without the version of Matplotlib in it, the same figures give the same file.
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    return path
