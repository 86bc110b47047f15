"""What grows is held by who grows it: left folders go, held ones and everything else stay."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model_builders import reading
from worker.errors import OutputNotWritable
from worker.growing import clear_left, growing_folder
from worker.promotion import Registry
from worker.training import run_retrain

#: Grows something, says where, and waits until it is killed.
GROWING = """
import sys, time
from pathlib import Path
from worker.growing import growing_folder
with growing_folder(Path(sys.argv[1])) as place:
    (place / "model.tflite").write_bytes(b"half of it")
    print(place, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def elsewhere(tmp_path):
    """Return a program that grows something in the folder, and the place."""
    with subprocess.Popen(
        [sys.executable, "-c", GROWING, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        place = Path(process.stdout.readline().strip())
        yield process, place
        process.kill()


def killed(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_what_grows_is_gone_at_the_end_unless_it_got_a_name(tmp_path):
    with growing_folder(tmp_path) as place:
        (place / "file").write_bytes(b"")
        assert [place] == list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []

    with growing_folder(tmp_path) as place:
        place.rename(tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_what_a_living_program_grows_stays_and_what_a_killed_one_left_goes(tmp_path, elsewhere):
    process, place = elsewhere
    clear_left(tmp_path)
    assert (place / "model.tflite").is_file()

    killed(process)
    assert place.is_dir()
    with growing_folder(tmp_path) as other:
        assert list(tmp_path.iterdir()) == [other]


def test_a_promotion_and_a_rollback_clear_what_was_left(tmp_path, elsewhere):
    registry, (process, place) = Registry(tmp_path), elsewhere
    reading(tmp_path / "ours")
    registry.promote("ours")
    assert place.is_dir()

    killed(process)
    registry.roll_back()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current.json", "ours"]


def test_a_training_elsewhere_clears_what_a_killed_one_left(tmp_path, elsewhere, monkeypatch):
    process, _ = elsewhere
    killed(process)
    monkeypatch.setattr("worker.training.load_ingredients", lambda asked, say: ())
    monkeypatch.setattr("worker.training.train_reader", lambda made, *_, **__: reading(made))

    run_retrain([], out=tmp_path / "model", recipe="default", epochs=1, seed=0, on_event=lambda _: None)

    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_only_its_own_kind_is_cleared(tmp_path):
    (tmp_path / "target").mkdir()
    names = [".growing-other-plans", ".growing", ".new-1-2", "growing-host-01234567", ".growing-h-0123456"]
    for name in names:
        (tmp_path / name).mkdir()
    (tmp_path / ".growing-host-01234567").write_bytes(b"a file")
    (tmp_path / ".growing-host-76543210").symlink_to(tmp_path / "target")
    before = sorted(tmp_path.iterdir())

    clear_left(tmp_path)

    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("days", "stays"), [(6, True), (8, False)])
def test_what_another_machine_grew_is_left_to_it_for_a_week(tmp_path, monkeypatch, days, stays):
    place = tmp_path / ".growing-elsewhere-01234567"
    place.mkdir()
    (place / "file").write_bytes(b"")
    then = place.stat().st_mtime - days * 24 * 3600
    os.utime(place, (then, then))

    clear_left(tmp_path)

    assert place.exists() is stays


def test_where_locks_are_unknown_nothing_is_cleared(tmp_path, monkeypatch, elsewhere):
    process, place = elsewhere
    killed(process)

    def refuse(*_):
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with growing_folder(tmp_path) as other:
        assert sorted(tmp_path.iterdir()) == sorted([place, other])


def test_a_folder_that_is_gone_is_told(tmp_path):
    with (
        pytest.raises(OutputNotWritable, match="nowhere cannot be written"),
        growing_folder(tmp_path / "nowhere"),
    ):
        pass
