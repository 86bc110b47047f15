"""Results as lines."""

from types import SimpleNamespace

from cli.render import summary_line
from worker.results import NumberCounts, PageCounts


def test_every_large_figure_of_the_summary_has_its_separators():
    summary = SimpleNamespace(
        pages=PageCounts(total=6000, read=3000, failed=2000, missing=1000, blank=0),
        numbers=NumberCounts(total=10000, accepted=1320, review=5680, rejected=2000, blank=1000),
    )

    assert summary_line(summary, 1.0) == (
        "6,000 pages: 3,000 read, 2,000 failed, 1,000 not read yet; "
        "10,000 numbers, 1,320 accepted, 5,680 review, 2,000 rejected, 1,000 blank; 1.0 s"
    )
