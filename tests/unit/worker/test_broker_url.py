"""Addresses of a broker."""

import pytest

from worker.broker_url import broker_variable, is_redis_url, mask_url


@pytest.mark.parametrize("url", ["redis://host", "rediss://u:p@host:6380/2", "redis://[::1]:6379/0"])
def test_redis_urls(url):
    assert is_redis_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "host:6379", "amqp://host", "redis://", "redis:///0", "redis://host:0", "redis://host:99999",
        "redis://u:p@ss/word@host/0", "redis://u:a#b@host/0", "redis://u:a?b@host/0", "redis://[::1/0",
    ],
)  # fmt: skip
def test_no_redis_urls(url):
    assert not is_redis_url(url)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("redis://:sesame@host/0", "redis://:***@host/0"),
        ("redis://clerk:sesame@host/0", "redis://clerk:***@host/0"),
        ("redis://clerk@host/0", "redis://clerk@host/0"),
        ("redis://host/0?password=sesame", "redis://host/0?***"),
    ],
)
def test_mask(url, masked):
    assert mask_url(url) == masked


def test_variables_are_asked_in_order():
    assert broker_variable({}) is None
    assert broker_variable({"CELERY_BROKER_URL": "", "REDIS_URL": "x"}) == "REDIS_URL"
    assert broker_variable({"CELERY_BROKER_URL": "y", "REDIS_URL": "x"}) == "CELERY_BROKER_URL"
