"""A model's card: what it is, what it was trained on, how good it is, in Markdown beside the model.

The idea is that of M. Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from model.contract import DIGITS
from model.judge import Judgement
from model.judge_pair import ALPHA, TEST, Comparison

__all__ = ["CARD", "model_card"]

#: Name of the card in a model's folder.
CARD = "MODEL_CARD.md"

_USE = """\
## What it is for
It tells the ten digits from one another and from everything that is none: pieces and pairs of digits,
letters, marks. It sees 28 × 28 pixels that `digitize` cut out of a page. It is not for other alphabets, and
a number that matters is to be looked at where its status is not `accepted`.
"""

_LIMITS = """\
The glyphs are drawn on paper by the program and cut out again as reading does; paper, pens and pages that it
does not draw may read worse. One digit image stands behind several glyphs, so the intervals are somewhat
too narrow.
"""


def model_card(
    manifest: Mapping[str, Any],
    judgement: Judgement,
    data: Mapping[str, Any],
    comparisons: Sequence[Comparison],
    *,
    against: str,
    pictures: Sequence[str] = (),
) -> str:
    """Write the card of a model.

    Parameters
    ----------
    manifest : mapping
        Of the model.
    judgement : Judgement
        Of the model, on the frozen glyphs.
    data : mapping
        What is said of these: origin, seed, count, hash.
    comparisons : sequence of Comparison
        With another model, set by set; may be empty.
    against : str
        That model's name.
    pictures : sequence of str
        Names of the pictures beside the card.

    Returns
    -------
    str
        Markdown.
    """
    parts = [
        f"# {manifest.get('id', 'Model')}\n",
        _USE,
        _origin(manifest),
        _figures(judgement, data),
        _compared(comparisons, against),
        "\n".join(f"![{name.removesuffix('.png')}]({name})" for name in pictures) + "\n" if pictures else "",
    ]
    return "\n".join(part for part in parts if part)


def _origin(manifest: Mapping[str, Any]) -> str:
    """Say how it came to be."""
    training = manifest.get("training")
    rows = [("recipe", manifest.get("recipe")), ("data", manifest.get("data"))]
    rows += sorted(training.items()) if isinstance(training, Mapping) else []
    versions = manifest.get("versions")
    rows += sorted(versions.items()) if isinstance(versions, Mapping) else []
    lines = [f"| {name} | {value} |" for name, value in rows if value is not None]
    return "\n".join(["## How it was trained", "| | |", "|---|---|", *lines]) + "\n"


def _figures(judgement: Judgement, data: Mapping[str, Any]) -> str:
    """Give its figures, with the intervals in which the truth lies 95 times of 100."""
    lines = [
        "## How good it is",
        f"On {data['glyphs']:,} drawn glyphs ({data['origin']}; seed {data['seed']}, sha256 "
        f"`{data['sha256'][:12]}`), with 95 % intervals:",
        "",
        "| | |",
        "|---|---|",
        f"| digits read right | {judgement.digits} |",
        f"| digits taken for none | {judgement.digits_rejected} |",
        f"| pieces that are no digit, and known as such | {judgement.others_rejected} |",
        f"| expected calibration error | {100 * judgement.calibration_error:.2f} points |",
        "",
        "| where from | right | called no digit | of |",
        "|---|---|---|---|",
        *(
            f"| {rates.sort.told} | {rates.right} | {rates.rejected} | {rates.right.count:,} |"
            for rates in judgement.by_sort
        ),
        "",
        "| digit | read right | of |",
        "|---|---|---|",
        *(f"| {DIGITS[k]} | {rate} | {rate.count:,} |" for k, rate in enumerate(judgement.per_digit)),
        "",
        _LIMITS,
    ]
    return "\n".join(lines)


def _compared(comparisons: Sequence[Comparison], against: str) -> str:
    """Say how it stands beside the model that was current when it was trained."""
    if not comparisons:
        return ""
    lines = [
        f"## Beside {against}",
        f"Both on the same glyphs; worse is what chance alone would do on any set at most {ALPHA:.0%} of the "
        f"time. p: {TEST}.",
        "",
        f"| set | glyphs | {against} | this model | lost | won | p | |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
        *(f"| {' | '.join(c.as_row())} |" for c in comparisons),
    ]
    return "\n".join(lines) + "\n"
