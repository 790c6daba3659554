"""What of a row is personal, whom it is about, and who may read it in the audit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models.rules.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_P = Permission
# The column that names the Person whom a row is about.
PERSON_OF = {
    "Person": "id",
    "Occupancy": "person_id",
    "Account": "person_id",
    "Vehicle": "owner_id",
    "Ticket": "reporter_id",
    "TicketEntry": "reporter_id",
    "WorkOrder": "reporter_id",
    "Bill": "payer_id",
    "Payment": "payer_id",
    "ForumPost": "person_id",
    "ForumReply": "person_id",
    "PersonKey": "person_id",
}
# Columns whose values are sealed under the Person's key, and what it takes to read them in the audit.
PERSONAL: dict[str, dict[str, Permission]] = {
    "Person": {"name": _P.PERSON_READ, "phone": _P.PERSON_CONTACT, "email": _P.PERSON_CONTACT},
    "Account": {"login": _P.ACCOUNT_READ},
    "Vehicle": {"plate": _P.VEHICLE_READ, "brand": _P.VEHICLE_READ, "colour": _P.VEHICLE_READ},
    "Ticket": {"text": _P.TICKET_READ, "rating_text": _P.TICKET_READ},
    "TicketEntry": {"text": _P.NOTE_READ},
    "WorkOrder": {"summary": _P.WORK_ORDER_READ, "result": _P.WORK_ORDER_READ},
    "ForumPost": {"author_name": _P.FORUM_READ, "title": _P.FORUM_READ, "text": _P.FORUM_READ},
    "ForumReply": {"author_name": _P.FORUM_READ, "text": _P.FORUM_READ},
}
# Further columns that the contract shows to some only: kept in the clear, and hidden in the audit likewise.
GUARDED: dict[str, dict[str, Permission]] = {
    "Staff": {"phone": _P.STAFF_READ, "email": _P.STAFF_READ},
    "Device": {"supplier": _P.COST_READ, "cost": _P.COST_READ, "notes": _P.NOTE_READ},
    "Alarm": {"acknowledge_note": _P.NOTE_READ, "clear_reason": _P.NOTE_READ},
    "StockMovement": {"value": _P.COST_READ},
    "StockBalance": {"value": _P.COST_READ, "average_cost": _P.COST_READ},
    "WorkOrder": {
        "labour_cost": _P.COST_READ,
        "contractor_name": _P.NOTE_READ,
        "contractor_phone": _P.NOTE_READ,
        "contractor_cost": _P.COST_READ,
    },
    "WorkOrderStep": {"note": _P.NOTE_READ, "latitude": _P.NOTE_READ, "longitude": _P.NOTE_READ},
    "WorkOrderLabour": {"cost": _P.COST_READ},
}


SECURITY = "security."  # what was refused begins with it


class AuditActor(str, Enum):
    """What kind of actor did it."""

    ACCOUNT = "ACCOUNT"
    API_CLIENT = "API_CLIENT"
    DEVICE = "DEVICE"
    JOB = "JOB"
    COMMAND = "COMMAND"


@dataclass(frozen=True, slots=True)
class Personal:
    """A value about a Person, on its way into the audit: sealed before it is written."""

    person_id: UUID
    value: Any


def permission_of(model: str, column: str) -> Permission | None:
    """What it takes to read a column's values in the audit, besides audit.read."""
    return PERSONAL.get(model, {}).get(column) or GUARDED.get(model, {}).get(column)


def marked(model: str, values: dict[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """`values` of a row of `model`, the personal ones marked with the Person that `row` names; nulls stay."""
    personal = PERSONAL.get(model)
    person = row.get(PERSON_OF[model]) if personal else None
    if not personal or person is None:
        return values
    id_ = person if isinstance(person, UUID) else UUID(str(person))
    return {
        name: Personal(id_, value) if name in personal and value is not None else value
        for name, value in values.items()
    }


def people_in(value: Any) -> Iterable[UUID]:
    """The people whose values are in a tree of JSON values with `Personal` leaves."""
    if isinstance(value, Personal):
        yield value.person_id
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from people_in(part)


def replaced(value: Any, seal: Callable[[Personal], Any]) -> Any:
    """The same tree with each `Personal` leaf given to `seal`."""
    if isinstance(value, Personal):
        return seal(value)
    if isinstance(value, dict):
        return {name: replaced(part, seal) for name, part in value.items()}
    return value


# Never in an audit.
SECRET = frozenset(
    {
        "password_hash",
        "token_hash",
        "token",  # of a phone
        "secret_hash",
        "activation_hash",
        "code_hash",
        "secret_cipher",
        "id_number_cipher",
        "id_number_hash",
        "face_cipher",
    }
)
