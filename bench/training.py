"""How quickly a reader is trained, beside the bare `fit` of Keras.

    python -m bench.training [--glyphs N] [--epochs N] [--rounds N] [--json FILE]

Both train the same network on the same glyphs in batches of 128 by Adam, on all cores: one as
everybody writes it down, with everything at its defaults, the other as `digitize retrain` does it.
They take turns, each in a process of its own. What counts is the time of an epoch, the first one
aside, in which TensorFlow traces the network; beside it stands the time of all processors, which
other programs on the machine change less.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.verdict import Verdict, exit_code, verdict_on

if TYPE_CHECKING:
    from model.glyphs import Glyphs

__all__ = ["Seconds", "epoch_seconds", "told", "verdict"]

#: By the clock, and of all processors together.
Seconds = tuple[float, float]

#: The two ways.
BARE, OWN = "bare fit", "digitize"
BATCH = 128
#: Glyphs that are held out, as a share of those that are trained on.
HELD_OUT = 0.05


def _glyphs(count: int, seed: int) -> "Glyphs":
    """Draw from the shipped sample as often as is needed: what they show does not change the time."""
    import numpy as np

    from model.glyphs import Glyphs
    from model.synth.digits import DigitSource

    sample = DigitSource.builtin()
    chosen = np.random.default_rng(seed).integers(len(sample.labels), size=count)
    nothing = np.zeros(count, np.int64)
    return Glyphs(sample.images[chosen], sample.labels[chosen].astype(np.int64), nothing, nothing, nothing)


def _train_bare(training: "Glyphs", held_out: "Glyphs", epochs: int, on_epoch: Callable[[], None]) -> None:
    import keras

    from model.architecture import build_reader
    from model.contract import to_batch
    from model.train import TrainConfig

    network = build_reader(dropout=TrainConfig().dropout)
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(
        to_batch(training.images)[..., None],
        training.labels,
        batch_size=BATCH,
        epochs=epochs,
        validation_data=(to_batch(held_out.images)[..., None], held_out.labels),
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: on_epoch())],
        verbose=0,
    )


def _train_own(training: "Glyphs", held_out: "Glyphs", epochs: int, on_epoch: Callable[[], None]) -> None:
    from model.train import TrainConfig, train_bundle

    config = TrainConfig(epochs=epochs, batch=BATCH)
    with tempfile.TemporaryDirectory() as folder:
        train_bundle(
            Path(folder), training, held_out, held_out, config, details={}, on_epoch=lambda _: on_epoch()
        )


def epoch_seconds(way: str, glyphs: int, epochs: int) -> Seconds:
    """Train in this process and return what an epoch takes, in seconds.

    Parameters
    ----------
    way : str
        ``"bare fit"`` or ``"digitize"``.
    glyphs : int
        To train on.
    epochs : int
        At least 2; the first is not counted.

    Returns
    -------
    tuple of float
        By the clock, and of all processors together: medians over the epochs.
    """
    ends: list[Seconds] = []
    train = {BARE: _train_bare, OWN: _train_own}[way]
    held_out = _glyphs(max(1, int(HELD_OUT * glyphs)), seed=1)
    train(
        _glyphs(glyphs, seed=0),
        held_out,
        epochs,
        lambda: ends.append((time.perf_counter(), time.process_time())),
    )
    clock, processors = (median(b[k] - a[k] for a, b in pairwise(ends)) for k in (0, 1))
    return clock, processors


def _in_a_child(way: str, glyphs: int, epochs: int) -> Seconds:
    command = [sys.executable, "-m", "bench.training", "--way", way]
    done = subprocess.run(
        [*command, "--glyphs", str(glyphs), "--epochs", str(epochs)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    clock, processors = json.loads(done.stdout.splitlines()[-1])
    return clock, processors


def told(seconds: dict[str, list[Seconds]], glyphs: int) -> dict[str, float]:
    """Return what the rounds say: glyphs a second of either, and the ratios of those that took turns."""
    speeds = {
        f"{way}, glyphs a second": round(glyphs / median(clock for clock, _ in seconds[way]))
        for way in (BARE, OWN)
    }
    turns = list(zip(seconds[BARE], seconds[OWN], strict=True))
    clock, processors = (median(bare[k] / own[k] for bare, own in turns) for k in (0, 1))
    return {**speeds, "ratio": round(clock, 2), "ratio of processor time": round(processors, 2)}


def verdict(figures: dict[str, float]) -> Verdict:
    """Return in one line whether digitize trains quicker, and whether that is so.

    Parameters
    ----------
    figures : dict of str to float
        From :func:`told`.
    """
    by_clock, by_processors = figures["ratio"], figures["ratio of processor time"]
    return verdict_on(
        f"asked of {OWN}: quicker than the {BARE}: {by_clock:.2f} times as quick by the clock, "
        f"{by_processors:.2f} times by processor time",
        by_clock > 1,
    )


def main() -> int:
    """Let the two take turns, print what they took, and return the exit code; a child trains one way."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("--glyphs", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--way", choices=(BARE, OWN), help="train one way, in this process")
    chosen = parser.parse_args()
    if chosen.glyphs < 1 or chosen.rounds < 1 or chosen.epochs < 2:
        parser.error("--glyphs and --rounds have to be above 0, --epochs above 1")
    if chosen.way:
        print(json.dumps(epoch_seconds(chosen.way, chosen.glyphs, chosen.epochs)))
        return 0
    seconds: dict[str, list[Seconds]] = {BARE: [], OWN: []}
    for _ in range(chosen.rounds):
        for way, taken in seconds.items():
            taken.append(_in_a_child(way, chosen.glyphs, chosen.epochs))
            print("{}: {:.2f} s an epoch, {:.2f} s of all processors".format(way, *taken[-1]), flush=True)
    figures = told(seconds, chosen.glyphs)
    print(json.dumps(figures, indent=1))
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return exit_code([verdict(figures)])


if __name__ == "__main__":
    sys.exit(main())
