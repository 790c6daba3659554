"""Exports: whoever asked for one sees it; nobody else does, whatever their role."""

from __future__ import annotations

SEES: dict[str, set[str]] = {"manager": {"export0", "export1"}, "cashier": {"export2"}}
ROOT_LISTS = {"exports": {"export0", "export1", "export2"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"export": "DataExport"}
