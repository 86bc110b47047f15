"""What was asked of a figure is held against the figure itself, and one that is missed is the exit code."""

import pytest

from bench.verdict import Verdict, at_least, at_most, exit_code, verdict_on


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (at_least(0.95, "of bare", 0.95), Verdict("asked: at least 0.95 of bare: 0.95: reached", True)),
        (at_least(0.95, "of bare", 0.9499), Verdict("asked: at least 0.95 of bare: 0.9499: missed", False)),
        (
            at_least(2000, "pages/s", 27_237.4),
            Verdict("asked: at least 2,000 pages/s: 27,237: reached", True),
        ),
        (at_most(200, "MB", 200), Verdict("asked: at most 200 MB: 200: reached", True)),
        (at_most(200, "MB", 200.4), Verdict("asked: at most 200 MB: 200.4: missed", False)),
        (at_most(1.5, "s", float("nan")), Verdict("asked: at most 1.5 s: nan: missed", False)),
        (verdict_on("asked: peace", True), Verdict("asked: peace: reached", True)),
    ],
)
def test_a_figure_is_held_against_what_was_asked(verdict, expected):
    assert verdict == expected


def test_one_that_is_missed_decides_and_all_are_told(capsys):
    assert exit_code([at_most(1, "s", 0.5), at_most(1, "s", 2.0), at_most(1, "s", 0.5)]) == 1
    assert [line.rpartition(" ")[2] for line in capsys.readouterr().out.splitlines()] == [
        "reached",
        "missed",
        "reached",
    ]
    assert exit_code([at_most(1, "s", 0.5)]) == 0
    assert exit_code([]) == 0
