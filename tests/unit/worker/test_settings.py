"""Where settings come from, which one wins, and what is refused."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from worker.errors import SettingsInvalid
from worker.printed import Printed
from worker.settings import Settings, config_files, load_settings, origins, unknown_variables


@pytest.fixture(autouse=True)
def nothing_set(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.upper().startswith("DIGITIZE_") or name in ("CELERY_BROKER_URL", "REDIS_URL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def user_file(text):
    path = Path(os.environ["XDG_CONFIG_HOME"], "digitize", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def origin_of(name, settings):
    return next(origin for key, _, origin in origins(settings) if key == name)


def test_defaults():
    settings = load_settings()

    assert settings.broker_url is None
    assert settings.jobs_dir == Path("digitize-jobs")
    assert (settings.task_soft_time_limit_s, settings.task_time_limit_s) == (60, 90)
    assert {origin for _, _, origin in origins(settings)} == {"default"}


def test_flag_beats_environment_beats_file_beats_user_file(monkeypatch):
    user = user_file("pdf_dpi = 100\nmax_pages = 1\njobs = 1\nmax_attempts = 9")
    Path("digitize.toml").write_text("pdf_dpi = 110\nmax_pages = 2\njobs = 2")
    monkeypatch.setenv("DIGITIZE_PDF_DPI", "120")
    monkeypatch.setenv("DIGITIZE_MAX_PAGES", "3")

    settings = load_settings(pdf_dpi=130)

    assert (settings.pdf_dpi, settings.max_pages, settings.jobs, settings.max_attempts) == (130, 3, 2, 9)
    assert origin_of("pdf_dpi", settings) == "flag"
    assert origin_of("max_pages", settings) == "environment DIGITIZE_MAX_PAGES"
    assert origin_of("jobs", settings) == "digitize.toml"
    assert origin_of("max_attempts", settings) == str(user)
    assert origin_of("queue", settings) == "default"


def test_flag_that_was_not_given_decides_nothing(monkeypatch):
    monkeypatch.setenv("DIGITIZE_JOBS", "3")

    assert load_settings(jobs=None).jobs == 3


def test_empty_variable_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", "")
    monkeypatch.setenv("DIGITIZE_JOBS", "")

    settings = load_settings()

    assert settings.broker_url is settings.jobs is None
    assert origin_of("broker_url", settings) == "default"


@pytest.mark.parametrize("variable", ["CELERY_BROKER_URL", "REDIS_URL"])
def test_common_names_of_the_broker(monkeypatch, variable):
    monkeypatch.setenv(variable, "redis://other:6379/1")

    settings = load_settings()

    assert settings.broker_url.get_secret_value() == "redis://other:6379/1"
    assert origin_of("broker_url", settings) == f"environment {variable}"


def test_own_name_of_the_broker_beats_the_common_ones(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://other/0")
    monkeypatch.setenv("DIGITIZE_BROKER_URL", "redis://own/0")

    settings = load_settings()

    assert settings.broker_url.get_secret_value() == "redis://own/0"
    assert origin_of("broker_url", settings) == "environment DIGITIZE_BROKER_URL"


def test_password_is_never_shown(monkeypatch):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", "redis://clerk:sesame@host:6379/0")

    settings = load_settings()

    shown = str(origins(settings)) + repr(settings)
    assert "sesame" not in shown
    assert "redis://clerk:***@host:6379/0" in shown


@pytest.mark.parametrize(
    "url", ["amqp://u:sesame@host", "redis://u:se#same@host/0", "http://host", "nonsense"]
)
def test_refused_broker_does_not_show_its_password(monkeypatch, url):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", url)

    with pytest.raises(SettingsInvalid, match=r"broker_url \(environment DIGITIZE_BROKER_URL\)") as caught:
        load_settings()

    assert "same" not in caught.value.message


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DIGITIZE_JOBS", "0"),
        ("DIGITIZE_PDF_DPI", "many"),
        ("DIGITIZE_PDF_DPI", "5000"),
        ("DIGITIZE_ACCEPT_CONFIDENCE", "1.5"),
        ("DIGITIZE_MAX_IMAGE_PIXELS", "-1"),
        ("DIGITIZE_MAX_MEMORY_MB", "9" * 30),
        ("DIGITIZE_MAX_MEMORY_MB", "9" * 6000),
    ],
)
def test_wrong_variable_is_named(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    assert f"(environment {variable})" in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.remedy == f"Correct the variable {variable}."


def test_limits_have_to_be_ordered(monkeypatch):
    monkeypatch.setenv("DIGITIZE_TASK_SOFT_TIME_LIMIT_S", "90")

    with pytest.raises(SettingsInvalid, match=r"task_soft_time_limit_s \(90\) has to be smaller") as caught:
        load_settings()

    assert caught.value.remedy == "Correct the variable DIGITIZE_TASK_SOFT_TIME_LIMIT_S."


def test_limits_of_two_origins_are_both_named(monkeypatch):
    monkeypatch.setenv("DIGITIZE_TASK_SOFT_TIME_LIMIT_S", "90")
    Path("digitize.toml").write_text("task_time_limit_s = 80\njobs = 2")

    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    places = caught.value.remedy.removeprefix("Correct ").removesuffix(".").split(" or ")
    assert sorted(places) == [
        "task_time_limit_s in digitize.toml",
        "the variable DIGITIZE_TASK_SOFT_TIME_LIMIT_S",
    ]


def test_wrong_flag_is_named():
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(pdf_dpi=5000)

    assert caught.value.remedy == "Correct the flag for pdf_dpi."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("pdf_dpy = 100", "unknown key 'pdf_dpy'"),
        ('pdf_dpi = "100"', "pdf_dpi: "),
        ("jobs = 2.5", "jobs: "),
        ("jobs = 1979-05-27", "jobs: no setting holds a date"),
        ("jobs = ", "not valid TOML"),
        ("[reader]\njobs = 1", "unknown key 'reader'"),
        pytest.param(f"jobs = {'9' * 6000}", "a number is too long", id="a long number"),
        pytest.param(f"jobs = {'[' * 20_000}", "lie too deep within", id="deep lists"),
    ],
)
def test_wrong_file_is_named(text, complaint):
    Path("digitize.toml").write_text(text)

    with pytest.raises(SettingsInvalid, match=r"^digitize\.toml: ") as caught:
        load_settings()

    assert complaint in caught.value.message
    assert "doctor" not in caught.value.remedy


def test_wrong_line_of_a_file_is_named():
    Path("digitize.toml").write_text("pdf_dpi = 5")

    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    assert caught.value.remedy == "Correct pdf_dpi in digitize.toml."


def test_unknown_key_comes_with_the_nearest_one():
    Path("digitize.toml").write_text("pdf_dpy = 100")

    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    assert caught.value.remedy == "Did you mean 'pdf_dpi'?"


def test_file_that_is_no_utf8():
    Path("digitize.toml").write_bytes(b'queue = "\xff"')

    with pytest.raises(SettingsInvalid, match="not valid TOML"):
        load_settings()


def test_paths_in_a_file_may_start_at_home(tmp_path):
    Path("digitize.toml").write_text('model = "~/models/mine"')

    assert load_settings().model == tmp_path / "home" / "models" / "mine"


def test_config_files_that_exist_the_deciding_one_first():
    assert config_files() == ()
    user = user_file("")
    Path("digitize.toml").touch()

    assert config_files() == (Path("digitize.toml"), user)


def test_unknown_variables():
    environ = {"DIGITIZE_JOBZ": "1", "DIGITIZE_JOBS": "1", "digitize_jobs": "1", "PATH": ""}

    assert unknown_variables(environ) == ["DIGITIZE_JOBZ"]


def test_settings_are_frozen():
    with pytest.raises(ValidationError):
        load_settings().jobs = 3


def test_every_setting_is_listed_once():
    assert [name for name, _, _ in origins(load_settings())] == list(Settings.model_fields)


@pytest.mark.parametrize("line", ['max_error_rate = "0.5/1000"', "max_error_rate = 0.0005"])
def test_a_share_of_wrong_numbers_may_be_text_or_a_number(line):
    Path("digitize.toml").write_text(line)
    assert load_settings().max_error_rate == 0.0005


@pytest.mark.parametrize("line", ["max_error_rate = 1", 'max_error_rate = "few"', "max_error_rate = true"])
def test_what_is_no_share_is_refused(line):
    Path("digitize.toml").write_text(line)
    with pytest.raises(SettingsInvalid, match=r"digitize\.toml: max_error_rate: it has to be like 10/1000"):
        load_settings()


def test_confidence_and_share_cannot_both_be_set(monkeypatch):
    Path("digitize.toml").write_text("accept_confidence = 0.9")
    monkeypatch.setenv("DIGITIZE_MAX_ERROR_RATE", "1%")
    with pytest.raises(SettingsInvalid, match="accept_confidence and max_error_rate cannot both") as refused:
        load_settings()
    assert "accept_confidence in digitize.toml" in refused.value.remedy
    assert "the variable DIGITIZE_MAX_ERROR_RATE" in refused.value.remedy


@pytest.mark.parametrize(
    ("stands", "flag"),
    [
        ("accept_confidence = 0.9", {"max_error_rate": 0.01}),
        ("max_error_rate = 0.01", {"accept_confidence": 0.9}),
    ],
)
def test_a_flag_for_one_goes_before_a_file_that_sets_the_other(stands, flag):
    Path("digitize.toml").write_text(stands)
    settings = load_settings(**flag)
    (name,) = flag
    other = stands.split()[0]
    assert (getattr(settings, name), getattr(settings, other)) == (flag[name], None)
    assert (other, "", "default") in origins(settings)


def test_printed_numbers_are_kept_unless_something_else_is_set(monkeypatch):
    assert load_settings().printed is Printed.KEEP
    Path("digitize.toml").write_text('printed = "drop"')
    assert load_settings().printed is Printed.DROP
    monkeypatch.setenv("DIGITIZE_PRINTED", "keep")
    assert ("printed", "keep", "environment DIGITIZE_PRINTED") in origins(load_settings())
    assert load_settings(printed=Printed.DROP).printed is Printed.DROP


def test_what_is_neither_kept_nor_dropped_is_refused_in_plain_words():
    Path("digitize.toml").write_text('printed = "no"')
    with pytest.raises(SettingsInvalid, match=r"printed: it has to be 'keep' or 'drop'"):
        load_settings()


@pytest.mark.parametrize("variable", ["DIGITIZE_ROOTS", "digitize_roots"])
def test_roots_that_are_empty_are_no_leave_to_read_anywhere(monkeypatch, variable):
    monkeypatch.setenv(variable, "")
    with pytest.raises(SettingsInvalid, match=f"{variable} is empty"):
        load_settings()


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.symlink_to("nowhere"), id="a link to nowhere"),
        pytest.param(lambda path: path.symlink_to(path.name), id="a link to itself"),
        pytest.param(lambda path: path.symlink_to(os.devnull), id="a device"),
        pytest.param(os.mkfifo, id="a pipe"),
        pytest.param(Path.mkdir, id="a folder"),
    ],
)
@pytest.mark.parametrize("name", ["digitize.toml", "config/digitize/config.toml"])
def test_what_bears_the_name_of_a_settings_file_and_is_none_is_refused(tmp_path, make, name):
    path = tmp_path / name if "/" in name else Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)
    with pytest.raises(SettingsInvalid, match="cannot be read") as refused:
        load_settings()
    assert refused.value.message.startswith(f"{path}: ")
    assert refused.value.remedy == f"Put a settings file there, or take {path} away."


def test_a_settings_file_that_cannot_even_be_looked_at_is_refused(monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", f"/{'x' * 300}")
    with pytest.raises(SettingsInvalid, match="cannot be read: File name too long"):
        load_settings()


def test_where_a_file_stands_in_place_of_the_users_folder_there_are_no_settings(tmp_path):
    (tmp_path / "config").touch()
    assert config_files() == ()
