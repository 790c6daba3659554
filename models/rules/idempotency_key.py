"""Idempotency keys: their form, and what a replay asks of whoever asks again (limits.md, promise 2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.viewer import Viewer

LONGEST_KEY = 255
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")


def is_key(text: object) -> bool:
    """Whether `text` is 1 to 255 visible ASCII characters."""
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def rights_of(viewer: Viewer) -> dict[str, Any]:
    """What the viewer holds, JSON-ready: kept beside an answer, because its bytes were made for these rights."""
    return {
        "everywhere": sorted(held.value for held in viewer.everywhere),
        "somewhere": {str(place): sorted(held) for place, held in _by_property(viewer).items()},
        "units": sorted(str(unit) for unit in viewer.units),
        "person": str(viewer.person_id or ""),
        "staff": str(viewer.staff_id or ""),
    }


def still_holds(viewer: Viewer, rights: dict[str, Any]) -> bool:
    """Whether the viewer holds everything that `rights_of` said then; more does no harm."""
    everywhere, now = {held.value for held in viewer.everywhere}, _by_property(viewer)
    return (
        set(rights["everywhere"]) <= everywhere
        and all(set(held) <= everywhere | now.get(place, set()) for place, held in rights["somewhere"].items())
        and set(rights["units"]) <= {str(unit) for unit in viewer.units}
        and rights["person"] == str(viewer.person_id or "")
        and rights["staff"] == str(viewer.staff_id or "")
    )


def _by_property(viewer: Viewer) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for permission, places in viewer.somewhere.items():
        for place in places:
            found.setdefault(str(place), set()).add(permission.value)
    return found
