import json
from pathlib import Path

import cv2

from model.synth.examples import EXAMPLES, MOST_BYTES

FOLDER = Path(__file__).parents[3] / "examples"


def test_every_example_is_there_small_readable_and_in_the_truth() -> None:
    truth = {page["file"]: page for page in json.loads((FOLDER / "truth.json").read_text())}

    assert set(truth) == {name for name, *_ in EXAMPLES}
    assert {path.name for path in (FOLDER / "scans").iterdir()} == set(truth)
    for name, kind, layout, _ in EXAMPLES:
        path = FOLDER / "scans" / name
        assert path.stat().st_size <= MOST_BYTES
        assert cv2.imread(str(path)) is not None
        assert (truth[name]["kind"], truth[name]["layout"]) == (kind, layout)
        assert truth[name]["rows"]
