import cv2
import pytest

from worker.job_figures import Figures
from worker.job_pictures import draw_figures
from worker.scoring import ReadNumber, compare
from worker.truth_page import TruthPage


@pytest.fixture(autouse=True)
def needs_matplotlib():
    pytest.importorskip("matplotlib", reason="pictures need the extra `train`")


def figures_of(*read):
    figures = Figures("digits")
    page = compare([ReadNumber(text, confidence=sure) for text, sure in read], TruthPage((("1", "23"),)))
    figures.add(page)
    return figures.as_json() | {"digits": figures.digits_as_json()} | figures.confidence_as_json()


def test_three_pictures_of_the_figures(tmp_path):
    paths = draw_figures(tmp_path, figures_of(("1", 0.9), ("28", 0.4)))

    assert [path.name for path in paths] == ["error-reject.png", "reliability.png", "confusion.png"]
    for path in paths:
        picture = cv2.imread(str(path))
        assert picture is not None
        assert (picture != picture[0, 0]).any()


def test_where_nothing_was_read_there_are_no_curves(tmp_path):
    assert [path.name for path in draw_figures(tmp_path, figures_of())] == ["confusion.png"]
