"""``digitize synth``: draw pages of handwritten numbers whose truth is known."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AsJson, NoColor, Quiet, Verbose, console_of, path_named
from cli.render import counted
from worker.errors import NoUsableInput, OutputNotWritable, UsageError
from worker.recipes import not_installed

if TYPE_CHECKING:
    from model.synth.digits import DigitSource, Split

__all__ = ["synth"]

BUILTIN = "builtin"


def synth(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="Folder for the pages and truth.json.", parser=path_named),
    ],
    pages: Annotated[
        int, typer.Option("--pages", metavar="N", min=1, help="How many pages of each kind.")
    ] = 4,
    kinds: Annotated[
        str, typer.Option("--kinds", metavar="A,B", help="Which kinds of page; all of them without.")
    ] = "",
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same pages.")
    ] = 0,
    digits: Annotated[
        str,
        typer.Option(
            "--digits", metavar="PATH", help="Digits to write with: all that `digitize retrain --data` takes."
        ),
    ] = BUILTIN,
    split: Annotated[
        str, typer.Option("--split", metavar="test|train", help="Which part of these digits.")
    ] = "test",
    fonts: Annotated[
        list[Path] | None,
        typer.Option(
            "--font",
            metavar="FILE",
            help="A TrueType font to print words in; may be given again.",
            parser=path_named,
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace pages and truth of a folder that holds some.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Draw pages of handwritten numbers, and write beside them what is on each.

    The pages are for trying the reader out and for measuring it; no person wrote on them.
    """
    from model.synth.page import KINDS
    from model.synth.write import TRUTH, write_pages

    console = console_of(ctx)
    chosen = tuple(dict.fromkeys(kind.strip() for kind in kinds.split(","))) if kinds else KINDS
    unknown = [kind for kind in chosen if kind not in KINDS]
    if unknown:
        raise UsageError(
            f"no such kind of page: {', '.join(unknown) or 'an empty name'}",
            remedy=f"Kinds: {', '.join(KINDS)}.",
        )
    source = _source(digits, split)
    _check_fonts(fonts or ())
    _check_free(out / TRUTH, force=force)
    total = pages * len(chosen)
    try:
        with console.progress("drawing", total) as advance:
            written = write_pages(
                out, source=source, kinds=chosen, pages_per_kind=pages, seed=seed, fonts=fonts or ()
            )
            for done, path in enumerate(written, 1):
                advance(done, path.name)
    except OSError as error:
        raise OutputNotWritable(f"cannot write to {out}: {error.strerror or error}") from error
    if as_json:
        console.result_json({"folder": str(out), "pages": total, "truth": str(out / TRUTH)})
    else:
        console.result(str(out))
    console.note(f"{counted(total, 'page')}; the truth: {out / TRUTH}")


def _check_free(truth: Path, *, force: bool) -> None:
    """Refuse to replace the truth of pages that would stay: it could not be made up again."""
    if not force and os.path.lexists(truth):
        raise UsageError(
            f"{truth} is there already, and tells what is on the pages beside it",
            remedy="Name another folder, or replace it with --force.",
        )


def _check_fonts(fonts: Sequence[Path]) -> None:
    """Refuse what is no font before a page is drawn."""
    from model.synth.printing import check_font

    for path in fonts:
        try:
            check_font(path)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"cannot print in {path}: {getattr(error, 'strerror', None) or error}",
                remedy="Give TrueType or OpenType files with --font.",
            ) from error


def _source(digits: str, split: str) -> "DigitSource":
    """Load the digits to write with."""
    from model.errors import DataInvalid, TrainingUnavailable
    from model.sources import load_side
    from model.synth.digits import DigitSource

    if digits == BUILTIN:
        return DigitSource.builtin()
    try:
        return load_side(Path(digits), _split(split))
    except DataInvalid as error:
        raise NoUsableInput(
            f"cannot take digits from there: {error}",
            remedy=f"docs/data.md says what is taken; or `--digits {BUILTIN}`.",
        ) from error
    except TrainingUnavailable as error:
        raise not_installed(str(error)) from error


def _split(split: str) -> "Split":
    """Return the name of a split, checked."""
    if split == "test":
        return "test"
    if split == "train":
        return "train"
    raise UsageError(f"digits are split into test and train; received {split}")
