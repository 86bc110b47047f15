"""Networks to export: untrained, but with normalizations that change something; and folders of them."""

import numpy as np

from model.bundle import RUNTIME, WEIGHTS, open_bundle, write_manifest


def stirred(network, seed=1):
    """Return the network with weights and statistics that no layer is born with."""
    rng = np.random.default_rng(seed)
    weights = []
    for variable in network.weights:
        value = np.asarray(variable)
        noise = rng.normal(0, 0.1, value.shape)
        weights.append(np.abs(value + 3 * noise) + 0.1 if "variance" in variable.path else value + noise)
    network.set_weights(weights)
    return network


def folder_of(network, folder, **details):
    """Write a model folder whose runtime file nobody runs."""
    folder.mkdir()
    network.save_weights(folder / WEIGHTS)
    (folder / RUNTIME).write_bytes(b"not run here")
    write_manifest(folder, {"recipe": "stirred", **details})
    return open_bundle(folder)
