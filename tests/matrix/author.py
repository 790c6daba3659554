"""Whose a row of the world is, by hand: who may use the verbs of tests/matrix/verb.py that say `author`."""

from __future__ import annotations

from models.rules.permission import Role
from tests.matrix.may import HOLDS

NOT_STAFF = {Role.RESIDENT, Role.PARTNER}
AUTHORS = {
    "ticketCancel": {"resident"},
    "ticketReopen": {"resident"},
    "ticketRate": {"resident"},
    # The resident, or who handles tickets there.
    "ticketComment": {"resident", "manager", "chief", "admin", "desk"},
    # Who carries it out, or who checks work there.
    "workOrderRecordLabour": {"tech1", "manager", "chief", "admin", "desk"},
    "accountUpdate": {"guard", "admin"},
    "sessionRevoke": {"resident", "admin"},
    "identityRemove": {"resident", "admin"},
    # The Person, or who keeps such data there.
    "consentGive": {"resident", "manager", "chief", "admin", "desk"},
    "consentWithdraw": {"resident", "manager", "chief", "admin", "desk"},
    "forumPostUpdate": {"resident"},
    "forumPostDelete": {"resident"},
    "forumReplyDelete": {"neighbour"},
    "exportCancel": {"manager"},
    "notificationRead": {"tech1"},
    "pushDeviceRemove": {"cashier"},
    # Everybody who works there; whose stay it is.
    "attendanceCheckIn": {login for login, (role, place) in HOLDS.items() if role not in NOT_STAFF and place != "away"},
    "attendanceCheckOut": {"tech1"},
    # The assignee of the order, or who keeps the warehouse (and sees the order).
    "workOrderUseMaterial": {"tech1", "manager", "chief", "admin"},
    "stockReturn": {"tech1", "manager", "chief", "admin", "buyer"},
}
