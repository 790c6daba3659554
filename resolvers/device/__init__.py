"""Devices: listed, kept by people (keeping, credential), and what they report (reporting)."""

from resolvers.device.credential import issue, revoke, rotate
from resolvers.device.keeping import create, retire, update
from resolvers.device.reading import Wanted, in_property, state_changes
from resolvers.device.reporting import fall_silent, locked, report_state, seen

__all__ = [
    "Wanted",
    "create",
    "fall_silent",
    "in_property",
    "issue",
    "locked",
    "report_state",
    "retire",
    "revoke",
    "rotate",
    "seen",
    "state_changes",
    "update",
]
