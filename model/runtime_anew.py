"""The runtime file of a trained model made anew from its weights: models from before told less."""

from pathlib import Path

from model.bundle import RUNTIME, extend_manifest, open_bundle
from model.calibration import Calibration
from model.chatter import native_chatter_hidden
from model.contract import to_batch
from model.glyphs import Glyphs
from model.runtime import LiteRtNetwork
from model.runtime_choice import choose_runtime

__all__ = ["make_runtime_anew", "tells_embeddings"]


def tells_embeddings(folder: Path) -> bool:
    """Tell whether what a model reads with tells what it decides by, so that digits can be held together."""
    return LiteRtNetwork(open_bundle(folder).runtime).embedding_width > 0


def make_runtime_anew(folder: Path, held_out: Glyphs) -> None:
    """Convert the network of a model once more, in place, and choose between float and eight bits again.

    Parameters
    ----------
    folder : Path
        Of the model; its weights, and whatever else is in it, stay.
    held_out : Glyphs
        That it was not trained on: ranges of values are found with them, and the choice is made by them.

    Raises
    ------
    TrainingUnavailable
        TensorFlow is not installed.
    ExportFailed
        The network has a layer that is not known here.
    """
    from model.fitting import loaded_keras

    loaded_keras()
    from model.export.litert import converted, quantized
    from model.export.trained import load_trained

    bundle = open_bundle(folder)
    network = load_trained(bundle).network
    batch = to_batch(held_out.images)
    temperature = Calibration.from_manifest(bundle.manifest["calibration"]).temperature
    with native_chatter_hidden():
        choice = choose_runtime(
            converted(network), quantized(network, batch), batch, held_out.labels, temperature=temperature
        )
    (folder / RUNTIME).write_bytes(choice.runtime)
    extend_manifest(folder, runtime=choice.details())
