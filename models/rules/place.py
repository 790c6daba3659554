"""Words of the place tree (features.md rows 1-3)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo


class PropertyKind(str, Enum):
    """What a Property is used for."""

    RESIDENTIAL = "RESIDENTIAL"
    COMMERCIAL = "COMMERCIAL"
    OFFICE = "OFFICE"
    MIXED = "MIXED"


class BillingAreaBasis(str, Enum):
    """Which area of a Unit an area charge counts (rules.md 1)."""

    BUILT_UP = "BUILT_UP"
    INNER = "INNER"


class Orientation(str, Enum):
    """Where the main windows of a Unit look."""

    NORTH = "NORTH"
    NORTH_EAST = "NORTH_EAST"
    EAST = "EAST"
    SOUTH_EAST = "SOUTH_EAST"
    SOUTH = "SOUTH"
    SOUTH_WEST = "SOUTH_WEST"
    WEST = "WEST"
    NORTH_WEST = "NORTH_WEST"
    NORTH_SOUTH = "NORTH_SOUTH"


class UnitUse(str, Enum):
    """What a Unit is used for."""

    DWELLING = "DWELLING"
    SHOP = "SHOP"
    OFFICE = "OFFICE"
    STORAGE = "STORAGE"


class UnitStatus(str, Enum):
    """Whether somebody holds a Unit."""

    VACANT = "VACANT"
    OCCUPIED = "OCCUPIED"
    RENTED = "RENTED"
    RENOVATING = "RENOVATING"


def local_day(at: datetime, time_zone: str) -> date:
    """The calendar day of an instant in a Property's time zone: the day that dates of the Property mean."""
    return at.astimezone(ZoneInfo(time_zone)).date()


@dataclass(frozen=True)
class Spot:
    """A point on the earth, WGS 84, in degrees."""

    latitude: float
    longitude: float


def is_on_earth(latitude: float, longitude: float) -> bool:
    """Whether degrees north and east are in their range; not-a-number is not."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180
