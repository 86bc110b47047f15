"""How a model stands beside another one, set by set, as ``retrain`` and ``models evaluate`` print it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.console import Console
    from model.judge_pair import Comparison

__all__ = ["show_comparisons"]


def show_comparisons(
    console: "Console", comparisons: Sequence["Comparison"], *, against: str, name: str, subject: str
) -> None:
    """Print the table.

    Parameters
    ----------
    console : Console
        Where to.
    comparisons : sequence of Comparison
        One a row.
    against, name : str
        What heads the columns of the other model, and of this one.
    subject : str
        Who is worse or not worse.
    """
    header = ("set", "glyphs", against, name, "lost", "won", "p", f"{subject} is")
    console.table(header, [comparison.as_row() for comparison in comparisons])
