"""Addresses of a broker."""

import pytest

from worker.broker_url import broker_variable, mask_url, problem_with


@pytest.mark.parametrize(
    "url",
    [
        "redis://host", "redis://host/", "redis://host:1/15", "rediss://u:p@host:6380/2", "redis://[::1]:6379/0",
        "rediss://host/0?ssl_cert_reqs=none&ssl_ca_certs=/etc/ca.pem",
    ],
)  # fmt: skip
def test_redis_urls(url):
    assert problem_with(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "", "host:6379", "amqp://host", "redis://", "redis:///0", "redis://host:0", "redis://host:99999",
        "redis://u:p@ss/word@host/0", "redis://u:a#b@host/0", "redis://u:a?b@host/0", "redis://[::1/0",
    ],
)  # fmt: skip
def test_no_redis_urls(url):
    assert "a broker looks like" in problem_with(url)


@pytest.mark.parametrize("path", ["abc", "1e3", "0/1", "%00", "-1", "99999999999999999999", "0/", "٣", "%30"])
def test_a_database_is_a_plain_number(path):
    assert "has to be a number" in problem_with(f"redis://host:6379/{path}")


@pytest.mark.parametrize(
    "query", ["db=abc", "db=1", "socket_timeout=abc", "password=x", "x", "ssl_cert_reqs=none"]
)
def test_options_that_a_library_would_refuse(query):
    assert "only rediss:// may have options" in problem_with(f"redis://host/0?{query}")


def test_options_of_tls_are_looked_at():
    assert "only rediss://" in problem_with("rediss://host/0?db=1")
    assert "ssl_cert_reqs has to be one of" in problem_with("rediss://host/0?ssl_cert_reqs=abc")


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("redis://:sesame@host/0", "redis://:***@host/0"),
        ("redis://clerk:sesame@host/0", "redis://clerk:***@host/0"),
        ("redis://sesame@host/0", "redis://***@host/0"),
        ("redis://sesame:@host/0", "redis://***@host/0"),
        ("redis://@host/0", "redis://@host/0"),
        ("redis://host/0?password=sesame", "redis://host/0?***"),
    ],
)
def test_mask(url, masked):
    assert mask_url(url) == masked


def test_variables_are_asked_in_order():
    assert broker_variable({}) is None
    assert broker_variable({"CELERY_BROKER_URL": "", "REDIS_URL": "x"}) == "REDIS_URL"
    assert broker_variable({"CELERY_BROKER_URL": "y", "REDIS_URL": "x"}) == "CELERY_BROKER_URL"
