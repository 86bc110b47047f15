"""A reader without a network that still looks at the page: one number where there is ink, none else."""

from tests.fake_readers import MODEL, FakeReading, number_record
from worker.records import Status

FACTORY = "tests.ink_reader:load_reader"

#: How sure it is of its number, whatever it is asked to accept.
CONFIDENCE = 0.8


class InkReader:
    """Reads 007 on every page that is not blank."""

    model = MODEL

    def read_page(self, page, *, accept_confidence=None, max_error_rate=None, printed="keep"):
        if page.pixels.min() > 128:
            return FakeReading(numbers=())
        sure = accept_confidence is None or accept_confidence <= CONFIDENCE
        status = Status.ACCEPTED if sure else Status.REVIEW
        return FakeReading(numbers=(number_record("007", status=status, confidence=CONFIDENCE),))


def load_reader(model):
    return InkReader()
