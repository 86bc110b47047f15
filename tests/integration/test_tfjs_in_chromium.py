"""Exports for TensorFlow.js load in the real one, and give what Keras gives."""

import json

import pytest

from model.errors import ExportFailed
from model.export.browser import answer_of_page
from model.export.specimens import specimens_of
from model.synth.digits import DigitSource
from tests.browser_kit import PATIENCE_S, fetched_library, installed_browser
from tests.networks import stirred

pytestmark = [
    pytest.mark.browser,
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def library():
    pytest.importorskip("tensorflow", reason="exports need the extra `train`")
    installed_browser()
    return fetched_library()


@pytest.mark.parametrize("name", ["build_reader", "build_original"])
def test_a_thousand_digits_have_the_same_probabilities(name, library, tmp_path):
    from model import architecture
    from model.export.formats import FLOAT_TOLERANCE, export_model
    from model.export.trained import Trained

    trained = Trained(stirred(getattr(architecture, name)()), 1.4, "stirred-1")
    report = export_model(
        trained, "tfjs", tmp_path / "model", specimens_of(DigitSource.builtin()), tfjs=library
    )

    assert report.digits == 1000
    assert report.largest_difference <= FLOAT_TOLERANCE


def test_what_keras_3_would_write_is_refused_with_the_words_of_tensorflow_js(library, tmp_path):
    from model.architecture import build_original
    from model.export.plain import plain_network
    from model.export.tfjs import MODEL_FILE, read_tfjs, write_tfjs

    folder = tmp_path / "model"
    write_tfjs(plain_network(build_original(), "untrained"), folder)
    text = (folder / MODEL_FILE).read_text().replace("batch_input_shape", "batch_shape")
    (folder / MODEL_FILE).write_text(text)
    batch = specimens_of(DigitSource.builtin()).batch[:2]

    with pytest.raises(ExportFailed, match=r"in the browser: .*[iI]nput"):
        read_tfjs(folder, batch, library=library, browser=installed_browser())


def test_a_page_reaches_nothing_but_its_own_server(library):
    page = b"""<!doctype html><script>
    const reached = address => fetch(address, {mode: 'no-cors'}).then(() => true, () => false);
    // The same server by a name: whatever has to be looked up is not found.
    Promise.all(['/page.html', `http://localhost:${location.port}/page.html`].map(reached))
      .then(all => fetch('/answer', {method: 'POST', body: JSON.stringify(all)}));
    </script>"""

    answer = answer_of_page(
        {"/page.html": page}, "/page.html", browser=installed_browser(), patience_s=PATIENCE_S
    )

    assert json.loads(answer) == [True, False]


def test_a_browser_that_does_not_start_is_told():
    with pytest.raises(ExportFailed, match="ended"):
        answer_of_page({}, "/page.html", browser="/bin/false", patience_s=PATIENCE_S)
