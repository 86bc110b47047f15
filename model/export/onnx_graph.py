"""Export for ONNX, node by node, and how it is loaded back by ONNX Runtime.

The graph is written by hand because it is so small: the converters that Keras would call bring more
code than the network has, and patch NumPy to run at all.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.contract import GLYPH_SIDE
from model.export.plain import Convolution, Dense, Flattening, PlainNetwork, Pooling

if TYPE_CHECKING:
    import onnx

__all__ = ["onnx_model", "read_onnx", "write_onnx"]

Floats = NDArray[np.float32]

#: Version of ONNX's operators: all that are used here have been the same since 13.
OPSET = 13
#: Version of ONNX's file format that goes with it, so that runtimes of many years take the file.
IR_VERSION = 8

_ACTIVATIONS = {"relu": "Relu", "softmax": "Softmax"}


def write_onnx(plain: PlainNetwork, path: Path) -> None:
    """Write an ``.onnx`` file: ``glyphs (N, 28, 28, 1) float32`` to ``probabilities (N, classes)``."""
    path.write_bytes(onnx_model(plain).SerializeToString())


def read_onnx(path: Path, batch: Floats) -> Floats:
    """Load such a file by ONNX Runtime and classify ``(N, 28, 28)`` glyphs."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["probabilities"], {"glyphs": batch[..., None]})[0])


def onnx_model(plain: PlainNetwork) -> "onnx.ModelProto":
    """Build the model, checked by ONNX's own checker.

    ONNX has channels before rows and columns, Keras behind them: glyphs have one channel, so that going
    in is a reshape, and before the first dense layer the features are put in Keras's order.
    """
    import onnx
    from onnx import TensorProto, helper

    graph = _Graph()
    graph.node("Reshape", graph.constant("plane", np.array([-1, 1, GLYPH_SIDE, GLYPH_SIDE], np.int64)))
    for step in plain.steps:
        _add(graph, step)
    graph.nodes[-1].output[0] = "probabilities"
    shape = ["N", GLYPH_SIDE, GLYPH_SIDE, 1]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "digits",
            [helper.make_tensor_value_info("glyphs", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", plain.classes])],
            graph.constants,
        ),
        producer_name="digitize",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    helper.set_model_props(model, {"model": plain.model_id})
    onnx.checker.check_model(model, full_check=True)
    return model


class _Graph:
    """Nodes one after the other, each taking what the one before it gives."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        unique = f"{name}_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), unique))
        return unique

    def node(self, kind: str, *constants: str, **attributes: Any) -> None:
        from onnx import helper

        taken = self.nodes[-1].output[0] if self.nodes else "glyphs"
        given = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [taken, *constants], [given], name=given, **attributes))


def _add(graph: _Graph, step: Convolution | Pooling | Flattening | Dense) -> None:
    match step:
        case Convolution(kernel, bias, padding, activation):
            weights = graph.constant("kernel", kernel.transpose(3, 2, 0, 1))
            same = "SAME_UPPER" if padding == "same" else "VALID"
            graph.node("Conv", weights, graph.constant("bias", bias), auto_pad=same)
            _activate(graph, activation)
        case Pooling(size):
            graph.node("MaxPool", kernel_shape=[size, size], strides=[size, size])
        case Flattening():
            graph.node("Transpose", perm=[0, 2, 3, 1])
            graph.node("Flatten", axis=1)
        case Dense(kernel, bias, activation):
            graph.node("Gemm", graph.constant("kernel", kernel), graph.constant("bias", bias))
            _activate(graph, activation)


def _activate(graph: _Graph, activation: str) -> None:
    if activation != "linear":
        graph.node(_ACTIVATIONS[activation])
