"""``make bench-glyphs``: how quickly glyphs are classified, beside Keras, and in how much memory.

    python -m bench.glyphs [--model FOLDER] [--glyphs N] [--rounds N] [--json FILE]

Each engine runs in a process of its own, on one core and one thread. They take turns, so that
whatever else the machine does hits all alike; figures are medians over the rounds. The exit code
is 1 where the model's own classifier misses what is asked of it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from bench.glyph_engines import ENGINES
from model.bundle import open_bundle, shipped_bundle
from model.errors import BundleInvalid

__all__ = ["Figures", "figures_of", "missed", "run_in_turns", "table"]

#: What is held against all others, and what is asked of.
PREDICT, OWN = "model.predict", "classifier"
#: How many times as quick as `model.predict` the model's own classifier has to be.
LEAST_RATIO = 3.0
#: How much memory its process may take, in MB.
MOST_MB = 120.0
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
}

Turn = dict[str, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of an engine.

    Attributes
    ----------
    engine : str
        Its name.
    glyphs_per_s : float
        By the median time of a round.
    ratio : float
        Median over the rounds of the time of `model.predict` over its own.
    peak_mb : float
        The most memory of its process, libraries included.
    """

    engine: str
    glyphs_per_s: float
    ratio: float
    peak_mb: float


def figures_of(turns: dict[str, list[Turn]], glyphs: int) -> list[Figures]:
    """Sum up the rounds of all engines, of which `model.predict` is one.

    Parameters
    ----------
    turns : dict of list of dict
        ``seconds`` and ``peak_mb`` of each engine in each round.
    glyphs : int
        Classified in each.
    """
    predict = [turn["seconds"] for turn in turns[PREDICT]]
    return [
        Figures(
            engine,
            glyphs / median(turn["seconds"] for turn in own),
            median(other / turn["seconds"] for other, turn in zip(predict, own, strict=True)),
            max(turn["peak_mb"] for turn in own),
        )
        for engine, own in turns.items()
    ]


def missed(figures: Sequence[Figures]) -> list[str]:
    """Say what the model's own classifier misses of what is asked of it."""
    own = next(one for one in figures if one.engine == OWN)
    said = []
    if own.ratio < LEAST_RATIO:
        said.append(f"{own.ratio:.2f} times as quick as {PREDICT}, not {LEAST_RATIO:g}")
    if own.peak_mb > MOST_MB:
        said.append(f"{own.peak_mb:.0f} MB, not {MOST_MB:g}")
    return said


def table(figures: Sequence[Figures]) -> str:
    """Write the figures as a table in Markdown."""
    rows = [
        f"| {one.engine} | {one.glyphs_per_s:,.0f} | {one.ratio:.2f} | {one.peak_mb:.0f} |" for one in figures
    ]
    head = [f"| engine | glyphs a second | times {PREDICT} | peak MB |", "|---|---:|---:|---:|"]
    return "\n".join([*head, *rows])


def _command(*words: str) -> list[str]:
    core = str(min(os.sched_getaffinity(0)))
    return ["taskset", "-c", core, sys.executable, "-m", "bench.glyph_engines", *words]


@contextmanager
def _engine(name: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start an engine, which loads while others do; it ends when nobody asks any more."""
    with (
        (folder / f"{name}.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            _command(name, str(folder)),
            cwd=Path(__file__).parent.parent,
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        yield process


def _turn(name: str, process: subprocess.Popen[str], folder: Path) -> Turn:
    assert process.stdin is not None  # both are pipes
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # then there is no answer either
        os.write(process.stdin.fileno(), b"\n")
    answer = process.stdout.readline()
    if not answer:
        said = (folder / f"{name}.log").read_text("utf-8", "replace").strip().splitlines()
        raise RuntimeError(f"the engine {name} ended without an answer: {said[-1] if said else ''}")
    return dict(json.loads(answer))


def run_in_turns(names: Sequence[str], folder: Path, rounds: int) -> dict[str, list[Turn]]:
    """Let engines classify by turns, and return what each measured in each round.

    The first round, in which they load and plan, is not counted.

    Parameters
    ----------
    names : sequence of str
        Of :data:`bench.glyph_engines.ENGINES`.
    folder : Path
        As prepared.
    rounds : int
        Above 0.
    """
    turns: dict[str, list[Turn]] = {name: [] for name in names}
    with ExitStack() as stack:
        processes = {name: stack.enter_context(_engine(name, folder)) for name in names}
        for count in range(rounds + 1):
            for name, process in processes.items():
                turn = _turn(name, process, folder)
                if count:
                    turns[name].append(turn)
    return turns


def _measured(model: Path, glyphs: int, rounds: int) -> list[Figures]:
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            _command("prepare", scratch, str(model), str(glyphs)),
            cwd=Path(__file__).parent.parent,
            env={**os.environ, **ONE_THREAD},
            check=True,
            capture_output=True,
        )
        return figures_of(run_in_turns(list(ENGINES), Path(scratch), rounds), glyphs)


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.glyphs", description=__doc__)
    parser.add_argument("--model", type=Path, default=shipped_bundle(), help="a model folder")
    parser.add_argument("--glyphs", type=int, default=512, help="classified at once")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = parser.parse_args()
    if min(chosen.glyphs, chosen.rounds) < 1:
        parser.error("--glyphs and --rounds have to be above 0")
    if find_spec("tensorflow") is None:
        parser.error(f"{PREDICT} needs TensorFlow, which is not installed: `make train-env`")
    try:
        model_id = open_bundle(chosen.model).id
    except BundleInvalid as error:
        parser.error(str(error))
    figures = _measured(chosen.model, chosen.glyphs, chosen.rounds)
    said = missed(figures)
    print(f"{model_id}, {chosen.glyphs} glyphs at once, one core, {chosen.rounds} rounds\n")
    print(table(figures))
    print(f"\nasked of the classifier: {LEAST_RATIO:g} times {PREDICT}, {MOST_MB:g} MB at most: ", end="")
    print("; ".join(said) or "reached")
    if chosen.json:
        told = {"model": model_id, "glyphs": chosen.glyphs, "engines": [asdict(one) for one in figures]}
        chosen.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
