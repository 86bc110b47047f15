"""``models export``: a model for other programs, which is in its place only once it was checked."""

import os
from pathlib import Path

from model.bundle import open_bundle
from model.chatter import native_chatter_hidden
from model.errors import BundleInvalid, DataInvalid, ExportFailed, RuntimeMissing, TrainingUnavailable
from model.export.formats import ExportReport, export_model
from model.export.specimens import LEAST_DIGITS, MOST_DIGITS, Specimens, specimens_of
from model.export.trained import load_trained
from model.sources import load_side
from model.synth.digits import DigitSource
from worker.durable import write_durably
from worker.durable_folders import make_folder
from worker.earlier_export import stranger_in
from worker.errors import ModelRefused, NoUsableInput, OutputNotWritable, UsageError
from worker.export_formats import EXPORT_FORMATS, EXPORT_SUFFIXES
from worker.growing import growing_folder
from worker.no_model import WHOLE_AGAIN
from worker.recipes import not_installed

__all__ = ["LIBRARY", "run_export"]

#: Where a clone has TensorFlow.js once it was fetched.
LIBRARY = Path(__file__).parents[1] / "examples" / "web" / "tf.es2017.min.js"

_REMEDY = "The model itself is untouched. Try another format, or more digits to compare on with --digits."


def run_export(folder: Path, name: str, out: Path, *, digits: Path | None, library: Path) -> ExportReport:
    """Export a model, load it back and compare it with Keras; only then it is there.

    Parameters
    ----------
    folder : Path
        Of the model.
    name : str
        One of ``EXPORT_FORMATS``.
    out : Path
        File or folder to write. A file is replaced, and so is a folder that holds an export of this format.
    digits : Path or None
        Digits of any kind that training takes, whose test part is compared on; None = those that come
        with the project.
    library : Path
        TensorFlow.js.

    Returns
    -------
    ExportReport
        What the comparison gave.

    Raises
    ------
    UsageError
        There is no such format, `out` does not fit it, or something is not installed.
    NoUsableInput
        `digits` are none.
    OutputNotWritable
        `out` cannot be written, or holds something else.
    ModelRefused
        The model is damaged, or its export does not give what it gives.
    """
    _check_place(name, out)
    # What TensorFlow says of processors and of its own converter is nothing that a user could act on.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        specimens = _specimens(digits, name)
        bundle = open_bundle(folder)
        with native_chatter_hidden():
            trained = load_trained(bundle)
        make_folder(out.absolute().parent)
        with growing_folder(out.absolute().parent) as scratch:
            made = scratch / f"model{EXPORT_SUFFIXES[name]}"
            with native_chatter_hidden():
                report = export_model(trained, name, made, specimens, tfjs=library)
            _place(name, made, out)
    except DataInvalid as error:
        raise NoUsableInput(
            str(error), remedy="docs/data.md says what --digits takes; it can be left out."
        ) from error
    except TrainingUnavailable as error:
        raise not_installed(str(error)) from error
    except RuntimeMissing as error:
        raise UsageError(str(error), remedy=error.remedy) from error
    except BundleInvalid as error:
        raise ModelRefused(str(error), remedy=WHOLE_AGAIN) from error
    except ExportFailed as error:
        raise ModelRefused(f"{error}; nothing was written", remedy=_REMEDY) from error
    except OSError as error:
        raise OutputNotWritable(f"cannot write {out}: {error.strerror or error}") from error
    return report


def _specimens(digits: Path | None, name: str) -> Specimens:
    # One digit of a thousand is all that eight bits may cost: more digits judge them better.
    most = MOST_DIGITS if name == "tflite-int8" else LEAST_DIGITS
    if digits is None:
        return specimens_of(DigitSource.builtin(), most=most)
    return specimens_of(load_side(digits), most=most, origin=digits.resolve().name)


def _check_place(name: str, out: Path) -> None:
    """Refuse a format that there is not, and a place that must not be written, before anything is loaded."""
    if name not in EXPORT_SUFFIXES:
        raise UsageError(f"no format {name!r}", remedy=f"Formats: {', '.join(EXPORT_FORMATS)}.")
    suffix = EXPORT_SUFFIXES[name]
    if suffix and out.suffix != suffix:
        raise UsageError(
            f"{out} does not end in {suffix}, as files of the format {name} do",
            remedy=f"Name it {out.with_suffix(suffix)}.",
        )
    if suffix and out.is_dir():
        raise OutputNotWritable(f"{out} is a folder")
    if not suffix and os.path.lexists(out):
        _check_own(name, out)


def _check_own(name: str, out: Path) -> None:
    """Refuse a folder that would lose something else than an earlier export."""
    if not out.is_dir() or out.is_symlink():
        raise OutputNotWritable(f"{out} is there already, and is no folder")
    try:
        stranger = stranger_in(name, out)
    except OSError as error:
        raise OutputNotWritable(f"cannot write {out}: {error.strerror or error}") from error
    if stranger is not None:
        raise OutputNotWritable(f"{out} holds something else than an export to {name}: {stranger}")


def _place(name: str, made: Path, out: Path) -> None:
    """Put a checked export where it was asked for."""
    if made.is_file():
        write_durably(out, made.read_bytes())
        return
    # A folder cannot replace another in one step: the old one steps aside and goes with the scratch folder.
    if os.path.lexists(out):
        _check_own(name, out)  # once more: exporting took its time, in which anything may have come
        out.rename(made.with_name("replaced"))
    made.rename(out)
