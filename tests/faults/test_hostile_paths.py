"""Names and places that somebody chose to do harm: links, devices, pipes, strange names, nested folders."""

import csv
import json
import os
import shutil
import socket
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.bundle import shipped_bundle
from worker import page_planning
from worker.errors import ModelRefused
from worker.roots import Roots

pytestmark = pytest.mark.usefixtures("ink_reader")


def good_page(path):
    pixels = np.full((60, 90), 255, np.uint8)
    pixels[20:40, 30:34] = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return path


def rows(table):
    with Path(table).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def codes():
    return {row["file"]: row["code"] for row in rows("job/errors.csv")}


def test_links_in_a_folder_lead_nowhere_outside_of_it(digitize):
    good_page(Path("in/1.png"))
    good_page(Path("private/secret.png"))
    good_page(Path("private/more/page.png"))
    Path("in/2.png").symlink_to(Path("private/secret.png").absolute())
    Path("in/3.png").symlink_to("../private/secret.png")
    Path("in/below").symlink_to(Path("private/more").absolute())  # links to folders are not followed
    Path("in/4.png").symlink_to("1.png")

    result = digitize("submit", "in", "-r", "-o", "job")

    assert result.exit_code == 3
    assert codes() == {"in/2.png": "link-outside", "in/3.png": "link-outside"}
    assert "name the link itself to have it read (link-outside)" in result.stderr
    assert [row["file"] for row in rows("job/results.csv")] == ["in/1.png"]
    job = json.loads(Path("job/job.json").read_text())
    assert "secret" not in json.dumps(job["inputs"])


def test_a_link_that_is_named_itself_is_what_was_meant(digitize):
    good_page(Path("elsewhere/page.png"))
    Path("link.png").symlink_to("elsewhere/page.png")
    Path("folder").symlink_to("elsewhere")

    assert digitize("submit", "link.png", "-o", "job").exit_code == 0
    assert digitize("submit", "folder", "-o", "other").exit_code == 0
    assert [row["file"] for row in rows("other/results.csv")] == ["folder/page.png"]


def test_a_file_that_becomes_a_link_after_it_was_found_is_not_read(digitize, monkeypatch):
    secret = good_page(Path("private/secret.png"))
    good_page(Path("in/1.png"))
    read = page_planning.read_place

    def swapped_first(path, **bounds):
        path.unlink()
        path.symlink_to(secret.absolute())
        return read(path, **bounds)

    monkeypatch.setattr(page_planning, "read_place", swapped_first)

    result = digitize("submit", "in", "-o", "job")

    assert result.exit_code == 5
    assert codes() == {"in/1.png": "link-outside"}


def test_a_file_that_becomes_another_after_it_was_submitted_is_not_read(digitize, unfinished_job):
    page, secret = good_page(Path("in/1.png")), good_page(Path("private/secret.png"))
    secret.write_bytes(secret.read_bytes() + b"secret")
    unfinished_job(page)
    page.unlink()
    page.symlink_to(secret.absolute())

    assert digitize("resume", "job").exit_code == 3
    assert codes() == {"in/1.png": "file-changed"}


@pytest.mark.parametrize("named", [True, False], ids=["named", "in a folder"])
def test_what_is_no_file_is_never_opened(digitize, named):
    good_page(Path("in/0.png"))
    os.mkfifo("in/pipe.png")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("in/socket.png")
        if named:
            names = ["in/0.png", "in/pipe.png", "in/socket.png", "/dev/zero", "/dev/stdin"]
        else:
            Path("in/zero.png").symlink_to("/dev/zero")
            names = ["in"]

        result = digitize("submit", *names, "-o", "job")

    assert result.exit_code == 3
    assert set(codes().values()) == {"not-a-regular-file"}
    assert {"in/pipe.png", "in/socket.png", "/dev/zero" if named else "in/zero.png"} <= set(codes())
    assert [row["file"] for row in rows("job/results.csv")] == ["in/0.png"]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc here")
@pytest.mark.parametrize("name", ["/proc/self/environ", "/proc/self/maps", "/proc/cpuinfo", "/proc/self/mem"])
def test_files_of_the_system_that_have_no_length_are_read_in_bounds(digitize, monkeypatch, name):
    monkeypatch.setenv("DIGITIZE_MAX_FILE_BYTES", "100")

    result = digitize("submit", name, "-o", "job")

    assert result.exit_code == 5
    assert set(codes().values()) <= {"too-large", "file-unreadable"}


STRANGE = [
    "-rf.png",
    "--output=x.png",
    "$(touch planted).png",
    "a;touch planted.png",
    "`touch planted`.png",
    "..png",
    "...png",
    "\x1b[2J.png",
    "\x07\x08\r.png",
    "\u202egnp.exe.png",
    "a\nb.png",
    " .png",
    "%s%n.png",
    "a" * 251 + ".png",
    os.fsdecode(b"\xff\xfe.png"),
]


def test_strange_names_in_a_folder_are_names_and_nothing_else(digitize):
    Path("in").mkdir()
    for name in STRANGE:
        good_page(Path("in") / name)

    result = digitize("submit", "in", "-o", "job", "--save-overlays", "--save-crops")

    assert result.exit_code == 0
    hidden = sum(name.startswith(".") for name in STRANGE)
    assert len(rows("job/results.csv")) == len(STRANGE) - hidden
    assert "\x1b" not in result.stdout + result.stderr
    assert "\x07" not in result.stdout + result.stderr
    assert not Path("planted").exists()
    assert {path.name for path in Path().iterdir()} == {"in", "job"}
    assert all(name.isascii() for name in os.listdir("job/pages") + os.listdir("job/overlays"))  # noqa: PTH208


def test_a_name_that_no_file_can_have_is_told(digitize):
    good_page(Path("1.png"))

    result = digitize("submit", "1.png", "x" * 300 + ".png", "/".join(["y" * 200] * 30), "-o", "job")

    assert result.exit_code == 3
    assert set(codes().values()) == {"file-unreadable"}


def test_dots_lead_to_one_file_once(digitize):
    good_page(Path("in/1.png"))

    assert digitize("submit", "in/../in/1.png", "./in//1.png", "in/1.png", "-o", "job").exit_code == 0
    assert len(rows("job/results.csv")) == 1


def test_a_job_in_the_folder_that_it_reads_is_not_read_itself(digitize):
    good_page(Path("in/1.png"))

    first = digitize("submit", "in", "-r", "-o", "in/job", "--save-overlays", "--save-crops")
    again = digitize("submit", "in", "-r", "-o", "in/job", "--save-overlays", "--save-crops")

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "continued" in again.stderr
    assert [row["file"] for row in rows("in/job/results.csv")] == ["in/1.png"]


def test_a_job_that_is_the_folder_that_it_reads_reads_no_overlays(digitize):
    good_page(Path("in/1.png"))

    first = digitize("submit", "in", "-r", "-o", "in", "--save-overlays")
    again = digitize("submit", "in", "-r", "-o", "in", "--save-overlays")

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert [row["file"] for row in rows("in/results.csv")] == ["in/1.png"]


@pytest.mark.parametrize("folder", ["pages", "overlays", "crops"])
def test_results_go_through_no_link_out_of_the_jobs_folder(digitize, unfinished_job, folder):
    page = good_page(Path("1.png"))
    unfinished_job(page, "--save-overlays", "--save-crops")
    Path("elsewhere").mkdir()
    if Path("job", folder).exists():
        Path("job", folder).rmdir()
    Path("job", folder).symlink_to(Path("elsewhere").absolute())

    result = digitize("resume", "job")

    assert result.exit_code == 6
    assert f"job/{folder} is a link; results are never written outside" in result.stderr
    assert list(Path("elsewhere").iterdir()) == []


def test_tables_replace_a_link_and_never_what_it_leads_to(digitize, unfinished_job):
    unfinished_job(good_page(Path("1.png")))
    Path("precious").write_text("kept")
    for table in ("results.csv", "summary.json"):
        Path("job", table).unlink(missing_ok=True)
        Path("job", table).symlink_to(Path("precious").absolute())

    assert digitize("resume", "job").exit_code == 0
    assert Path("precious").read_text() == "kept"
    assert len(rows("job/results.csv")) == 1


class TestRoots:
    """The setting ``roots`` in a run without a queue; behind one: tests/integration/test_redis_hostile.py."""

    def test_pages_elsewhere_are_not_read(self, digitize, monkeypatch):
        good_page(Path("in/1.png"))
        good_page(Path("private/2.png"))
        Path("in/3.png").symlink_to("../private/2.png")
        monkeypatch.setenv("DIGITIZE_ROOTS", f"{Path('in').absolute()}{os.pathsep}{Path('job').absolute()}")

        result = digitize("submit", "in/1.png", "private/2.png", "in/3.png", "-o", "job")

        assert result.exit_code == 3
        assert set(codes().values()) == {"outside-roots"}
        assert [row["file"] for row in rows("job/results.csv")] == ["in/1.png"]

    def test_where_all_lies_elsewhere_the_hint_is_about_the_roots(self, digitize, monkeypatch):
        good_page(Path("private/1.png"))
        monkeypatch.setenv("DIGITIZE_ROOTS", str(Path("job").absolute()))

        elsewhere = digitize("submit", "private/1.png", "-o", "job")
        both = digitize("submit", "private/1.png", "nothing.png", "-o", "job")

        assert (elsewhere.exit_code, both.exit_code) == (5, 5)
        assert "hint: Add its folder to the setting roots (DIGITIZE_ROOTS)" in elsewhere.stderr
        assert "hint: Name PNG" in both.stderr

    def test_a_page_that_was_submitted_without_them_is_not_read_either(
        self, digitize, unfinished_job, monkeypatch
    ):
        unfinished_job(good_page(Path("private/1.png")))
        monkeypatch.setenv("DIGITIZE_ROOTS", str(Path("job").absolute()))

        assert digitize("resume", "job").exit_code == 3
        assert codes() == {"private/1.png": "outside-roots"}

    def test_nothing_is_written_elsewhere(self, digitize, monkeypatch):
        good_page(Path("in/1.png"))
        Path("in/job").symlink_to(Path("elsewhere").absolute())
        Path("elsewhere").mkdir()
        monkeypatch.setenv("DIGITIZE_ROOTS", str(Path("in").absolute()))

        results = [digitize("submit", "in/1.png", "-o", place) for place in ("job", "in/job", "in/../job")]

        assert [result.exit_code for result in results] == [6, 6, 6]
        assert "lies outside of the folders of roots" in results[0].stderr
        assert list(Path("elsewhere").iterdir()) == []
        assert not Path("job").exists()

    def test_a_job_that_was_begun_elsewhere_is_not_gone_on_with(self, digitize, unfinished_job, monkeypatch):
        unfinished_job(good_page(Path("in/1.png")))
        monkeypatch.setenv("DIGITIZE_ROOTS", str(Path("in").absolute()))

        assert digitize("resume", "job").exit_code == 6
        assert list(Path("job/pages").iterdir()) == []

    def test_no_model_is_loaded_from_elsewhere(self, digitize, monkeypatch, trial_here):
        good_page(Path("in/1.png"))
        shutil.copytree(shipped_bundle(), "model")
        monkeypatch.setenv("DIGITIZE_ROOTS", str(Path("in").absolute()))

        result = digitize("submit", "in/1.png", "-o", "in/job", "--model", "model")

        assert result.exit_code == 8
        assert "outside of the folders of roots, and of the registry" in result.stderr
        assert digitize("submit", "in/1.png", "-o", "in/job", "--model", "shipped").exit_code == 0

    def test_a_registry_that_is_not_seen_here_is_the_shipped_model(self, tmp_path):
        roots = Roots((tmp_path / "in",), tmp_path / "registry")
        elsewhere = tmp_path / "home/of/who/submits/current.json"
        roots.check_model(str(elsewhere))

        elsewhere.parent.mkdir(parents=True)
        elsewhere.touch()
        with pytest.raises(ModelRefused):
            roots.check_model(str(elsewhere))

    @pytest.mark.parametrize("value", ["", "/a::/b", ":"])
    def test_an_empty_folder_is_no_root(self, digitize, monkeypatch, value):
        Path("digitize.toml").write_text(f'roots = "{value}"\n')

        result = digitize("doctor")

        assert result.exit_code == 7
        assert "roots" in result.stderr
