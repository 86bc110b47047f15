"""Model folders for tests: without a network where they are only moved around, else with the shipped one."""

from pathlib import Path

import numpy as np

from model.bundle import RUNTIME, shipped_bundle, write_manifest


def stand_in(folder: Path, runtime: bytes = b"a network", **details: object) -> Path:
    """Write a model folder whose hashes are right; what it is called follows from its bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RUNTIME).write_bytes(runtime)
    (folder / "notes.md").write_bytes(b"of " + runtime[-100:])
    write_manifest(folder, {"recipe": "stand-in", **details})
    return folder


def reading(folder: Path, mark: bytes = b"a mark", **details: object) -> Path:
    """Write a model folder that reads as the shipped model does, and is another by its hash."""
    return stand_in(folder, shipped_runtime() + mark, **details)


def biased(folder: Path, bias: float, digit: int = 0) -> Path:
    """Write a model folder that reads as the shipped model does, but for the last bias of one class."""
    from ai_edge_litert.interpreter import Interpreter

    runtime = shipped_runtime()
    interpreter = Interpreter(model_content=runtime)
    interpreter.allocate_tensors()
    (last,) = (
        interpreter.get_tensor(each["index"])
        for each in interpreter.get_tensor_details()
        if each["shape"].tolist() == [11]
    )
    changed = last.copy()
    changed[digit] = bias
    assert runtime.count(last.tobytes()) == 1
    return stand_in(folder, runtime.replace(last.tobytes(), np.asarray(changed, np.float32).tobytes()))


def shipped_runtime() -> bytes:
    """Return the network of the shipped model."""
    return (shipped_bundle() / RUNTIME).read_bytes()
