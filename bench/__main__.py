"""``make bench``: one table of the reader and its peers, on the same pages, each on one core.

    python -m bench [FOLDER ...] [--digits mnist.npz] [--pages N] [--seed S] [--engines a,b]
                    [--peers-python PATH]

Synthetic pages of every kind are drawn with MNIST test digits (the built-in sample without
``--digits``); each FOLDER holds pages and a ``truth.json``. RapidOCR may live in an
environment of its own, whose interpreter ``--peers-python`` names.

Pages that also hold digits nobody asks for count in ``page_recall`` alone, which is over all pages;
how many are left for the other figures stands under ``counted``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.engines import ENGINES, available
from bench.score import PageScore, Totals, score_page, total
from model.synth.digits import DigitSource
from model.synth.page import KINDS
from model.synth.write import write_pages

#: Each engine gets one core and one thread.
ONE_CORE = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


def _run(
    engine: str, python: str, folder: Path, truths: list[dict[str, object]]
) -> tuple[list[PageScore], float, float]:
    """Let one engine read a folder; return scores, seconds a page and peak memory in MB."""
    names = [str(folder.resolve() / str(truth["file"])) for truth in truths]
    core = str(min(os.sched_getaffinity(0)))
    command = ["taskset", "-c", core, python, "-m", "bench.engines", engine, *names]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **ONE_CORE},
    )
    answer = json.loads(done.stdout[done.stdout.index('{"read"') :])
    scores = [
        score_page([(line, text) for line, text in answer["read"][name]], truth)
        for name, truth in zip(names, truths, strict=True)
    ]
    return scores, answer["seconds"] / max(1, len(names)), answer["peak_mb"]


def _row(pages: str, engine: str, figures: Totals, cost: str) -> str:
    return (
        f"| {pages} | {engine} | {figures.counted} of {figures.pages} | {figures.page_f1:.3f} "
        f"| {figures.page_recall:.3f} | {figures.f1:.3f} | {figures.cer:.3f} | {cost} |"
    )


def _bench(name: str, folder: Path, engines: dict[str, str], *, by_kind: bool = False) -> None:
    truths = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    for engine, python in engines.items():
        scores, seconds, peak_mb = _run(engine, python, folder, truths)
        print(_row(name, engine, total(scores), f"{seconds:.3f} | {peak_mb:.0f}"), flush=True)
        if by_kind and engine == "digitize":
            for kind in KINDS:
                some = [s for s, truth in zip(scores, truths, strict=True) if truth.get("kind") == kind]
                if some:
                    print(_row(f"… {kind}", engine, total(some), " | "), flush=True)


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
    chosen = parser.parse_args()
    engines = {}
    for engine in chosen.engines.split(","):
        if engine not in ENGINES:
            parser.error(f"no engine {engine!r}; engines: {', '.join(ENGINES)}")
        python = chosen.peers_python if engine == "rapidocr" else sys.executable
        if available(engine, python):
            engines[engine] = python
        else:
            print(f"{engine} is not installed and left out", file=sys.stderr)
    print("| pages | engine | counted | page_f1 | page_recall | f1 | cer | s/page, one core | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    source = DigitSource.from_npz(chosen.digits) if chosen.digits else DigitSource.builtin()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for _ in write_pages(
            folder, source=source, kinds=KINDS, pages_per_kind=chosen.pages, seed=chosen.seed
        ):
            pass
        _bench("synthetic", folder, engines, by_kind=True)
    for folder in chosen.folders:
        _bench(folder.name, folder, engines)
    print(f"\nstart to first result, one page, embedded: {_first_result():.2f} s")


if __name__ == "__main__":
    main()
