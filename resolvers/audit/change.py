"""What an entry says was changed, column by column, as a viewer may read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from adapters.vault import VaultError
from models.rules.audit import permission_of
from models.rules.audit_chain import canonical
from models.rules.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.value_key import ValueKey
    from models.viewer import Viewer

MOST_CHANGES = 200
_SEALED = {"person", "sealed"}
_CHANGED = "changed"  # an import says below it what rows became


@dataclass(frozen=True)
class Change:
    """One column before and after; null where there was nothing, where it is erased and where it is hidden."""

    field: str
    before: str | None
    after: str | None
    is_erased: bool
    is_hidden: bool


def people_of(entry: Mapping[str, Any]) -> set[UUID]:
    """Whose keys it takes to read the entry."""
    leaves = [*_leaves(entry["before"]), *_leaves(entry["after"])]
    return {UUID(leaf["person"]) for _, leaf in leaves if _is_sealed(leaf)}


def count_changes(entry: Mapping[str, Any]) -> int:
    """How many columns the entry names."""
    return len({path for side in ("before", "after") for path, _ in _leaves(entry[side])})


def changes(entry: Mapping[str, Any], viewer: Viewer, keys: Mapping[UUID, ValueKey | None]) -> list[Change]:
    """The first MOST_CHANGES columns by name. Personal values are opened for who may see them where they live."""
    before, after = dict(_leaves(entry["before"])), dict(_leaves(entry["after"]))
    paths = sorted({*before, *after})[:MOST_CHANGES]
    return [_change(entry, viewer, keys, path, before.get(path), after.get(path)) for path in paths]


def _change(
    entry: Mapping[str, Any],
    viewer: Viewer,
    keys: Mapping[UUID, ValueKey | None],
    path: tuple[str, ...],
    before: Any,
    after: Any,
) -> Change:
    model = path[-3] if len(path) > 2 else entry["subject_type"]  # an import names table and row before the column
    needed = permission_of(model, path[-1])
    if needed is None and (_is_sealed(before) or _is_sealed(after)):
        needed = Permission.PERSON_CONTACT
    name = ".".join(path)
    if needed is not None and not _may(viewer, needed, entry["property_id"]):
        return Change(name, None, None, is_erased=False, is_hidden=True)
    (old, lost), (new, gone) = (_opened(value, keys, entry["id"]) for value in (before, after))
    return Change(name, _text(old), _text(new), is_erased=lost or gone, is_hidden=False)


def _may(viewer: Viewer, permission: Permission, property_id: UUID | None) -> bool:
    """What belongs to no Property is for who may everywhere."""
    return permission in viewer.everywhere if property_id is None else viewer.may(permission, property_id)


def _opened(value: Any, keys: Mapping[UUID, ValueKey | None], entry_id: UUID) -> tuple[Any, bool]:
    """The value, and whether nobody can open it any more."""
    if not _is_sealed(value):
        return value, False
    key = keys.get(UUID(value["person"]))
    if key is None or value["sealed"] is None:
        return None, True
    try:
        return orjson.loads(key.open(value["sealed"], entry_id)), False
    except (VaultError, ValueError):  # somebody changed it: `audit verify` says so
        return None, True


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else canonical(value)


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Columns with their values: objects are walked into, lists are values."""
    if not isinstance(value, dict) or (path and (not value or _is_sealed(value))):
        if path:
            yield path, value
        return
    for name, part in value.items():
        yield from _leaves(part, path if not path and name == _CHANGED and isinstance(part, dict) else (*path, name))


def _is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _SEALED
