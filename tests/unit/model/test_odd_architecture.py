"""A manifest whose architecture is none: whoever is told so is told which file says it."""

import re

import pytest

from model.bundle import MANIFEST, RUNTIME, WEIGHTS, open_bundle, write_manifest
from model.errors import BundleInvalid
from model.export.trained import load_trained


@pytest.mark.parametrize("said", [None, {}, {"convolutions": [8, 8, 8], "dense": 8}, "wide"])
def test_the_file_that_names_no_architecture_is_named(tmp_path, said):
    (tmp_path / RUNTIME).write_bytes(b"a network")
    (tmp_path / WEIGHTS).write_bytes(b"its weights")
    write_manifest(tmp_path, {"architecture": said})

    wanted = f"^{re.escape(str(tmp_path / MANIFEST))}: the manifest's architecture is none"
    with pytest.raises(BundleInvalid, match=wanted):
        load_trained(open_bundle(tmp_path))
