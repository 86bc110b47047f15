import json

import pytest

from model.calibration import Calibration, NumberEvidence
from model.usual_pages import PageEvidence, UsualPages

USUAL = UsualPages((1.5, 9.25), (0.0, 0.3))


def test_a_page_shows_how_surely_it_reads_and_how_much_ink_is_left_out():
    numbers = [
        NumberEvidence((0.9,), page_log_odds=3.5, unread_share=0.2),
        NumberEvidence((0.8, 0.7), page_log_odds=3.5, unread_share=0.6),
    ]
    page = PageEvidence.of(numbers)
    assert page is not None
    assert page.log_odds == 3.5
    assert page.unread_share == pytest.approx(0.4)


def test_a_page_without_numbers_shows_nothing():
    assert PageEvidence.of([]) is None


def test_a_manifest_brings_it_back():
    stored = json.loads(json.dumps({"usual_pages": USUAL.as_manifest()}))
    assert Calibration.from_manifest(stored).usual_pages == USUAL
    assert Calibration.from_manifest({}).usual_pages is None


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [[1, 2], [0, 1]],
        {},
        {"log_odds": [1, 2]},
        {"log_odds": [1, 2], "unread_share": None},
        {"log_odds": [1, 2], "unread_share": [0.1]},
        {"log_odds": [1, 2], "unread_share": [0, 0.1, 0.2]},
        {"log_odds": [2, 1], "unread_share": [0, 1]},
        {"log_odds": ["much", 1], "unread_share": [0, 1]},
        {"log_odds": [float("nan"), 1], "unread_share": [0, 1]},
        {"log_odds": [0, float("inf")], "unread_share": [0, 1]},
    ],
    ids=str,
)
def test_what_is_no_range_is_refused(stored):
    with pytest.raises(ValueError, match=r"^usual_pages: "):
        Calibration.from_manifest({"usual_pages": stored})
