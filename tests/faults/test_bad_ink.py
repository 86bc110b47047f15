"""A model whose network of ink is damaged or missing: exit code 8 and one clear line, before any page."""

from pathlib import Path

import pytest

from model.bundle import INK, open_bundle, shipped_bundle, write_manifest
from tests.job_builders import png
from tests.model_builders import reading, shipped_runtime
from worker.trial import find_fault


@pytest.fixture
def model(digitize):
    """A model that reads, but for its network of ink, which tests put there."""
    Path("one.png").write_bytes(png(40))
    return reading(Path("model"))


def vouched_for(model, content):
    (model / INK).write_bytes(content)
    write_manifest(model, {"recipe": "stand-in"})


def damaged(model):
    vouched_for(model, b"a network of ink")
    (model / INK).write_bytes(b"a netw0rk of ink")


def missing(model):
    vouched_for(model, b"a network of ink")
    (model / INK).unlink()


def no_network(model):
    vouched_for(model, b"a network of ink")


def another_network(model):
    vouched_for(model, shipped_runtime())


def cut_and_vouched_for(model):
    vouched_for(model, shipped_ink()[: len(shipped_ink()) // 3])


def flipped_and_vouched_for(model):
    flipped = bytearray(shipped_ink())
    flipped[5] ^= 0xFF  # one of the four letters by which LiteRT knows its files
    vouched_for(model, bytes(flipped))


def shipped_ink():
    return (shipped_bundle() / INK).read_bytes()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (damaged, "ink.tflite is damaged"),
        (missing, "ink.tflite cannot be read"),
        (no_network, "does not load"),
        (another_network, "not a tile of 256 px"),
        (flipped_and_vouched_for, "does not load"),
    ],
)
def test_it_is_refused_before_any_page_is_read(digitize, model, spoil, said):
    spoil(model)

    done = digitize("submit", "one.png", "-o", "job", "--model", model.absolute())

    assert done.exit_code == 8
    assert said in " ".join(done.output.split())
    assert not Path("job").exists()


@pytest.mark.parametrize("spoil", [damaged, missing, no_network])
def test_it_is_not_promoted(digitize, model, spoil):
    spoil(model)

    assert digitize("models", "promote", model.absolute()).exit_code == 8


@pytest.mark.parametrize("spoil", [another_network, flipped_and_vouched_for, cut_and_vouched_for])
def test_the_trial_tries_the_network_of_ink_too(model, spoil):
    spoil(model)

    assert find_fault(open_bundle(model), "ours") != ""


def test_with_a_sound_one_it_may_read(model):
    vouched_for(model, shipped_ink())

    assert find_fault(open_bundle(model), "ours") == ""
