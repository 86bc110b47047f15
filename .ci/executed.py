"""Fail unless every test with a marker was executed: a skipped test has proven nothing.

``python .ci/executed.py MARKER JUNIT_XML``
"""

import subprocess
import sys
from xml.etree import ElementTree


def main(marker: str, report: str) -> int:
    """Compare what pytest collects for `marker` with what the report says was run."""
    listing = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", marker, "--collect-only", "-q", "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    wanted = {_junit_name(line) for line in listing.splitlines() if "::" in line}
    executed = {
        f"{case.get('classname')}.{case.get('name')}"
        for case in ElementTree.parse(report).iter("testcase")
        if case.find("skipped") is None
    }
    missing = sorted(wanted - executed)
    if not wanted or missing:
        sys.stderr.write(f"tests of {marker} that did not run: {', '.join(missing) or 'there are none'}\n")
        return 1
    sys.stdout.write(f"tests of {marker} that ran: {len(wanted)}\n")
    return 0


def _junit_name(node: str) -> str:
    path, _, name = node.partition("::")
    return f"{path.removesuffix('.py').replace('/', '.')}.{name.replace('::', '.')}"


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
