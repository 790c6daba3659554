"""Exports of lists (features.md A6): words, columns, and what a cell may hold. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class ExportFormat(str, Enum):
    """What kind of sheet an export writes."""

    CSV = "CSV"
    XLSX = "XLSX"


class ExportState(str, Enum):
    """How far an export is."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OPEN = frozenset({ExportState.WAITING, ExportState.RUNNING})
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAX_NAME = 80
MAX_HEADING = 80
MAX_VARIABLES = 16 * 1024  # characters of JSON
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]+")


class CellKind(str, Enum):
    """What a column's values are, by their type in the contract."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    FLAG = "FLAG"
    DAY = "DAY"
    INSTANT = "INSTANT"


@dataclass(frozen=True)
class Column:
    """A selected leaf: its heading (alias or dotted path) and what it holds."""

    heading: str
    kind: CellKind


_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what could begin one (OWASP)."""
    return f"'{text}" if text[:1] in _FORMULA else text


def name_holds(name: str) -> bool:
    """Whether a file may bear this name on any desk: no path, no control character."""
    return 1 <= len(name) <= MAX_NAME and _NAME.fullmatch(name) is not None and not name.startswith(".")
