"""One engine over a list of pages, in a process of its own, so that its memory is its own.

Run as ``python -m bench.engines [--model FOLDER] [--printed drop] ENGINE FILES...``; writes JSON to standard
output. The options are for the project's own reader.
"""

import argparse
import csv
import json
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["ENGINES", "available"]

Read = list[tuple[int, str]]
Word = tuple[float, float, float, str]

ENGINES = ("digitize", "tesseract", "rapidocr")


def available(engine: str, python: str) -> bool:
    """Tell whether an engine is installed, for the interpreter that is to run it."""
    if engine == "tesseract":
        return shutil.which("tesseract") is not None
    if engine == "rapidocr":
        probe = [python, "-c", "import onnxruntime, rapidocr"]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    return True


def _lines(words: list[Word]) -> Read:
    """Sort words (left, top, height, text) into lines; a word's digit groups are numbers."""
    found: list[list[Word]] = []
    last = float("-inf")
    for word in sorted(words, key=lambda w: w[1] + w[2] / 2):
        middle = word[1] + word[2] / 2
        if middle - last > 0.6 * word[2]:
            found.append([])
        found[-1].append(word)
        last = middle
    return [
        (line, text)
        for line, members in enumerate(found, start=1)
        for word in sorted(members)
        for text in re.findall(r"\d+", word[3])
    ]


def _digitize(model: Path | None, printed: str) -> Callable[[Path], Read]:
    import cv2

    from segmentation.page import decode_page
    from worker.printed import Printed
    from worker.reader import load_reader

    cv2.setNumThreads(1)
    reader, wanted = load_reader(model), Printed(printed)

    def read(path: Path) -> Read:
        page = decode_page(path.read_bytes())
        # A "?" stays: what is read beside it counts, as it does for the others.
        return [(n.line, n.text) for n in reader.read_page(page, printed=wanted).numbers]

    return read


def _tesseract() -> Callable[[Path], Read]:
    def read(path: Path) -> Read:
        command = [
            "tesseract",
            str(path),
            "-",
            "--psm",
            "6",
            "-c",
            "tessedit_char_whitelist=0123456789",
            "tsv",
        ]
        out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        rows = csv.DictReader(out.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        return _lines(
            [
                (float(r["left"]), float(r["top"]), float(r["height"]), r["text"])
                for r in rows
                if r["level"] == "5" and (r["text"] or "").strip()
            ]
        )

    return read


def _rapidocr() -> Callable[[Path], Read]:
    from rapidocr import RapidOCR

    engine = RapidOCR()

    def read(path: Path) -> Read:
        result = engine(str(path))
        boxes = result.boxes if result.boxes is not None else []
        words = []
        for box, text in zip(boxes, result.txts or [], strict=True):
            xs, ys = [float(p[0]) for p in box], [float(p[1]) for p in box]
            words.append((min(xs), min(ys), max(ys) - min(ys), text))
        return _lines(words)

    return read


def main() -> None:
    """Read the files that the command line names and print what was read."""
    parser = argparse.ArgumentParser(prog="python -m bench.engines")
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--printed", default="keep")
    chosen = parser.parse_args()
    if chosen.engine == "digitize":
        read = _digitize(chosen.model, chosen.printed)
    else:
        read = {"tesseract": _tesseract, "rapidocr": _rapidocr}[chosen.engine]()
    results, seconds = {}, 0.0
    for name in chosen.files:
        started = time.perf_counter()
        results[name] = read(Path(name))
        seconds += time.perf_counter() - started
    who = resource.RUSAGE_CHILDREN if chosen.engine == "tesseract" else resource.RUSAGE_SELF
    peak_mb = resource.getrusage(who).ru_maxrss / 1024
    json.dump({"read": results, "seconds": seconds, "peak_mb": peak_mb}, sys.stdout)


if __name__ == "__main__":
    main()
