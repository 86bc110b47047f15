"""Fetch TensorFlow.js, which is too large to be kept here: by npm, one version, checked by its hash.

``python examples/web/fetch.py`` puts ``tf.es2017.min.js`` beside this file. Only Python and npm are needed.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@tensorflow/tfjs@4.22.0"
# The one that needs no `eval`, which the page forbids.
MEMBER = "package/dist/tf.es2017.min.js"
SHA256 = "a1f9e32fd9b373cf394905050cf0c8c66238b34925846c065db00d2a34d1c040"
TARGET = Path(__file__).with_name("tf.es2017.min.js")


def main() -> int:
    """Fetch it unless it is there already; 1 where that does not work."""
    if TARGET.is_file() and _sha256(TARGET.read_bytes()) == SHA256:
        return 0
    npm = shutil.which("npm")
    if npm is None:
        return _failed("npm is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        packed = subprocess.run(
            [npm, "pack", "--silent", PACKAGE], cwd=scratch, stdout=subprocess.DEVNULL, check=False
        )
        archives = list(Path(scratch).glob("*.tgz"))
        if packed.returncode != 0 or len(archives) != 1:
            return _failed(f"npm could not fetch {PACKAGE}")
        with tarfile.open(archives[0]) as archive:
            member = archive.extractfile(MEMBER)
            library = b"" if member is None else member.read()
    if _sha256(library) != SHA256:
        return _failed(f"{MEMBER} of {PACKAGE} is not the file that was expected: its sha256 differs")
    partial = TARGET.with_suffix(".partial")
    partial.write_bytes(library)
    partial.replace(TARGET)
    return 0


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _failed(why: str) -> int:
    sys.stderr.write(f"error: {why}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
