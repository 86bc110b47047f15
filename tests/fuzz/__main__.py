"""Read thousands of damaged files of every kind, and find out whether one harms another: ``make fuzz``.

Exits with 1 when something got beyond its own file: a sound page of the same job was not read as it should
be, a page was left without a record, a file was changed, the process that submits met with an error that is
not meant for people, or a process took more memory than it may. What costs its own process, and nothing
else, is counted and named.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.corpus import KINDS
from tests.fuzz.pages import MEMORY_MB, TIME_LIMIT_S, fuzz_pages
from tests.fuzz.texts import TARGETS, fuzz_texts, limited_process

#: Pictures of one job: a folder of more takes longer to look through than to read.
_PER_JOB = 500
#: Of all files, so many are pictures; of the rest a text costs more, and tells more, than a picture.
_PICTURES = 0.8


def main() -> int:
    """Do so, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="how many, over all targets")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same files")
    parser.add_argument("--only", default="", metavar="A,B", help=f"some of {', '.join((*KINDS, *TARGETS))}")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where files are put that cost a process")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="processes that read pictures")
    parser.add_argument(
        "--whole", action="store_true", help="have pictures read by the model, not only decoded; takes longer"
    )
    asked = parser.parse_args()
    wanted = asked.only.split(",") if asked.only else [*KINDS, *TARGETS]
    if unknown := set(wanted) - {*KINDS, *TARGETS}:
        parser.error(f"no target {', '.join(sorted(unknown))}")
    pictures = [name for name in wanted if name in KINDS]
    share = _PICTURES if 0 < len(pictures) < len(wanted) else 1.0
    each = {name: round(asked.files * share / len(pictures)) for name in pictures}
    texts = [name for name in wanted if name not in pictures]
    rest = asked.files - sum(each.values())
    each |= {name: rest // len(texts) + (k < rest % len(texts)) for k, name in enumerate(texts)}

    print(f"seed {asked.seed}; a page may cost {MEMORY_MB} MB and {TIME_LIMIT_S} s")
    harm = [line for name in wanted for line in _fuzz(name, each[name], asked)]
    for line in harm:
        print(f"HARM {line}")
    print(f"{sum(each.values())} files, of which {len(harm)} did harm beyond themselves")
    return 1 if harm else 0


def _fuzz(name: str, count: int, asked: argparse.Namespace) -> list[str]:
    """Do so for one target, and return what did harm."""
    start_s = time.monotonic()
    if name in KINDS:
        told, harm = _fuzz_pictures(name, count, asked)
    else:
        with tempfile.TemporaryDirectory(prefix="digitize-fuzz-") as folder, limited_process() as pool:
            found = fuzz_texts(name, count, asked.seed, Path(folder).resolve(), pool)
        told, harm = dict(found.outcomes), [f"{name}: {line}" for line in found.broken]
    print(f"{name}: {count} files in {time.monotonic() - start_s:.0f} s: {told}", flush=True)
    return harm


def _fuzz_pictures(kind: str, count: int, asked: argparse.Namespace) -> tuple[dict[str, int], list[str]]:
    codes: dict[str, int] = {}
    harm: list[str] = []
    peak_mb = 0.0
    for number, start in enumerate(range(0, count, _PER_JOB)):
        with tempfile.TemporaryDirectory(prefix="digitize-fuzz-") as folder:
            size = min(_PER_JOB, count - start)
            found = fuzz_pages(
                [kind],
                size,
                asked.seed * 1000 + number,
                Path(folder).resolve(),
                jobs=asked.jobs,
                whole=asked.whole,
            )
            for code, pages in found.codes.items():
                codes[code] = codes.get(code, 0) + pages
            for what, files in found.bad.items():
                codes[what] = codes.get(what, 0) + len(files)
                _keep(what, files, asked.keep)
        harm += [f"{kind}: {line}" for line in found.broken]
        peak_mb = max(peak_mb, found.peak_mb)
    return {**codes, "peak MB": round(peak_mb)}, harm


def _keep(what: str, files: list[Path], folder: Path | None) -> None:
    """Put files where somebody can look at them."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        job = file.parent.parent.name.rpartition("-")[2]
        shutil.copyfile(file, folder / f"{what.partition(':')[0].replace(' ', '-')}-{job}-{file.name}")


if __name__ == "__main__":
    sys.exit(main())
