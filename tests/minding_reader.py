"""A reader that refuses to load in a process that a Ctrl-C at the terminal would reach."""

import signal

from worker.errors import ModelRefused


def load_reader(model):
    """Refuse, or return nothing that reads."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    if {signal.SIGINT, signal.SIGHUP} - blocked:
        raise ModelRefused("a Ctrl-C would reach this process")
