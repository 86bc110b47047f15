"""``make bench``: one table of the reader and its peers, on the same pages, each on one core.

    python -m bench [FOLDER ...] [--digits mnist.npz] [--pages N] [--seed S] [--engines a,b]
                    [--peers-python PATH] [--model FOLDER] [--sets synthetic,nothing] [--changed]

Synthetic pages of every kind are drawn with MNIST test digits (the built-in sample without
``--digits``); each FOLDER holds pages and a ``truth.json``. RapidOCR may live in an
environment of its own, whose interpreter ``--peers-python`` names.

Pages that also hold digits nobody asks for count in ``page_recall`` alone, which is over all pages;
how many are left for the other figures stands under ``counted``.

The row "nothing by hand" is of pages that hold print, ruling, noise, edges or nothing at all (always the
same ones, `bench/nothing.py`): the last column says how many digits a page were read there, with
``--printed drop`` where the model can tell what is printed.

With ``--changed`` the pages of each FOLDER are read a second time, turned, blurred, of another size and so on
(`bench/changed.py`): they are new to a reader that was mended while somebody looked at the pages as they are.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bench.changed import WAYS, write_changed
from bench.engines import ENGINES, available
from bench.nothing import PAGES_PER_SORT, SORTS, write_nothing
from bench.score import Totals, score_page, total
from model.bundle import open_bundle, shipped_bundle
from model.synth.digits import DigitSource
from model.synth.page import KINDS
from model.synth.write import write_pages

#: Each engine gets one core and one thread.
ONE_CORE = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


#: The pages without anything by hand are the same in every run.
NOTHING_SEED = 2024
SETS = ("synthetic", "nothing")
Truths = list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Engine:
    """What reads: its name, the interpreter that runs it, and options for the project's own reader."""

    name: str
    python: str
    options: tuple[str, ...] = ()


def _run(engine: Engine, folder: Path, truths: Truths) -> tuple[list[list[tuple[int, str]]], float, float]:
    """Let one engine read a folder; return lines and texts a page, seconds a page and peak memory in MB."""
    names = [str(folder.resolve() / str(truth["file"])) for truth in truths]
    core = str(min(os.sched_getaffinity(0)))
    command = ["taskset", "-c", core, engine.python, "-m", "bench.engines"]
    command += [*engine.options, engine.name, *names]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **ONE_CORE},
    )
    answer = json.loads(done.stdout[done.stdout.index('{"read"') :])
    read = [[(line, text) for line, text in answer["read"][name]] for name in names]
    return read, answer["seconds"] / max(1, len(names)), answer["peak_mb"]


def _row(pages: str, engine: str, figures: Totals, cost: str) -> str:
    return (
        f"| {pages} | {engine} | {figures.counted} of {figures.pages} | {figures.page_f1:.3f} "
        f"| {figures.page_recall:.3f} | {figures.f1:.3f} | {figures.cer:.3f} | {cost} |  |"
    )


def _bench(name: str, folder: Path, engines: list[Engine], kinds: Iterable[str] = ()) -> None:
    truths = _truths(folder)
    for engine in engines:
        read, seconds, peak_mb = _run(engine, folder, truths)
        scores = [score_page(numbers, truth) for numbers, truth in zip(read, truths, strict=True)]
        print(_row(name, engine.name, total(scores), f"{seconds:.3f} | {peak_mb:.0f}"), flush=True)
        if engine.name == "digitize":
            for kind in kinds:
                some = [s for s, truth in zip(scores, truths, strict=True) if truth.get("kind") == kind]
                if some:
                    print(_row(f"… {kind}", engine.name, total(some), " | "), flush=True)


def _bench_nothing(folder: Path, engines: list[Engine], *, can_drop: bool) -> None:
    """Count what is read where nothing is written."""
    write_nothing(folder, pages_per_sort=PAGES_PER_SORT, seed=NOTHING_SEED)
    truths = _truths(folder)
    for engine in engines:
        own = engine.name == "digitize"
        drop = ("--printed", "drop") if own and can_drop else ()
        read, seconds, peak_mb = _run(replace(engine, options=(*engine.options, *drop)), folder, truths)
        digits = [sum(map(str.isdigit, "".join(text for _, text in numbers))) for numbers in read]
        name = " ".join((engine.name, *drop))
        print(_row_of_nothing("nothing by hand", name, digits, f"{seconds:.3f} | {peak_mb:.0f}"), flush=True)
        for sort in SORTS if own else ():
            some = [n for n, truth in zip(digits, truths, strict=True) if truth["kind"] == sort]
            print(_row_of_nothing(f"… {sort}", name, some, " | "), flush=True)


def _row_of_nothing(pages: str, engine: str, digits: list[int], cost: str) -> str:
    counted = f"{len(digits)} of {len(digits)}"
    return f"| {pages} | {engine} | {counted} |  |  |  |  | {cost} | {sum(digits) / len(digits):.2f} |"


def _truths(folder: Path) -> Truths:
    found: Truths = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return found


def _first_result() -> float:
    """Return the seconds from the command to the table, one example page, embedded."""
    page = sorted((Path(__file__).parent.parent / "examples" / "scans").iterdir())[0]
    times = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            command = [sys.executable, "-m", "cli", "submit", str(page), "-o", f"{folder}/job", "-q"]
            environment = {k: v for k, v in os.environ.items() if "BROKER" not in k and k != "REDIS_URL"}
            subprocess.run(command, check=True, capture_output=True, env=environment)
            times.append(time.perf_counter() - started)
    return sorted(times)[1]


def main() -> None:
    """Draw the pages, run the engines, print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="pages with a truth.json")
    parser.add_argument("--digits", type=Path, help="mnist.npz; its test digits are written with")
    parser.add_argument("--pages", type=int, default=4, help="synthetic pages of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--peers-python", default=sys.executable, help="interpreter that has RapidOCR")
    parser.add_argument("--model", type=Path, help="folder of another model than the shipped one")
    parser.add_argument("--sets", default=",".join(SETS), help="what is drawn: synthetic, nothing, or both")
    parser.add_argument(
        "--changed", action="store_true", help="read the folders' pages turned, blurred and so on as well"
    )
    chosen = parser.parse_args()
    if not set(chosen.sets.split(",")) <= {"", *SETS}:
        parser.error(f"no sets {chosen.sets!r}; sets: {', '.join(SETS)}")
    model = ("--model", str(chosen.model.resolve())) if chosen.model else ()
    engines = []
    for engine in chosen.engines.split(","):
        if engine not in ENGINES:
            parser.error(f"no engine {engine!r}; engines: {', '.join(ENGINES)}")
        python = chosen.peers_python if engine == "rapidocr" else sys.executable
        if available(engine, python):
            engines.append(Engine(engine, python, model if engine == "digitize" else ()))
        else:
            print(f"{engine} is not installed and left out", file=sys.stderr)
    print(
        "| pages | engine | counted | page_f1 | page_recall | f1 | cer | s/page, one core | peak MB "
        "| digits a page |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    source = DigitSource.from_npz(chosen.digits) if chosen.digits else DigitSource.builtin()
    with tempfile.TemporaryDirectory() as scratch:
        if "synthetic" in chosen.sets:
            folder = Path(scratch) / "synthetic"
            for _ in write_pages(
                folder, source=source, kinds=KINDS, pages_per_kind=chosen.pages, seed=chosen.seed
            ):
                pass
            _bench("synthetic", folder, engines, KINDS)
        if "nothing" in chosen.sets:
            can_drop = open_bundle(chosen.model or shipped_bundle()).ink is not None
            _bench_nothing(Path(scratch) / "nothing", engines, can_drop=can_drop)
        for place, folder in enumerate(chosen.folders):
            _bench(folder.name, folder, engines)
            if chosen.changed:
                changed = Path(scratch) / f"changed-{place}"
                write_changed(changed, folder)
                _bench(f"{folder.name}, changed", changed, engines, WAYS)
    print(f"\nstart to first result, one page, embedded: {_first_result():.2f} s")


if __name__ == "__main__":
    main()
