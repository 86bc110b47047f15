"""A number that is doubted is never accepted."""

import numpy as np
import pytest

from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.page import Page
from worker.doubting import PageInk
from worker.doubts import Doubt
from worker.reader import load_reader
from worker.records import Status


@pytest.fixture(scope="module")
def drawn_page() -> Page:
    drawn = make_page(np.random.default_rng(4), DigitSource.builtin(), "clean")
    return Page(drawn.grey, dpi=None, orientation=1, kind="png")


@pytest.mark.parametrize("doubt", [None, *Doubt], ids=lambda doubt: getattr(doubt, "name", "none"))
def test_what_is_doubted_is_never_accepted_however_little_is_asked(
    doubt: Doubt | None, drawn_page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageInk, "doubts", lambda *_: () if doubt is None else (doubt,))

    numbers = load_reader().read_page(drawn_page, accept_confidence=0.0, least_presence=0.0).numbers

    statuses = {number.status for number in numbers if "?" not in number.text}
    assert statuses == {Status.ACCEPTED if doubt is None else Status.REVIEW}
    assert {number.doubts for number in numbers} == {() if doubt is None else (doubt.code,)}
