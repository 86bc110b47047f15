"""No password in what the program says."""

import pytest

from worker.masking import mask_for, nothing_masked


@pytest.mark.parametrize("url", [None, "redis://host:6379/0"])
def test_where_there_is_no_password_nothing_is_masked(url):
    assert mask_for(url) is nothing_masked


@pytest.mark.parametrize("spelling", ["sec%2Fret", "sec/ret"])
def test_a_password_is_masked_as_it_is_and_as_it_stands_in_an_address(spelling):
    mask = mask_for("rediss://clerk:sec%2Fret@host:6380/0?ssl_ca_certs=ca.pem")

    assert mask(f"AUTH clerk {spelling} failed") == "AUTH clerk *** failed"


def test_a_short_password_is_masked_in_addresses_only():
    mask = mask_for("redis://:a@host/0")

    assert mask("cannot reach redis://:a@host/0") == "cannot reach redis://:***@host/0"


@pytest.mark.parametrize("url", ["redis://sesame@host/0", "redis://sesame:@host/0"])
def test_a_password_in_the_place_of_the_user_is_masked(url):
    mask = mask_for(url)

    assert mask(f"cannot reach {url}, AUTH sesame") in {
        "cannot reach redis://***@host/0, AUTH ***",
        "cannot reach redis://***:@host/0, AUTH ***",
    }


def test_a_short_one_in_the_place_of_the_user_is_masked_in_addresses_only():
    assert mask_for("redis://a@host/0")("at redis://a:**@host/0") == "at redis://***:**@host/0"
