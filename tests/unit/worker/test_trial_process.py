"""A model is tried in a process of its own: whatever it does there, this one only hears of it."""

import os
import signal
import sys

import pytest

import worker.trial
from model.bundle import open_bundle, shipped_bundle
from tests.model_builders import biased, reading
from tests.naming_reader import FACTORY
from worker.asked_model import asked_model
from worker.errors import DigitizeError, ModelRefused
from worker.promotion import Registry
from worker.reader_cache import get_reader
from worker.trial import check_survives, check_works, find_fault, trial_request
from worker.trial_child import parsed_request

#: The process of a trial, in which the network does what no network should.
WITH_NETWORK = """
import os, signal
import model.classify
def network(content):
    {does}
model.classify.LiteRtNetwork = network
from worker import trial_child
trial_child._TIME_LIMIT_S = {limit_s}
trial_child.main()
"""


@pytest.fixture
def network_that(monkeypatch):
    """Return a function that says what any network does when it is loaded for a trial."""

    def arrange(does, limit_s=60):
        program = WITH_NETWORK.format(does=does, limit_s=limit_s)
        monkeypatch.setattr(worker.trial, "_COMMAND", (sys.executable, "-c", program))

    return arrange


def sound():
    return open_bundle(shipped_bundle())


def test_what_is_asked_is_what_is_understood(tmp_path):
    bundle = open_bundle(reading(tmp_path / os.fsdecode(b"model-\xff"), data="ours"))

    assert parsed_request(trial_request(bundle, "ours")) == (bundle, "ours")


def test_a_sound_model_passes_and_a_senseless_one_does_not(tmp_path, capfd):
    senseless = open_bundle(biased(tmp_path / "model", 1e4))
    capfd.readouterr()

    assert find_fault(sound(), "ours") == ""
    assert "ours cannot read: of 500" in find_fault(senseless, "ours")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT"])
def test_a_network_that_ends_its_process_is_refused(network_that, name):
    network_that(f"os.kill(os.getpid(), signal.{name})")

    with pytest.raises(
        ModelRefused, match=rf"ours cannot read: it ends the process .* \({name}\)"
    ) as refused:
        check_works(sound(), "ours")
    assert "current model goes on" in refused.value.remedy


def test_a_network_that_never_answers_is_refused(network_that):
    network_that("signal.pause()", limit_s=1)

    with pytest.raises(ModelRefused, match="its time was over"):
        check_works(sound(), "ours")


def test_a_network_that_takes_all_memory_is_refused(network_that):
    network_that("return bytearray(2**40)")

    with pytest.raises(ModelRefused, match="it takes more than 1024 MB"):
        check_works(sound(), "ours")


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "code -9"),
        ("raise ImportError('no runtime here')", "ImportError: no runtime here"),
        ("os._exit(0)", "code 0"),
    ],
)
def test_what_is_not_the_fault_of_the_model_is_not_put_down_to_it(network_that, does, why):
    network_that(does)

    with pytest.raises(DigitizeError, match="was ended before it could say") as raised:
        check_works(sound(), "ours")
    assert not isinstance(raised.value, ModelRefused)
    assert why in raised.value.message


def test_where_no_process_can_be_started_the_system_is_quoted(monkeypatch, tmp_path):
    monkeypatch.setattr(worker.trial, "_COMMAND", (str(tmp_path / "no-python"),))

    with pytest.raises(DigitizeError, match="no process can be started to try ours: No such file"):
        check_works(sound(), "ours")


def test_a_model_that_ends_processes_is_neither_promoted_nor_gone_back_to_nor_taken_for_a_job(
    network_that, tmp_path
):
    registry = Registry(tmp_path / "models")
    bad = reading(registry.folder / "bad", b"bad")
    registry.promote("bad")
    registry.promote("shipped")
    before = registry.file.read_bytes()
    network_that("os.kill(os.getpid(), signal.SIGSEGV)")

    for use in (registry.roll_back, lambda: asked_model(str(bad))):
        with pytest.raises(ModelRefused, match="ends the process that tries it"):
            use()
    assert registry.file.read_bytes() == before
    assert asked_model(None).id == sound().id


@pytest.mark.parametrize("variable", ["DIGITIZE_MODEL", None])
def test_nobody_begins_to_read_with_it(network_that, digitize, tmp_path, monkeypatch, variable):
    folder = reading(tmp_path / "bad")
    network_that("os.kill(os.getpid(), signal.SIGSEGV)")
    arguments = ["doctor"] if variable else ["submit", "x.png", "--model", folder]
    if variable:
        monkeypatch.setenv(variable, str(folder))

    result = digitize(*arguments)

    assert result.exit_code == 8
    assert "ends the process that tries it (SIGSEGV)" in result.stderr
    assert "hint: Leave out --model and DIGITIZE_MODEL" in result.stderr


def test_who_holds_a_reader_goes_on_with_it_where_such_a_model_is_promoted(network_that, tmp_path, caplog):
    registry = Registry(tmp_path / "models")
    reading(registry.folder / "bad", b"bad")
    assert get_reader(FACTORY, str(registry.file)).model.id == "shipped"
    registry.promote("bad")  # by another machine, where it did no harm
    network_that("os.kill(os.getpid(), signal.SIGSEGV)")

    assert [get_reader(FACTORY, str(registry.file)).model.id for _ in range(2)] == ["shipped"] * 2

    network_that("os._exit(0)")  # it is not even tried again
    assert get_reader(FACTORY, str(registry.file)).model.id == "shipped"
    (said,) = caplog.records
    assert "going on with model shipped: bad cannot read: it ends" in said.getMessage()


def test_a_poor_model_is_judged_and_one_that_ends_processes_is_not(network_that, digitize, tmp_path):
    poor = open_bundle(biased(tmp_path / "poor", 1e4))
    check_survives(poor, "poor")
    network_that("os.kill(os.getpid(), signal.SIGSEGV)")

    with pytest.raises(ModelRefused, match="ends the process"):
        check_survives(poor, "poor")
    result = digitize("models", "evaluate", poor.folder)
    assert result.exit_code == 8
    assert "ends the process that tries it" in result.stderr


def test_the_command_refuses_it_and_goes_on_living(network_that, digitize, tmp_path):
    folder = reading(tmp_path / "bad")
    network_that("os.kill(os.getpid(), signal.SIGSEGV)")

    result = digitize("models", "promote", folder)

    assert result.exit_code == 8
    assert f"error: {folder} cannot read: it ends the process that tries it (SIGSEGV)" in result.stderr
    assert result.stderr.count("\n") == 2
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
