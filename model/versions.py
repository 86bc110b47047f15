"""The versions of what a training is done with: with others the same seed may give another network."""

import platform
from importlib.metadata import PackageNotFoundError, version

__all__ = ["versions_of_training"]

#: What a manifest calls each part, and the packages that it may come from.
_PARTS = {
    "digitize": ("digitize",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "keras": ("keras",),
    "numpy": ("numpy",),
    "opencv": ("opencv-python-headless", "opencv-python"),
    "ai-edge-litert": ("ai-edge-litert",),
}


def versions_of_training() -> dict[str, str]:
    """Return the version of Python and of each part that a training, or the drawing before it, depends on.

    A part that is not installed as a package, such as this program in a checkout, is left out.
    """
    found = {"python": platform.python_version()}
    for part, packages in _PARTS.items():
        installed = [told for package in packages if (told := _version(package))]
        if installed:
            found[part] = installed[0]
    return found


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
