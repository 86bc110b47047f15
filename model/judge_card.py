"""A model's card: what it is, what it was trained on, how good it is, in Markdown beside the model.

The idea is that of M. Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from model.contract import DIGITS
from model.ink_figures import ink_rows
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
does not draw may read worse. One digit image stands behind several glyphs, which are read right or wrong
together: the intervals are those of the images.
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
        _ink(manifest),
        _compared(comparisons, against),
        "\n".join(f"![{name.removesuffix('.png')}]({name})" for name in pictures) + "\n" if pictures else "",
    ]
    return "\n".join(part for part in parts if part)


def _origin(manifest: Mapping[str, Any]) -> str:
    """Say how it came to be."""
    rows = [("recipe", manifest.get("recipe")), ("data", manifest.get("data"))]
    rows += [("weights of", _weights(manifest)), ("went on from", manifest.get("parent", {}).get("id"))]
    rows += [row for name in ("training", "versions") for row in _flat(manifest.get(name, {}))]
    rows.append(("drawn by seed", manifest.get("drawing", {}).get("seed")))
    lines = [f"| {name} | {value} |" for name, value in rows if value is not None]
    return "\n".join(["## How it was trained", "| | |", "|---|---|", *lines]) + "\n" + _rounds(manifest)


def _flat(section: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Return the entries of a section, those of one within it below its name."""
    rows: list[tuple[str, Any]] = []
    for name, value in sorted(section.items()):
        inner = _flat(value, f"{before}{name}: ") if isinstance(value, Mapping) else [(before + name, value)]
        rows += inner
    return rows


def _weights(manifest: Mapping[str, Any]) -> str | None:
    """Say how much was drawn with each source; None where nothing was drawn."""
    told = [
        f"{each.get('name')} {each['weight']:g}" for each in manifest.get("sources", ()) if "weight" in each
    ]
    return ", ".join(told) or None


def _rounds(manifest: Mapping[str, Any]) -> str:
    """Tell of the trainings that this one went on from."""
    rounds = manifest.get("rounds", ())
    if not rounds:
        return ""
    lines = [
        "",
        "Before it, each going on from the one above:",
        "",
        "| model | weights of | epochs | steps from | seed | drawn by seed |",
    ]
    lines.append("|---|---|---:|---:|---:|---:|")
    for each in rounds:
        training, drawing = each.get("training", {}), each.get("drawing", {})
        cells = (
            each.get("id"),
            _weights(each),
            training.get("epochs"),
            training.get("learning_rate"),
            training.get("seed"),
            drawing.get("seed"),
        )
        lines.append("| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _ink(manifest: Mapping[str, Any]) -> str:
    """Give the figures of the network of ink, on the pages that it was judged by when it was trained."""
    ink = manifest.get("ink", {})
    metrics, pages = ink.get("metrics"), ink.get("pages", {}).get("test")
    if not metrics:
        return ""
    lines = [
        "## Sorts of ink",
        f"Its network of ink tells {100 * metrics['right']:.1f} % of {metrics['squares']:,} squares with ink "
        f"right, on {pages} drawn pages that it was not trained on:",
        "",
        "| what it is | squares | told right | mostly taken for, else |",
        "|---|---:|---:|---|",
        *(f"| {' | '.join(row)} |" for row in ink_rows(metrics["confusion"])),
    ]
    return "\n".join(lines) + "\n"


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
