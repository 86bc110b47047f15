"""What there is of models, as plain values to be printed: names, figures, state, history."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.bundle import open_bundle, shipped_bundle
from model.errors import BundleInvalid
from model.registry import SHIPPED_NAME, check_files
from worker.asked_model import open_model
from worker.errors import ModelRefused
from worker.no_model import WHOLE_AGAIN, no_model
from worker.promotion import Registry

__all__ = ["ModelEntry", "described", "history", "listed", "model_named"]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the registry, or the shipped one.

    Attributes
    ----------
    name : str
        What it is called here.
    current : bool
        Whether it reads.
    id, recipe, data : str
        As its manifest has them; empty where it is refused.
    digit_accuracy : float or None
        Share of the frozen glyphs of digits that it read, the very ones that the shipped model was judged by;
        None where it was not judged by these, as by a version of the program that draws others. What a
        training measured on its own digits says nothing beside another model.
    problem : str
        Why it is refused; empty for a sound one.
    """

    name: str
    current: bool
    id: str = ""
    recipe: str = ""
    data: str = ""
    digit_accuracy: float | None = None
    problem: str = ""


def listed(registry: Registry) -> list[ModelEntry]:
    """Return the shipped model and those of the registry, in order of their names.

    Raises
    ------
    ModelRefused
        ``current.json`` is damaged.
    """
    current = registry.record().current
    names = [SHIPPED_NAME, *registry.names()]
    if current.name not in names:
        names.append(current.name)
    return [_entry(registry, name, is_current=name == current.name) for name in names]


def _entry(registry: Registry, name: str, *, is_current: bool) -> ModelEntry:
    folder = shipped_bundle() if name == SHIPPED_NAME else registry.folder / name
    try:
        if is_current:
            registry.current_folder()
        bundle = open_bundle(folder)
        check_files(bundle)
    except (BundleInvalid, ModelRefused) as error:
        return ModelEntry(name, is_current, problem=str(error))
    manifest = bundle.manifest
    return ModelEntry(
        name,
        is_current,
        bundle.id,
        str(manifest.get("recipe", "")),
        str(manifest.get("data", "")),
        _judged_share(manifest),
    )


def _judged_share(manifest: dict[str, Any]) -> float | None:
    """Return the share of the frozen digits that a model read, as its manifest has it."""
    same = _shipped_glyphs()
    if same is None or _judged(manifest, "data", "sha256") != same:
        return None
    found = _judged(manifest, "digits", "share")
    return found if isinstance(found, float) else None


def _shipped_glyphs() -> Any:
    """Return the hash of the glyphs that the shipped model was judged by; None where it is damaged."""
    try:
        return _judged(open_bundle(shipped_bundle()).manifest, "data", "sha256")
    except BundleInvalid:
        return None


def _judged(manifest: dict[str, Any], *names: str) -> Any:
    found: Any = manifest
    for name in ("metrics", "judged", *names):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def model_named(registry: Registry, wanted: str) -> Path:
    """Return the folder of a model, by its name or id in the registry, or as a folder.

    Raises
    ------
    ModelRefused
        There is none, whatever stands there instead of a name; or it is the current one and refused.
    """
    found = registry.find(wanted)
    if found is not None:
        return found
    if _is_folder(wanted):
        return Path(wanted)
    raise no_model(wanted, registry.folder)


def _is_folder(wanted: str) -> bool:
    """Tell whether this names a folder; nothing at all would be the current one, and some can name none."""
    try:
        return bool(wanted) and Path(wanted).is_dir()
    except (OSError, ValueError):
        return False


def described(registry: Registry, wanted: str) -> dict[str, Any]:
    """Return everything that is known of a model; its manifest, where it lies, whether it reads.

    Raises
    ------
    ModelRefused
        There is none, or it is refused.
    """
    folder = model_named(registry, wanted)
    bundle = open_model(None if folder == shipped_bundle() else str(folder))
    try:
        check_files(bundle)
    except BundleInvalid as error:
        raise ModelRefused(str(error), remedy=WHOLE_AGAIN) from error
    current = registry.record().current.name
    name = SHIPPED_NAME if folder == shipped_bundle() else folder.name
    reads = shipped_bundle() if current == SHIPPED_NAME else registry.folder / current
    return {
        "name": name,
        "folder": str(folder.absolute()),
        "current": folder.absolute() == reads,
        "sha256": bundle.sha256,
        "manifest": bundle.manifest,
    }


def history(registry: Registry) -> list[dict[str, str]]:
    """Return what was promoted and rolled back, the first change first.

    Raises
    ------
    ModelRefused
        ``current.json`` is damaged.
    """
    return [
        {"at": change.at, "action": change.action, "model": change.model.name, "reason": change.reason}
        for change in registry.record().history
    ]
