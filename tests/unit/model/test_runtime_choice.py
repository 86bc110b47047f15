"""Eight bits are chosen where they are quicker and read no worse."""

from dataclasses import replace

import numpy as np
import pytest

from model import runtime_choice
from model.errors import DataInvalid
from model.runtime_choice import choose_runtime

COUNT = 10_000
LABELS = np.arange(COUNT) % 11


def answers(accuracy=0.96, sureness=0.9):
    """Return rows of which a share is right, each with the same probability of its likeliest class."""
    wrong = np.arange(COUNT) >= round(accuracy * COUNT)
    rows = np.full((COUNT, 11), (1 - sureness) / 10, np.float32)
    rows[np.arange(COUNT), (LABELS + wrong) % 11] = sureness
    return rows


class Stand:
    """A network that gives what it was told to, and whose time is what it was told."""

    def __init__(self, given, seconds):
        self.given = given
        self.seconds = seconds

    def probabilities(self, batch):
        Stand.now += self.seconds
        return self.given[: len(batch)]


@pytest.fixture
def chosen(monkeypatch):
    def choose(*, int8, float32=None, seconds=(3.0, 1.0), **options):
        Stand.now = 0.0
        float32 = answers() if float32 is None else float32
        networks = {b"float": Stand(float32, seconds[0]), b"int8": Stand(int8, seconds[1])}
        monkeypatch.setattr(runtime_choice, "LiteRtNetwork", networks.__getitem__)
        monkeypatch.setattr(runtime_choice, "perf_counter", lambda: Stand.now)
        glyphs = np.zeros((COUNT, 28, 28), np.float32)
        return choose_runtime(b"float", b"int8", glyphs, LABELS, **options)

    return choose


def test_eight_bits_that_are_as_good_and_quicker_are_chosen(chosen):
    choice = chosen(int8=answers())

    assert choice.runtime == b"int8"
    assert choice.details() == {
        "precision": "int8",
        "glyphs": COUNT,
        "accuracy_float": 0.96,
        "accuracy_int8": 0.96,
        "log_loss_float": choice.details()["log_loss_int8"],
        "log_loss_int8": pytest.approx(-0.96 * np.log(0.9) - 0.04 * np.log(0.01), abs=1e-5),
        "speed_ratio": 3.0,
    }


@pytest.mark.parametrize(("accuracy", "runtime"), [(0.9595, b"int8"), (0.9594, b"float"), (0.97, b"int8")])
def test_five_in_ten_thousand_may_be_lost(chosen, accuracy, runtime):
    int8 = answers(accuracy)
    # Unsure where it is wrong, which costs no log-loss: accuracy alone decides.
    wrong = int8[round(accuracy * COUNT) :]
    wrong[:] = 1 / 11 + 0.01 * (wrong - 1 / 11)
    choice = chosen(int8=int8)

    assert choice.log_loss_int8 < choice.log_loss_float
    assert choice.runtime == runtime


@pytest.mark.parametrize(("factor", "runtime"), [(1.009, b"int8"), (1.011, b"float"), (0.9, b"int8")])
def test_the_log_loss_may_rise_by_one_in_a_hundred(chosen, factor, runtime):
    # Where all are right the loss is the logarithm of how sure it is.
    float32, int8 = answers(1.0, 0.9), answers(1.0, 0.9**factor)

    assert chosen(float32=float32, int8=int8).runtime == runtime


@pytest.mark.parametrize(("seconds", "runtime"), [((1.0, 0.9), b"int8"), ((1.0, 1.0), b"float")])
def test_what_is_no_quicker_is_not_chosen(chosen, seconds, runtime):
    assert chosen(int8=answers(), seconds=seconds).runtime == runtime


def test_what_decides_is_tempered_as_reading_is(chosen):
    # Far too sure: untempered its few mistakes cost it everything.
    int8 = answers(0.96, 1 - 1e-7)
    sure, unsure = np.array([1 - 1e-7, 1e-8]) ** (1 / 4)
    share = np.array([sure, unsure]) / (sure + 10 * unsure)

    untempered = chosen(int8=int8)
    tempered = chosen(int8=int8, temperature=4.0)

    assert untempered.runtime == b"float"
    assert tempered.runtime == b"int8"
    assert tempered.log_loss_int8 == pytest.approx(-np.array([0.96, 0.04]) @ np.log(share), rel=1e-3)
    assert tempered.log_loss_float > untempered.log_loss_float


def test_a_probability_of_nothing_has_a_finite_cost(chosen):
    nothing = answers()
    nothing[nothing < 0.5] = 0.0

    assert np.isfinite(chosen(int8=nothing).log_loss_int8)


def test_without_glyphs_nothing_is_chosen():
    with pytest.raises(DataInvalid, match="held-out"):
        choose_runtime(b"", b"", np.zeros((0, 28, 28), np.float32), np.zeros(0, np.int64))


def test_files_that_are_no_networks_are_refused():
    with pytest.raises(ValueError, match="odel"):
        choose_runtime(b"no", b"no", np.zeros((1, 28, 28), np.float32), np.zeros(1, np.int64))


def test_a_manifest_holds_no_bytes(chosen):
    choice = replace(chosen(int8=answers()), accuracy_float=1 / 3)

    assert choice.details()["accuracy_float"] == 0.333333
    assert "runtime" not in choice.details()
