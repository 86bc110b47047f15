"""One way of classifying glyphs, in a process of its own, so that its memory and threads are its own.

Run as ``python -m bench.glyph_engines ENGINE FOLDER``. FOLDER holds what ``prepare`` wrote. Once
loaded, it classifies the glyphs once for each line on standard input and answers with a line of
JSON: the seconds that took, and the most memory so far.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ENGINES", "GLYPHS", "MODEL", "peak_mb", "prepare"]

#: Names of the files in the folder: the glyphs, the two runtime files, and the path of the model.
GLYPHS, FLOAT32, INT8, MODEL = "glyphs.npy", "float32.tflite", "int8.tflite", "model.txt"

Classify = Callable[["NDArray[np.float32]"], object]


def prepare(folder: Path, model: Path, count: int) -> None:
    """Write into a folder what all engines need.

    Parameters
    ----------
    folder : Path
        Exists.
    model : Path
        A model folder with its weights.
    count : int
        How many glyphs are classified at once.
    """
    import numpy as np

    from model.bundle import open_bundle
    from model.export.litert import quantized, write_litert
    from model.export.plain import plain_network
    from model.export.specimens import specimens_of
    from model.export.trained import load_trained
    from model.synth.digits import DigitSource

    specimens = specimens_of(DigitSource.builtin())
    np.save(folder / GLYPHS, np.resize(specimens.batch, (count, *specimens.batch.shape[1:])))
    trained = load_trained(open_bundle(model))
    write_litert(plain_network(trained.network, trained.model_id), folder / FLOAT32)
    (folder / INT8).write_bytes(quantized(trained.network, specimens.representative))
    (folder / MODEL).write_text(str(model.resolve()), encoding="utf-8")


def _model(folder: Path) -> Path:
    return Path((folder / MODEL).read_text(encoding="utf-8"))


def _keras(folder: Path) -> Classify:
    """Load Keras, and call it as everybody does: in batches of 32."""
    from model.bundle import open_bundle
    from model.export.trained import load_trained

    network = load_trained(open_bundle(_model(folder))).network
    return lambda glyphs: network.predict(glyphs[..., None], verbose=0)


def _keras_at_once(folder: Path) -> Classify:
    """Load Keras, and give it all glyphs in one batch."""
    from model.bundle import open_bundle
    from model.export.trained import load_trained

    network = load_trained(open_bundle(_model(folder))).network
    return lambda glyphs: network.predict(glyphs[..., None], batch_size=len(glyphs), verbose=0)


def _litert(folder: Path, name: str) -> Classify:
    """Load LiteRT as its guide has it: planned for as many glyphs as there are."""
    import numpy as np
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=(folder / name).read_bytes(), num_threads=1)
    place = interpreter.get_input_details()[0]["index"]
    answer = interpreter.get_output_details()[0]["index"]
    interpreter.resize_tensor_input(place, [len(np.load(folder / GLYPHS)), 28, 28, 1])
    interpreter.allocate_tensors()

    def classify(glyphs: "NDArray[np.float32]") -> object:
        interpreter.set_tensor(place, glyphs[..., None])
        interpreter.invoke()
        return interpreter.get_tensor(answer)

    return classify


def _classifier(folder: Path, name: str | None = None) -> Classify:
    """Load the reader's classifier, with the model's own runtime file or another one."""
    from model.bundle import open_bundle
    from model.calibration import Calibration
    from model.classify import Classifier

    if name is None:
        return Classifier.load(_model(folder)).predict
    bundle = open_bundle(_model(folder))
    calibration = Calibration.from_manifest(bundle.manifest.get("calibration", {}))
    return Classifier(replace(bundle, runtime=(folder / name).read_bytes()), calibration).predict


#: By name; the first is what all others are held against.
ENGINES: dict[str, Callable[[Path], Classify]] = {
    "model.predict": _keras,
    "model.predict, one batch": _keras_at_once,
    "LiteRT, float32": lambda folder: _litert(folder, FLOAT32),
    "LiteRT, int8": lambda folder: _litert(folder, INT8),
    "classifier, float32": lambda folder: _classifier(folder, FLOAT32),
    "classifier, int8": lambda folder: _classifier(folder, INT8),
    "classifier": _classifier,
}


def peak_mb(status: Path = Path("/proc/self/status")) -> float:
    """Return the most memory that this program had, in MB; not that of who started it, as `getrusage`."""
    told = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines() if ":" in line)
    return int(told["VmHWM"].split()[0]) / 1024


def _serve(classify: Classify, glyphs: "NDArray[np.float32]", answers: TextIO) -> None:
    for _ in sys.stdin:
        started = time.perf_counter()
        classify(glyphs)
        seconds = time.perf_counter() - started
        print(json.dumps({"seconds": seconds, "peak_mb": peak_mb()}), file=answers, flush=True)


def main() -> None:
    """Prepare the folder, or load the engine that the command line names and answer."""
    engine, folder, *more = sys.argv[1:]
    # What libraries say on standard output must not stand among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if engine == "prepare":
        prepare(Path(folder), Path(more[0]), int(more[1]))
        return
    import numpy as np

    _serve(ENGINES[engine](Path(folder)), np.load(Path(folder) / GLYPHS), answers)


if __name__ == "__main__":
    main()
