"""Fonts are fetched once, checked by hash, and named; npm is one that the tests write."""

import hashlib
import io
import json
import re
import stat
import sys
import tarfile

import pytest

from model.errors import DataInvalid
from model.fonts import fetch
from model.fonts.catalogue import MANIFEST, Package, read_catalogue, read_manifest
from model.fonts.fetch import FetchFailed, fetch_fonts

#: Copies the package that was asked for into the current folder, as `npm pack` does, and notes it.
NPM = """#!{python}
import pathlib, shutil, sys
store = pathlib.Path({store!r})
assert sys.argv[1:3] == ["pack", "--silent"], sys.argv
with (store / "asked").open("a") as file:
    file.write(sys.argv[3] + "\\n")
name = sys.argv[3].removeprefix("@fontsource/").replace("@", "-") + ".tgz"
if not (store / name).is_file():
    sys.exit("npm error 404")
shutil.copy(store / name, name)
"""


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A folder of packages, and an npm that hands them out."""
    store = tmp_path / "store"
    store.mkdir()
    program = store / "npm"
    program.write_text(NPM.format(python=sys.executable, store=str(store)))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(store))
    return store


def publish(store, name="caveat", version="1.0.0", font=b"font"):
    """Put a package into the store; return what the catalogue would say of it."""
    members = {
        f"files/{name}-latin-400-normal.woff": font,
        f"files/{name}-latin-700-normal.woff": b"bold",
        "LICENSE": b"Open Font License",
        "metadata.json": json.dumps({"family": name.title()}).encode(),
    }
    with tarfile.open(store / f"{name}-{version}.tgz", "w:gz") as archive:
        for member, data in members.items():
            entry = tarfile.TarInfo(f"package/{member}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    packed = (store / f"{name}-{version}.tgz").read_bytes()
    return Package(name, version, "OFL-1.1", "handwriting", hashlib.sha256(packed).hexdigest())


def asked(store):
    path = store / "asked"
    return path.read_text().split() if path.is_file() else []


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_font_comes_with_its_licence_and_an_entry(npm, tmp_path):
    folder = tmp_path / "fonts"

    assert fetch_fonts(folder, [publish(npm), publish(npm, "kalam")]) == 2

    assert files(folder) == [
        "caveat.woff",
        MANIFEST,
        "kalam.woff",
        "licences/caveat.txt",
        "licences/kalam.txt",
    ]
    assert (folder / "caveat.woff").read_bytes() == b"font"
    assert (folder / "licences" / "caveat.txt").read_bytes() == b"Open Font License"
    entry = read_manifest(folder)["caveat.woff"]
    assert (entry.family, entry.version, entry.licence, entry.kind) == (
        "Caveat", "1.0.0", "OFL-1.1", "handwriting",
    )  # fmt: skip
    assert entry.sha256 == hashlib.sha256(b"font").hexdigest()


def test_what_is_there_is_not_fetched_again(npm, tmp_path):
    packages = [publish(npm), publish(npm, "kalam")]
    fetch_fonts(tmp_path, packages)
    (tmp_path / "kalam.woff").write_bytes(b"something else")

    assert fetch_fonts(tmp_path, packages) == 1

    assert asked(npm) == ["@fontsource/caveat@1.0.0", "@fontsource/kalam@1.0.0", "@fontsource/kalam@1.0.0"]
    assert (tmp_path / "kalam.woff").read_bytes() == b"font"


def test_another_version_replaces_the_one_that_is_there(npm, tmp_path):
    fetch_fonts(tmp_path, [publish(npm)])

    fetch_fonts(tmp_path, [publish(npm, version="2.0.0", font=b"newer")])

    assert (tmp_path / "caveat.woff").read_bytes() == b"newer"
    assert [entry.version for entry in read_manifest(tmp_path).values()] == ["2.0.0"]


def test_a_package_of_another_hash_is_refused_and_nothing_of_it_kept(npm, tmp_path):
    expected = publish(npm)
    publish(npm, font=b"forged")

    with pytest.raises(FetchFailed, match=r"@fontsource/caveat@1\.0\.0 .* sha256 differs"):
        fetch_fonts(tmp_path / "fonts", [expected])

    assert files(tmp_path / "fonts") == []


def test_a_run_that_broke_off_goes_on(npm, tmp_path):
    absent = Package("kalam", "1.0.0", "OFL-1.1", "handwriting", "0" * 64)
    with pytest.raises(FetchFailed, match=r"npm could not fetch @fontsource/kalam@1\.0\.0"):
        fetch_fonts(tmp_path / "fonts", [publish(npm), absent])

    assert fetch_fonts(tmp_path / "fonts", [publish(npm), publish(npm, "kalam")]) == 1


def test_without_npm_nothing_can_be_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(FetchFailed, match="npm is not installed"):
        fetch_fonts(tmp_path / "fonts", [Package("caveat", "1", "OFL-1.1", "handwriting", "0" * 64)])


@pytest.mark.parametrize("content", ["no json", "[]", '{"fonts": [{"file": "a.woff"}]}'])
def test_a_damaged_manifest_is_refused(tmp_path, content):
    (tmp_path / MANIFEST).write_text(content)

    with pytest.raises(DataInvalid, match=r"fonts\.json is damaged"):
        read_manifest(tmp_path)


def test_the_command_says_what_it_did(npm, tmp_path, monkeypatch, capsys):
    package = publish(npm)
    monkeypatch.setattr(fetch, "read_catalogue", lambda: [package])

    assert fetch.main([str(tmp_path / "fonts")]) == 0
    assert "1 of 1 fonts fetched" in capsys.readouterr().err


def test_the_command_fails_with_the_reason(npm, tmp_path, monkeypatch, capsys):
    package = publish(npm)
    monkeypatch.setattr(fetch, "read_catalogue", lambda: [package])
    (tmp_path / "fonts").write_text("a file where the folder should be")

    assert fetch.main([str(tmp_path / "fonts")]) == 1
    assert re.fullmatch(r"error: .*fonts.*\n", capsys.readouterr().err)


def test_the_catalogue_names_each_font_once_with_version_hash_and_open_licence():
    packages = read_catalogue()

    assert len({package.name for package in packages}) == len(packages)
    assert len({package.sha256 for package in packages}) == len(packages)
    assert {package.licence for package in packages} <= {"OFL-1.1", "Apache-2.0"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", package.sha256) for package in packages)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", package.version) for package in packages)
    kinds = [package.kind for package in packages]
    assert set(kinds) == {"handwriting", "printed"}
    assert kinds.count("handwriting") >= 40
    assert kinds.count("printed") >= 12
