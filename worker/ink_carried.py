"""The network of ink goes from one model to the next: a reader that is trained anew keeps it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from model.bundle import INK, INK_WEIGHTS, extend_manifest, open_bundle

__all__ = ["carry_ink"]


def carry_ink(sources: Sequence[Path], made: Path) -> None:
    """Give a new model the network of ink of the first model that has one, as it is.

    Parameters
    ----------
    sources : sequence of Path
        Folders of other models, the nearest first; where none has one, nothing is done.
    made : Path
        Folder of the new model, with its manifest.

    Raises
    ------
    BundleInvalid
        One of `sources` is damaged or no model.
    """
    for source in sources:
        bundle = open_bundle(source)
        if bundle.ink is not None:
            break
    else:
        return
    (made / INK).write_bytes(bundle.ink)
    if INK_WEIGHTS in bundle.manifest["files"]:
        shutil.copyfile(source / INK_WEIGHTS, made / INK_WEIGHTS)
    extend_manifest(made, ink=bundle.manifest.get("ink", {}))
