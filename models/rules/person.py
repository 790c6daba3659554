"""Words of people and their homes (features.md rows 4-5)."""

from enum import Enum


class OccupancyKind(str, Enum):
    """As what a Person holds a Unit."""

    OWNER = "OWNER"
    CO_OWNER = "CO_OWNER"
    TENANT = "TENANT"
    FAMILY = "FAMILY"
