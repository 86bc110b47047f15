"""Say how long the tests of some folders took, from the report of the one run.

``python .ci/took.py JUNIT_XML FOLDER...``
"""

import sys
from xml.etree import ElementTree


def main(report: str, *folders: str) -> int:
    """Print a line: the sum, and the slowest."""
    packages = tuple(f"{folder.rstrip('/').replace('/', '.')}." for folder in folders)
    times = {
        f"{case.get('classname')}.{case.get('name')}": float(case.get("time", 0))
        for case in ElementTree.parse(report).iter("testcase")
        if f"{case.get('classname')}.".startswith(packages)
    }
    if not times:
        sys.stderr.write(f"no test of {' '.join(folders)} is in {report}\n")
        return 1
    slowest = max(times, key=lambda name: times[name])
    told = f"{len(times)} tests, {sum(times.values()):.0f} s; the slowest {slowest}, {times[slowest]:.0f} s"
    sys.stdout.write(f"{' '.join(folders)}: {told}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
