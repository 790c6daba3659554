"""A point on the earth in the contract."""

from __future__ import annotations

from typing import Any

import strawberry

from models.errors import ErrorCode, Refusal
from models.rules.place import Spot, is_on_earth


@strawberry.type(description="A point on the earth, WGS 84.")
class GeoPoint:
    """A point on the earth."""

    latitude: float = strawberry.field(description="Degrees north, -90 to 90.")
    longitude: float = strawberry.field(description="Degrees east, -180 to 180.")


@strawberry.input(description="A point on the earth, WGS 84.")
class GeoPointInput:
    """A point on the earth."""

    latitude: float = strawberry.field(description="Degrees north, -90 to 90.")
    longitude: float = strawberry.field(description="Degrees east, -180 to 180.")


def point(row: dict[str, Any]) -> GeoPoint | None:
    """Of the columns latitude and longitude."""
    if row["latitude"] is None or row["longitude"] is None:
        return None
    return GeoPoint(latitude=row["latitude"], longitude=row["longitude"])


def spot(given: GeoPointInput, field: str) -> Spot:
    """The point of an input. Raises Refusal BAD_USER_INPUT naming `field`."""
    if not is_on_earth(given.latitude, given.longitude):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="GEO_POINT")
    return Spot(given.latitude, given.longitude)
