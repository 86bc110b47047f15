"""A reader that reads the page before, as one would that keeps something it should not."""

from tests.fake_readers import MODEL, FakeReading, number_record


class SpoilingReader:
    """Reads the width of the page that it was given last."""

    model = MODEL

    def __init__(self):
        self._last = 1

    def read_page(self, page, **_options):
        width, self._last = self._last, page.width
        return FakeReading(numbers=(number_record(f"{width:05d}"),))


def load_reader(model):
    return SpoilingReader()
