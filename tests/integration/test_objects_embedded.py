"""Scans and jobs in an object store, read by this machine alone: real processes, a real server."""

import json
from pathlib import Path

import pytest

from tests.fake_readers import wait_until
from tests.job_builders import png
from tests.object_server import SECRET

pytestmark = pytest.mark.objects

WIDTHS = (21, 22, 23)


@pytest.fixture
def scans(bucket):
    """Put pages into the store, and return their folder."""
    for width in WIDTHS:
        bucket.put(f"scans/{width}.png", png(width))
    return f"{bucket.url}/scans/"


@pytest.fixture
def local_table(start, tmp_path):
    """Return what the same pages give in folders, by their names in the store."""

    def table(scans):
        folder = tmp_path / "scans"
        folder.mkdir()
        for width in WIDTHS:
            (folder / f"{width}.png").write_bytes(png(width))
        run = start("submit", folder, "-o", "in-folders", "-q")
        assert run.ends() == 0, run.stderr
        return (
            (tmp_path / "in-folders/results.csv").read_bytes().replace(f"{folder}/".encode(), scans.encode())
        )

    return table


@pytest.fixture
def run(start, bucket):
    """Run the program to its end, and return it; it never tells a secret."""

    def go(*arguments, exit_code=0, variables=None):
        running = start(*arguments, **(variables or bucket.variables))
        assert running.ends() == exit_code, running.stderr
        assert SECRET not in running.stdout + running.stderr
        return running

    return go


@pytest.mark.parametrize("where", ["here", "there"])
def test_the_table_is_that_of_the_same_job_in_folders(run, scans, bucket, local_table, tmp_path, where):
    job = "job" if where == "here" else f"{bucket.url}/job"
    run("submit", scans, "-o", job, "-q", "--save-overlays")

    table = (tmp_path / "job/results.csv").read_bytes() if where == "here" else bucket.get("job/results.csv")
    assert table == local_table(scans)
    printed = run("results", job).stdout.encode()
    assert printed.splitlines() == table.splitlines()


def test_a_job_in_the_store_is_laid_out_as_in_a_folder(run, scans, bucket):
    run("submit", scans, "-o", f"{bucket.url}/job/", "-q", "--save-overlays", "--save-crops")

    names = [key.split("/", 2)[1:] for key in bucket.keys("job/")]
    pages = [name[1].rsplit("-", 1)[0] for name in names if name[0] == "pages"]
    assert pages == [f"{width}-p0001" for width in WIDTHS]
    assert {name[0] for name in names} == {
        "crops", "errors.csv", "job.json", "overlays", "pages", "results.csv", "results.json", "summary.json",
    }  # fmt: skip
    asked = json.loads(bucket.get("job/job.json"))
    assert [page["path"] for page in asked["inputs"]] == [f"{scans}{width}.png" for width in WIDTHS]


def test_the_same_job_is_continued_and_another_refused(run, scans, bucket):
    job = f"{bucket.url}/job"
    run("submit", scans, "-o", job, "-q")

    assert "continued" in run("submit", scans, "-o", job).stderr
    refused = run("submit", f"{scans}21.png", "-o", job, exit_code=6)
    assert "holds another job" in refused.stderr
    forced = run("submit", f"{scans}21.png", "-o", job, "--force", exit_code=6)
    assert "cannot give that another name" in forced.stderr


def test_a_job_that_was_killed_is_resumed(start, run, scans, bucket, script, local_table):
    job = f"{bucket.url}/job"
    script.hold(22)
    killed = start("submit", scans, "-o", job, "-j", "1", **bucket.variables)
    killed.says("job: ")
    wait_until(lambda: script.begun(22), "page 22 begun")
    killed.kill()
    script.release(22)

    shown = json.loads(run("status", job, "--json").stdout)
    assert (shown["read"], shown["missing"], shown["state"]) == (1, 2, "unfinished")
    run("resume", job, "-q")

    assert bucket.get("job/results.csv") == local_table(scans)
    assert len(script.begun(21)) == 2  # once here, once in folders
    assert json.loads(run("status", job, "--json").stdout)["state"] == "done"


def test_failed_pages_are_read_again(run, scans, bucket):
    job, good = f"{bucket.url}/job", bucket.get("scans/22.png")
    bucket.put("scans/22.png", good[:-20])
    run("submit", scans, "-o", job, "-q", exit_code=3)
    assert b"scans/22.png,1,truncated" in bucket.get("job/errors.csv")

    again = run("retry", job, "-q", exit_code=3)

    assert "22.png" in again.stderr
    assert not [key for key in bucket.keys("job/pages/") if key.endswith(".failed")]


def test_a_cancelled_job_goes_on_with_resume(start, run, scans, bucket, script):
    job = f"{bucket.url}/job"
    script.hold(21)
    reading = start("submit", scans, "-o", job, "-j", "1", **bucket.variables)
    wait_until(lambda: script.begun(21), "page 21 begun")
    run("cancel", job)
    assert "job/cancelled.json" in bucket.keys("job/")
    reading.says("job: ")
    script.release(21)
    assert reading.ends() in (0, 130)  # it may have been handed the last page by then

    run("resume", job, "-q")
    assert "job/cancelled.json" not in bucket.keys("job/")
    assert len(bucket.keys("job/pages/")) == len(WIDTHS)


def test_two_that_make_one_job_at_one_moment_make_one(start, scans, bucket):
    job = f"{bucket.url}/job"
    both = [start("submit", scans, "-o", job, "-q", **bucket.variables) for _ in range(2)]

    assert [each.ends() for each in both] == [0, 0], [each.stderr for each in both]
    assert both[0].stdout == both[1].stdout
    assert len(bucket.keys("job/pages/")) == len(WIDTHS)


def test_a_store_that_cannot_create_once_makes_no_job(run, scans, bucket):
    careless = {**bucket.variables, "AWS_ENDPOINT_URL": bucket.careless_endpoint}
    refused = run("submit", scans, "-o", f"{bucket.url}/job", exit_code=6, variables=careless)

    assert "If-None-Match" in refused.stderr
    assert bucket.keys("job/") == []


def test_objects_that_changed_or_vanished_are_told_as_files_are(start, run, scans, bucket, script, tmp_path):
    script.hold(21)
    held = start("submit", scans, "-o", "job", "-j", "1", **bucket.variables)
    wait_until(lambda: script.begun(21), "page 21 begun")
    bucket.put("scans/22.png", png(29))
    bucket.remove("scans/23.png")
    script.release(21)
    assert held.ends() == 3, held.stderr

    errors = (tmp_path / "job/errors.csv").read_text()
    assert f"{scans}22.png,1,file-changed" in errors
    assert f"{scans}23.png,1,file-missing" in errors


def test_one_that_is_not_there_hides_no_other(run, scans, tmp_path):
    run("submit", f"{scans}21.png", f"{scans}nothing.png", f"{scans}22.png", "-o", "job", exit_code=3)
    assert "nothing.png,1,file-missing" in (tmp_path / "job/errors.csv").read_text()


def test_a_limit_on_bytes_holds_for_objects(run, scans, bucket, tmp_path):
    bucket.put("scans/24.png", png(24) + bytes(5000))
    limited = {**bucket.variables, "DIGITIZE_MAX_FILE_BYTES": "1000"}
    run("submit", scans, "-o", "job", "-q", exit_code=3, variables=limited)

    assert f"{scans}24.png,1,too-large" in (tmp_path / "job/errors.csv").read_text()


def test_nobody_there_is_an_error_of_its_own(run, scans, bucket, tmp_path):
    away = {**bucket.variables, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    said = run("submit", scans, "-o", "job", exit_code=10, variables=away)

    assert "does not answer" in said.stderr and "AWS_ENDPOINT_URL" in said.stderr
    assert not (tmp_path / "job").exists()


def test_credentials_that_are_refused_stop_it_with_a_remedy(run, scans, bucket):
    said = run("submit", scans, "-o", "job", "-v", exit_code=10, variables=bucket.strange_variables)

    assert "refuses the credentials" in said.stderr
    assert "AWS_SECRET_ACCESS_KEY" in said.stderr


def test_outside_of_the_roots_nothing_is_asked_for_and_nothing_written(run, scans, bucket, tmp_path):
    roots = {**bucket.variables, "DIGITIZE_ROOTS": f"{tmp_path}:{bucket.url}/scans"}
    other = bucket.put("other/25.png", png(25))

    run("submit", other, "-o", "refused", exit_code=5, variables=roots)
    assert "outside-roots" in (tmp_path / "refused/errors.csv").read_text()
    run("submit", scans, "-o", f"{bucket.url}/job", exit_code=6, variables=roots)
    assert bucket.keys("job/") == []
    run("submit", scans, "-o", "job", "-q", variables=roots)
    assert (tmp_path / "job/results.csv").read_text().count("\n") == 1 + len(WIDTHS)


@pytest.mark.parametrize(
    "command",
    [
        ("watch", "s3://bucket/inbox"),
        ("results", "job", "-o", "s3://bucket/table.csv"),
        ("explain", "job", "1.png:1:1", "-o", "s3://bucket/why.png"),
        ("retrain", "-o", "s3://bucket/model"),
        ("submit", "scans", "--model", "s3://bucket/model"),
        ("synth", "s3://bucket/pages"),
    ],
)
def test_what_stays_local_says_so(digitize, command):
    result = digitize(*command)

    assert result.exit_code == 2
    assert "has to be a local path" in result.stderr


def test_credentials_in_a_url_are_refused_and_not_repeated(digitize):
    result = digitize("submit", f"s3://AKIA:{SECRET}@bucket/scans", "-o", "job")

    assert result.exit_code == 2
    assert "credentials belong into the environment" in " ".join(result.stderr.split())
    assert SECRET not in result.stdout + result.stderr
    assert not Path("job").exists()


def test_another_kind_of_url_is_refused(digitize):
    result = digitize("submit", "https://host/1.png")

    assert result.exit_code == 2
    assert "s3://bucket/folder" in result.stderr
