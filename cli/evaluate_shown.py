"""An evaluation of a job for people: a few tables; all of it is in the JSON."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cli.console import Console

__all__ = ["print_evaluation"]

#: Shares of numbers that are kept, at which people are told the error.
_KEPT = (0.95, 0.9, 0.8)
#: Numbers that were accepted and are wrong are named up to so many; the JSON has more.
_WRONG_SHOWN = 20


def print_evaluation(found: dict[str, Any], console: "Console") -> None:
    """Print what people ask first.

    Parameters
    ----------
    found : dict
        Of :meth:`worker.job_evaluation.JobEvaluation.as_json`, with an `overlay` for each of the worst pages.
    console : Console
        Of this run.
    """
    numbers, accepted = found["numbers"], found["accepted"]
    signs = found["compared"] == "text"
    console.table(
        ("what", "share", "95 % interval", "of"),
        [
            ("written numbers found", *_shown(numbers["recall"])),
            *([("… with all of their signs", *_shown(numbers["exact"]))] if signs else []),
            ("read numbers that are written", *_shown(numbers["precision"])),
            ("digits right", *_shown(found["digits"]["right"])),
            *(
                (f"digit {digit} right", *_shown(rate))
                for digit, rate in enumerate(found["digits"]["per_digit"])
                if rate["of"]
            ),
            ("written numbers accepted", *_shown(accepted["coverage"])),
            ("wrong among the accepted", *_shown(accepted["wrong"])),
        ],
    )
    console.result(_in_one_line(found))
    console.result(_wrong_accepted(accepted))
    for line in _by_confidence(found):
        console.result(line)
    if found["by_kind"]:
        console.result("")
        console.table(
            ("kind", "pages", "page_f1", "f1", "cer", "accepted", "wrong per 1,000"),
            [_kind_row(kind, figures) for kind, figures in found["by_kind"].items()],
        )
    if found["wrong_accepted"]:
        console.result("")
        console.table(
            ("accepted and wrong", "read", "written", "confidence"),
            [_wrong_row(number) for number in found["wrong_accepted"][:_WRONG_SHOWN]],
        )
    if found["worst"]:
        console.result("")
        console.table(
            ("worst pages", "page", "right", "read", "edits", "overlay"),
            [_page_row(page) for page in found["worst"]],
        )


def _in_one_line(found: dict[str, Any]) -> str:
    pages = f"{found['pages']:,} pages"
    if found["pages_counted"] < found["pages"]:
        pages += f", {found['pages_counted']:,} of them counted throughout"
    f1, cer = found["numbers"]["f1"], found["cer"]
    return f"{pages}: page_f1 {found['page_f1']:.3f}, f1 {f1:.3f}, cer {cer:.3f}"


def _wrong_accepted(accepted: dict[str, Any]) -> str:
    wrong, share = accepted["wrong_per_1000"], accepted["wrong"]
    if not share["of"]:
        return "no number was accepted on pages that count"
    interval = f"{wrong['low']:.2f} to {wrong['high']:.2f}"
    counts = f"{share['count']:,} of {share['of']:,}"
    return f"wrong per 1,000 accepted: {wrong['value']:.2f} ({interval}), {counts}"


def _by_confidence(found: dict[str, Any]) -> list[str]:
    """Say what the confidence is worth, where numbers were read."""
    points = found["error_reject"]
    if not points:
        return []
    error = 100 * found["calibration"]["expected_calibration_error"]
    lines = [f"expected calibration error of the confidence: {error:.2f} points"]
    for kept in _KEPT:
        point = min(points, key=lambda entry: abs(entry["kept"] - kept))
        lines.append(
            f"of the surest {100 * point['kept']:.0f} % (confidence from {point['confidence']:.3f}) "
            f"{100 * point['error']:.2f} % are wrong"
        )
    return list(dict.fromkeys(lines))


def _kind_row(kind: str, figures: dict[str, Any]) -> tuple[str, ...]:
    accepted = figures["accepted"]
    wrong = accepted["wrong_per_1000"]["value"]
    return (
        kind,
        f"{figures['pages']:,}",
        f"{figures['page_f1']:.3f}",
        f"{figures['numbers']['f1']:.3f}",
        f"{figures['cer']:.3f}",
        _shown(accepted["coverage"])[0],
        "" if wrong is None else f"{wrong:.1f}",
    )


def _wrong_row(number: dict[str, Any]) -> tuple[str, ...]:
    """Name a number as `digitize explain` takes it."""
    place = f"{number['file']}:{number['page']}:{number['line']}.{number['number']}"
    return place, number["read"], number["written"] or "", f"{number['confidence']:.3f}"


def _page_row(page: dict[str, Any]) -> tuple[str, ...]:
    return (
        page["file"],
        "" if page["page"] is None else str(page["page"]),
        f"{page['right']:,} of {page['written']:,}",
        f"{page['read']:,}",
        "" if page["edits"] is None else f"{page['edits']:,}",
        page["overlay"] or f"none: {page['why_no_overlay']}",
    )


def _shown(rate: dict[str, Any]) -> tuple[str, str, str]:
    """Return a rate as cells: share, interval, count."""
    if rate["share"] is None:
        return "", "", "0"
    interval = f"{100 * rate['low']:.2f} to {100 * rate['high']:.2f} %"
    return f"{100 * rate['share']:.2f} %", interval, f"{rate['of']:,}"
