"""Who sees what devices sent: measured values with device.read there, rejected messages with ingest.read there."""

from __future__ import annotations

_READINGS = {"reading", "latest"}

SEES: dict[str, set[str]] = {
    **{login: set(_READINGS) for login in ("manager", "control", "tech1", "tech2", "chief", "buyer", "auditor")},
    "admin": _READINGS | {"rejected"},
}
ROOT_LISTS: dict[str, set[str]] = {}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {"rejectedMessages": ({"rejected"}, set())}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
PARENT_LISTS: dict[str, tuple[str, dict[str, set[str]]]] = {
    "deviceReadings": ('metric: "temperature", deviceId', {"device": {"reading"}, "lift": set()})
}
SINGLES = {"rejectedMessage": "RejectedMessage"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(field, arguments) of each verb that takes an id, with ids of `of`."""
    return [("rejectedMessageDismiss", f'id: "{of["rejected"]}", input: {{ expectedVersion: 1 }}')]
