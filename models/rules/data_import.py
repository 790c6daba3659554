"""Words of imports (features.md row 6)."""

from enum import Enum

CHUNK_ROWS = 1_000  # rows of one transaction
FAULTS_KEPT = 5_000  # an import remembers so many of its faults; it counts them all


class ImportKind(str, Enum):
    """What a sheet holds: one row per …"""

    PROPERTIES = "PROPERTIES"
    PLACES = "PLACES"
    PEOPLE = "PEOPLE"
    VEHICLES = "VEHICLES"
    DEVICES = "DEVICES"


class ImportMode(str, Enum):
    """What becomes of a sheet with bad rows."""

    ALL_OR_NOTHING = "ALL_OR_NOTHING"
    SKIP_BAD = "SKIP_BAD"


class ImportState(str, Enum):
    """How far an import is."""

    WAITING = "WAITING"
    CHECKING = "CHECKING"
    WRITING = "WRITING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OPEN = frozenset({ImportState.WAITING, ImportState.CHECKING, ImportState.WRITING})
"""States that an import can still leave."""


class ImportFaultCode(str, Enum):
    """What is wrong with a row (or, without a row, with the sheet)."""

    SHEET_TYPE = "SHEET_TYPE"
    SHEET_UNREADABLE = "SHEET_UNREADABLE"
    SHEET_TOO_LARGE = "SHEET_TOO_LARGE"
    SHEET_EMPTY = "SHEET_EMPTY"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    COLUMN_UNKNOWN = "COLUMN_UNKNOWN"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_TWICE = "COLUMN_TWICE"
    VALUE_MISSING = "VALUE_MISSING"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    TEXT_UNREADABLE = "TEXT_UNREADABLE"
    NUMBER_EXPECTED = "NUMBER_EXPECTED"
    NUMBER_OUT_OF_RANGE = "NUMBER_OUT_OF_RANGE"
    NUMBER_NOT_EXACT = "NUMBER_NOT_EXACT"
    DATE_EXPECTED = "DATE_EXPECTED"
    DATES_REVERSED = "DATES_REVERSED"
    WORD_UNKNOWN = "WORD_UNKNOWN"
    PHONE_WRONG = "PHONE_WRONG"
    EMAIL_WRONG = "EMAIL_WRONG"
    ID_NUMBER_WRONG = "ID_NUMBER_WRONG"
    CONSENT_MISSING = "CONSENT_MISSING"
    PLATE_WRONG = "PLATE_WRONG"
    TIME_ZONE_UNKNOWN = "TIME_ZONE_UNKNOWN"
    NEEDS_COLUMN = "NEEDS_COLUMN"
    NOT_FOUND = "NOT_FOUND"
    AMBIGUOUS = "AMBIGUOUS"
    NAME_TAKEN = "NAME_TAKEN"
    ROW_TWICE = "ROW_TWICE"
    ROWS_DIFFER = "ROWS_DIFFER"
    RIGHTS_LOST = "RIGHTS_LOST"
    BROKEN_OFF = "BROKEN_OFF"


class ImportOutcome(str, Enum):
    """What a row did."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
