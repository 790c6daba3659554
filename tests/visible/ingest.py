"""Who sees what devices sent: measured values with device.read there, rejected messages with ingest.read there."""

from __future__ import annotations

_READINGS = {"reading", "latest"}

SEES: dict[str, set[str]] = {
    **{login: set(_READINGS) for login in ("manager", "control", "tech1", "tech2", "chief")},
    "admin": _READINGS | {"rejected"},
}
ROOT_LISTS: dict[str, set[str]] = {}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {"rejectedMessages": ({"rejected"}, set())}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
DEVICE_LISTS: dict[str, tuple[str, set[str]]] = {"deviceReadings": ('metric: "temperature"', {"reading"})}
SINGLES = {"rejectedMessage": "RejectedMessage"}
