"""Which number that was read is the reading of which that is written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from worker.digit_alignment import Column, edit_distance

__all__ = ["paired_in_any_order", "paired_in_order", "paired_where_equal"]


def paired_in_order(read: Sequence[str], written: Sequence[str], columns: Sequence[Column]) -> list[Column]:
    """Pair numbers by where their digits lie: equal ones in place, equal ones elsewhere, then the rest.

    Parameters
    ----------
    read, written : sequence of str
        Digits of the numbers, in reading order.
    columns : sequence of (int or None, int or None)
        Both, each written as one text, aligned.

    Returns
    -------
    list of (int or None, int or None)
        Places in `read` and `written`, each once; of equal numbers as many are paired as there can be.
    """
    common = _common_digits(read, written, columns)
    by_size = sorted(common, key=lambda pair: (-common[pair], pair))
    pairs = _Pairs(len(read), len(written))
    pairs.take((i, j) for i, j in by_size if read[i] == written[j])
    _pair_equal(read, written, pairs)
    pairs.take(by_size)
    return pairs.all()


def paired_in_any_order(read: Sequence[str], written: Sequence[str]) -> list[Column]:
    """Pair numbers of which the order says nothing: equal ones, then those that differ least.

    Parameters and result are as for :func:`paired_in_order`.
    """
    pairs = _Pairs(len(read), len(written))
    _pair_equal(read, written, pairs)
    left = [(i, j) for i in sorted(pairs.free_read) for j in sorted(pairs.free_written)]
    apart = {(i, j): edit_distance(read[i], written[j]) for i, j in left}
    # What would have to be changed throughout is no reading of it.
    alike = [(i, j) for i, j in left if apart[i, j] < max(len(read[i]), len(written[j]))]
    pairs.take(sorted(alike, key=lambda pair: (apart[pair], pair)))
    return pairs.all()


def paired_where_equal(pairs: Iterable[Column], read: Sequence[str], written: Sequence[str]) -> list[Column]:
    """Part the pairs that are not equal: beside digits that nobody asks for, print may be paired with ink."""
    parted: list[Column] = []
    for i, j in pairs:
        apart = i is not None and j is not None and read[i] != written[j]
        parted += [(i, None), (None, j)] if apart else [(i, j)]
    return parted


class _Pairs:
    """Pairs of places, each place in one of them at most."""

    def __init__(self, read: int, written: int) -> None:
        self.free_read = set(range(read))
        self.free_written = set(range(written))
        self._taken: list[tuple[int, int]] = []

    def take(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Take those pairs, the first ones first, of which both are free."""
        for i, j in pairs:
            if i in self.free_read and j in self.free_written:
                self.free_read.remove(i)
                self.free_written.remove(j)
                self._taken.append((i, j))

    def all(self) -> list[Column]:
        """Return the pairs in the order of what was read, and after them what was not read."""
        of_read: dict[int, int | None] = dict.fromkeys(sorted(self.free_read)) | dict(self._taken)
        return [*sorted(of_read.items()), *((None, j) for j in sorted(self.free_written))]


def _common_digits(
    read: Sequence[str], written: Sequence[str], columns: Sequence[Column]
) -> Counter[tuple[int, int]]:
    """Count the digits that stand for one another, for each number read and each that is written."""
    readings, truths = ([k for k, text in enumerate(texts) for _ in text] for texts in (read, written))
    return Counter((readings[i], truths[j]) for i, j in columns if i is not None and j is not None)


def _pair_equal(read: Sequence[str], written: Sequence[str], pairs: _Pairs) -> None:
    """Pair equal numbers that are left, wherever they stand."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in sorted(pairs.free_written, reverse=True):
        places[written[j]].append(j)
    for i in sorted(pairs.free_read):
        if places[read[i]]:
            pairs.take([(i, places[read[i]].pop())])
