"""Which page a message is about, also where a stranger wrote it."""

import pytest

from worker.log_lines import PageInHand
from worker.page_request import held_page, page_of


def test_a_message_says_which_page_it_is():
    payload = {"job": "/jobs/a", "entry": {"name": "1.tif", "page": 3, "key": "k"}}

    assert page_of(payload) == PageInHand("/jobs/a", "1.tif", 3)


@pytest.mark.parametrize("payload", [None, [], "page", {}, {"job": "/jobs/a"}, {"entry": 1}, {"entry": {}}])
def test_what_is_no_page_is_none_and_no_fault(payload):
    assert page_of(payload) is None


def test_a_page_without_its_number_is_the_first_of_its_file():
    assert page_of({"entry": {"name": "1.png", "page": "two"}}).page == 1


def test_a_message_that_is_not_held_is_none():
    assert held_page("4608b1e7-2084-4629-868b-734333a42bdc") is None
