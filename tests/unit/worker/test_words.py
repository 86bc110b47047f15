import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import worker.words
from segmentation.candidates import JOINED, WHOLE, Candidate, Strip, build_strip
from segmentation.components import Component
from segmentation.geometry import Box, union
from worker.strips import edges_of
from worker.words import WORD_GAP, read_words, unread_share

HEIGHT_PX = 40
#: Just no longer, and just longer, than what one word may hold.
CLOSE, APART = int(WORD_GAP * HEIGHT_PX), int(WORD_GAP * HEIGHT_PX) + 1


def _says(digit, share=0.97):
    row = np.full(11, (1 - share) / 10, np.float32)
    row[digit] = share
    return row


def _pieces(gaps, width=20):
    lefts = np.cumsum([0, *(width + gap for gap in gaps)]).tolist()
    return tuple(Box(left, 0, left + width, HEIGHT_PX) for left in lefts)


def _strip(pieces):
    """All single pieces, and all neighbours that lie less than a word's gap apart."""
    candidates = []
    for k, piece in enumerate(pieces):
        candidates.append(Candidate(k, k + 1, piece, WHOLE))
        if k + 1 < len(pieces) and -piece.overlap_x(pieces[k + 1]) <= CLOSE:
            candidates.append(Candidate(k, k + 2, union(pieces[k : k + 2]), JOINED))
    return Strip(pieces, tuple(candidates), float(HEIGHT_PX), -1)


def _read(strip, says):
    """Read a strip of which `says` gives the digit of some runs of pieces; all else is no digit."""
    rows = [says.get((candidate.start, candidate.stop), _says(10)) for candidate in strip.candidates]
    return read_words(strip, edges_of(strip), np.stack(rows))


def _runs(strip, found):
    return [(strip.candidates[read.edge].start, strip.candidates[read.edge].stop) for read in found]


def test_digits_of_several_words_come_from_left_to_right_as_candidates_of_the_strip():
    strip = _strip(_pieces([5, APART, 5, APART, 5]))
    says = {(0, 1): _says(4), (1, 2): _says(0), (2, 4): _says(7), (4, 5): _says(1), (5, 6): _says(9)}

    found = _read(strip, says)

    assert "".join(read.text for read in found) == "40719"
    assert _runs(strip, found) == list(says)


#: Alone neither is a digit nor a word; together they are a word without a number.
LETTER = np.array([0.008] * 5 + [0.42] + [0.008] * 4 + [0.508], np.float32)


@pytest.mark.parametrize(("gap", "read"), [(CLOSE, 0), (APART, 5)])
def test_letters_are_one_word_up_to_the_gap_and_words_of_their_own_beyond(gap, read):
    pieces = _pieces([gap] * 4)
    strip = Strip(pieces, tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(pieces)), 40.0, -1)
    assert len(_read(strip, {(k, k + 1): LETTER for k in range(5)})) == read


def test_the_gap_is_measured_from_what_reaches_farthest_to_the_right():
    # A long flag over two others: by its end the last one is near, though its neighbour is far from it.
    pieces = (Box(0, 0, 60, 40), Box(25, 0, 40, 40), Box(60 + CLOSE, 0, 80 + CLOSE, 40))
    strip = Strip(pieces, tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(pieces)), 40.0, -1)
    assert _read(strip, {(k, k + 1): LETTER for k in range(3)}) == []


def test_a_word_without_a_number_does_not_silence_its_neighbours():
    strip = _strip(_pieces([5, 5, APART, 5]))
    found = _read(strip, {(3, 4): _says(2), (4, 5): _says(6)})
    assert [read.text for read in found] == ["2", "6"]
    assert _runs(strip, found) == [(3, 4), (4, 5)]


def test_what_is_said_of_one_word_changes_nothing_in_another():
    strip = _strip(_pieces([5, APART, 5]))
    first = {(0, 1): _says(3, 0.6), (1, 2): _says(5, 0.7), (0, 2): _says(8, 0.3)}
    beside_digits = _read(strip, {**first, (2, 3): _says(1), (3, 4): _says(1)})
    beside_nothing = _read(strip, first)
    assert len(beside_nothing) == 2
    for one, other in zip(beside_nothing, beside_digits, strict=False):
        assert one.edge == other.edge
        assert (one.probabilities == other.probabilities).all()


#: Width, height and the gap behind each.
strokes = st.lists(
    st.tuples(st.integers(2, 40), st.integers(20, 44), st.integers(1, 30)), min_size=1, max_size=8
)


@given(strokes)
def test_words_share_out_all_candidates_that_segmentation_builds_and_none_lies_across(drawn):
    labels = np.zeros((50, 700), np.int32)
    line, left = [], 3
    for number, (width, height, gap) in enumerate(drawn, start=1):
        box = Box(left, 3, left + width, 3 + height)
        labels[box.top : box.bottom, box.left : box.right] = number
        line.append(Component(number, box, box.width * box.height, -1))
        left += width + gap
    strip, _ = build_strip(line, labels, np.where(labels > 0, 255, 0).astype(np.uint8), stroke_px=4.0)
    held = []

    def look(pieces, edges, probabilities):
        assert len(edges) == len(probabilities)
        assert all(0 <= edge.start < edge.stop <= pieces for edge in edges)
        held.extend(probabilities[:, 0].astype(int).tolist())
        return []

    numbered = np.arange(len(strip.candidates), dtype=np.float32)[:, None].repeat(11, axis=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker.words, "best_path", look)
        read_words(strip, edges_of(strip), numbered)
    assert sorted(held) == list(range(len(strip.candidates)))


def test_a_line_without_pieces_has_no_words():
    empty = Strip((), (), float(HEIGHT_PX), -1)
    assert read_words(empty, [], np.zeros((0, 11), np.float32)) == []


def test_a_few_digits_among_letters_are_letters_and_a_letter_among_digits_is_left_out():
    pieces = _pieces([5] * 4)
    strip = Strip(pieces, tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(pieces)), 40.0, -1)
    digits = {(k, k + 1): _says(k, 0.999) for k in range(5)}
    letter = _says(10, 0.9999)

    one_letter = _read(strip, {**digits, (2, 3): letter})
    assert [read.text for read in one_letter] == ["0", "1", "3", "4"]
    assert _read(strip, {**digits, (1, 2): letter, (3, 4): letter}) == []


def test_what_is_left_out_of_a_line_is_told_by_its_width():
    strip = _strip(_pieces([APART, APART, APART]))
    reads = _read(strip, {(0, 1): _says(4)})
    assert unread_share(strip, reads) == 0.75
    assert unread_share(strip, []) == 1.0


def test_specks_are_nothing_that_was_left_out():
    pieces = (Box(0, 0, 20, 40), Box(60, 30, 64, 36))
    strip = Strip(pieces, tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(pieces)), 40.0, -1)
    assert unread_share(strip, _read(strip, {(0, 1): _says(4)})) == 0.0
