"""What is said of a broker that is there and refuses, and of one that is away."""

import errno

import pytest
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from worker.broker_errors import no_use_of
from worker.errors import BrokerUnreachable


def test_one_that_is_away_does_not_answer_and_is_to_be_started():
    error = no_use_of("redis://:sesame@host/0", RedisError("Connection refused."), "Start it.", then="X")

    assert error.message == "the broker redis://:***@host/0 does not answer: Connection refused."
    assert error.remedy == "Start it."


def test_a_key_of_something_else_is_no_silence():
    cause = ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value")

    error = no_use_of("redis://host/0", cause, "Start it.", then="Then go on.")

    assert error.message == f"the broker redis://host/0 refuses: {cause}"
    assert "take another key_prefix, or delete it" in error.remedy
    assert error.remedy.endswith("Then go on.")
    assert "Start" not in error.remedy


def test_whatever_else_it_refuses_is_its_own_to_mend():
    remedy = no_use_of("redis://host/0", ResponseError("READONLY You can't"), "Start it.").remedy

    assert "mend what it says" in remedy
    assert "key_prefix" not in remedy


@pytest.mark.parametrize("url", ["redis://sesame@host/0", "redis://sesame:@host/0"])
def test_a_password_without_its_colon_is_told_of_and_not_shown(url):
    error = no_use_of(url, AuthenticationError("Authentication required."))

    assert error.message == "the broker redis://***@host/0 refuses: Authentication required."
    assert "redis://:PASSWORD@host" in error.remedy


def test_a_wrong_password_is_to_be_corrected():
    error = no_use_of("redis://:sesame@host/0", AuthenticationError("invalid username-password pair"))

    assert "Correct the password" in error.remedy


def test_a_password_that_is_not_given_is_wanted():
    error = no_use_of("redis://host/0", AuthenticationError("Authentication required."))

    assert "wants a password, and DIGITIZE_BROKER_URL has none" in error.remedy


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        (
            "Error 1. [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed",
            "ssl_ca_certs=FILE",
        ),
        (
            "Error 2 connecting to host:6380. No such file or directory.",
            "Correct the path after ssl_ca_certs",
        ),
    ],
)
def test_tls_that_fails_is_no_reason_to_start_redis(said, remedy):
    error = no_use_of("rediss://host/0", RedisError(said), "Start it.", then="Then go on.")

    assert remedy in error.remedy
    assert error.remedy.endswith("Then go on.")
    assert "Start" not in error.remedy
    assert no_use_of("redis://host/0", RedisError(said), "Start it.").remedy == "Start it."


def test_a_port_that_hangs_up_may_speak_tls():
    reset = RedisError("Error while reading from host:6380 : (104, 'Connection reset by peer')")

    assert "write rediss:// in DIGITIZE_BROKER_URL" in no_use_of("redis://host/0", reset).remedy
    assert no_use_of("redis://host/0", reset, "Start it.").remedy == "Start it."
    assert no_use_of("rediss://host/0", reset).remedy == BrokerUnreachable.remedy_default


def test_one_that_no_connection_can_be_opened_to_is_not_to_be_started():
    cause = RedisError("Error 24 connecting to host. Too many open files.")
    cause.__context__ = OSError(errno.EMFILE, "Too many open files")

    assert "ulimit -n" in no_use_of("redis://host/0", cause, "Start it.").remedy
