"""A manifest tells the versions of all that its training depended on."""

from importlib.metadata import version

import cv2
import numpy as np
import pytest

from model import versions
from model.versions import versions_of_training


def test_what_draws_and_what_runs_is_told():
    found = versions_of_training()

    assert found["numpy"] == np.__version__
    assert found["opencv"].startswith(cv2.__version__)
    assert found["ai-edge-litert"] == version("ai-edge-litert")
    assert found["digitize"] == version("digitize")


def test_what_trains_is_told():
    tensorflow = pytest.importorskip("tensorflow", reason="training needs the extra `train`")

    found = versions_of_training()

    assert found["tensorflow"] == tensorflow.__version__
    assert found["keras"] == version("keras")


def test_a_part_that_is_not_installed_is_left_out(monkeypatch):
    monkeypatch.setitem(versions._PARTS, "keras", ("no-such-package",))

    assert "keras" not in versions_of_training()
