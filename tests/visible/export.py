"""Exports: whoever asked for one sees it; nobody else does, whatever their role."""

from __future__ import annotations

SEES: dict[str, set[str]] = {"manager": {"export0", "export1", "export_file"}, "cashier": {"export2"}}
ROOT_LISTS = {"exports": {"export0", "export1", "export2"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"export": "DataExport"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(field, arguments) of each verb that takes an id, with ids of `of`."""
    return [("exportCancel", f'id: "{of["export0"]}"')]
