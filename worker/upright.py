"""A page and what was read of it, turned so that the writing stands upright, as people look at it."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from segmentation.geometry import QuarterTurn
from segmentation.page import Page
from worker.records import BoxRecord, NumberRecord

__all__ = ["upright_numbers", "upright_page"]


def upright_page(page: Page, quarters: int) -> Page:
    """Return a page turned by so many quarters, counter-clockwise; the very same one for 0."""
    if not quarters:
        return page
    return replace(page, pixels=np.ascontiguousarray(np.rot90(page.pixels, quarters)))


def upright_numbers(page: Page, numbers: Iterable[NumberRecord], quarters: int) -> list[NumberRecord]:
    """Return numbers with their boxes where they lie on :func:`upright_page`.

    Parameters
    ----------
    page : Page
        As it lies.
    numbers : iterable of NumberRecord
        With boxes in px of that.
    quarters : int
        By how many the page is turned, counter-clockwise.
    """
    turn = QuarterTurn(quarters, page.width, page.height)
    return [
        number.model_copy(
            update={
                "box": _turned(number.box, turn),
                "digits": tuple(
                    digit.model_copy(update={"box": _turned(digit.box, turn)}) for digit in number.digits
                ),
            }
        )
        for number in numbers
    ]


def _turned(box: BoxRecord, turn: QuarterTurn) -> BoxRecord:
    sides = np.array([(box.x, box.y, box.x + box.width, box.y + box.height)], np.float64)
    left, top, right, bottom = (int(side) for side in turn.there(sides)[0])
    # What reaches beyond the page, which only a damaged file says, stays a box.
    return BoxRecord(x=max(0, left), y=max(0, top), width=right - left, height=bottom - top)
