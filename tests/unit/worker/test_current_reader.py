"""A promotion is taken up between two pages; a damaged one is not, while there is a reader that goes on."""

import logging

import pytest

from tests.fake_readers import FOLDER_VARIABLE, Script, wait_until
from tests.job_builders import job_of, plain_settings
from tests.model_builders import reading, stand_in
from tests.naming_reader import FACTORY
from worker.embedded import run_embedded
from worker.errors import ModelRefused
from worker.job_folder import ReadOptions
from worker.promotion import Registry
from worker.reader_cache import get_reader
from worker.results import Tally, page_results

pytestmark = pytest.mark.usefixtures("trial_here")


@pytest.fixture
def registry(tmp_path):
    registry = Registry(tmp_path / "models")
    for name in ("one", "two"):
        reading(registry.folder / name, name.encode())
    reading(registry.folder / "broken", b"broken")
    return registry


def current(registry):
    return get_reader(FACTORY, str(registry.file)).model.id


def test_what_is_promoted_reads_next_and_what_is_rolled_back_reads_again(registry):
    found = [current(registry)]
    for change in (lambda: registry.promote("one"), lambda: registry.promote("two"), registry.roll_back):
        change()
        found.append(current(registry))

    assert found == ["shipped", "one", "two", "one"]


def test_a_reader_is_built_once_for_each_promotion(registry):
    registry.promote("one")
    first = get_reader(FACTORY, str(registry.file))
    assert get_reader(FACTORY, str(registry.file)) is first

    registry.promote("two")
    assert get_reader(FACTORY, str(registry.file)) is not first


def test_a_model_that_was_asked_for_by_its_folder_stays(registry):
    registry.promote("one")
    folder = str(registry.folder / "one")
    assert get_reader(FACTORY, folder).model.id == "one"

    registry.promote("two")
    assert get_reader(FACTORY, folder).model.id == "one"
    assert get_reader(FACTORY, None).model.id == "shipped"


def damage_manifest(registry):
    registry.promote("two")
    stand_in(registry.folder / "two", b"two", calibration={"temperature": 9.0})


def damage_record(registry):
    registry.file.write_bytes(b"{")


def promote_what_does_not_load(registry):
    registry.promote("broken")


DAMAGES = [damage_manifest, damage_record, promote_what_does_not_load]


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_last_good_model_goes_on_and_the_log_says_so_once(registry, damage, caplog):
    registry.promote("one")
    assert current(registry) == "one"
    damage(registry)

    with caplog.at_level(logging.INFO):
        assert [current(registry) for _ in range(3)] == ["one"] * 3

    (said,) = caplog.records
    assert said.levelno == logging.ERROR
    assert "going on with model one" in said.getMessage()


@pytest.mark.parametrize("damage", DAMAGES)
def test_who_holds_no_reader_is_refused(registry, damage):
    damage(registry)

    with pytest.raises(ModelRefused):
        current(registry)


def test_what_was_damaged_and_is_mended_is_taken_up(registry):
    registry.promote("one")
    assert current(registry) == "one"
    registry.promote("broken")
    assert current(registry) == "one"

    registry.promote("two")
    assert current(registry) == "two"


@pytest.fixture
def script(tmp_path, monkeypatch):
    folder = tmp_path / "script"
    folder.mkdir()
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return Script(folder)


def test_a_running_job_takes_a_promotion_up_between_two_pages(registry, script, tmp_path):
    registry.promote("one")
    job = job_of(tmp_path, [31, 32, 33], ReadOptions(model=str(registry.file)))
    script.hold(32)

    def on_done(entry, record):
        if record.source.width == 31:
            wait_until(lambda: script.begun(32), "the second page is begun")
            registry.promote("two")
            script.release(32)

    run_embedded(job, job.entries, plain_settings(jobs=1), on_done, reader_factory=FACTORY)

    records = [result.record for result in page_results(job)]
    assert [record.model.id for record in records] == ["one", "one", "two"]
    tally = Tally(job)
    for record in records:
        tally.add(record)
    assert [model.id for model in tally.summary().models] == ["one", "two"]
