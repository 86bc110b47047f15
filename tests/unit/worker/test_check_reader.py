"""The process in which a model is tried is the parent's to stop."""

from worker.asked_model import check_reader


def test_what_a_terminal_sends_does_not_reach_it():
    check_reader("tests.minding_reader:load_reader", None)
