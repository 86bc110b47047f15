"""Weights that find no room: an error like any other, where HDF5 by itself ends the process."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("h5py", reason="training needs the extra `train`")

ROOT = Path(__file__).parents[2]
#: A network of 400 kB, saved where no file can grow beyond what the first argument says.
SAVING = """
import os, resource, sys
from pathlib import Path

import h5py
import numpy as np

from model.train_state import save_weights

class Network:
    def get_weights(self):
        return [np.random.default_rng(0).random((100, 1000), np.float32)]

    def save_weights(self, path):
        with h5py.File(path, "w") as file:
            file.create_dataset("layers/dense/vars/0", data=self.get_weights()[0])

room, path = int(sys.argv[1]), Path(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
try:
    save_weights(Network(), path)
except OSError as error:
    print(os.strerror(error.errno))
else:
    with h5py.File(path) as file:
        print((file["layers/dense/vars/0"][()] == Network().get_weights()[0]).all())
"""


@pytest.mark.parametrize(("room", "told"), [(200_000, "File too large"), (2_000_000, "True")])
def test_weights_are_there_or_it_is_said_why_not(tmp_path, room, told):
    path = tmp_path / "model.weights.h5"
    done = subprocess.run(
        [sys.executable, "-c", SAVING, str(room), path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stdout.strip()) == (0, told), done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ([path.name] if told == "True" else [])
