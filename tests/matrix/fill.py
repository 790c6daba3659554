"""Gives the world's empty columns a value behind the product's back, so that every field has something to show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from adapters.vault import seal_text
from schema.base.node import NODES
from tests.dump import owner
from tests.factories.world import NOW

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.factories.tenant import Tenant

TEXT, DAY = "canary", date(2026, 1, 1)
# Row: column and value; "@name" is the key of another row, "#" whose it is.
FILL: dict[str, dict[str, Any]] = {
    "access0": {"reason": TEXT},
    "alarm1": {
        "acknowledged_at": NOW,
        "acknowledged_by_id": "@control_staff",
        "acknowledge_note": TEXT,
        "clear_reason": TEXT,
        "cleared_by_id": "@manager_staff",
        "escalated_at": NOW,
        "work_order_id": "@order1",
    },
    "allocation": {"reversed_at": NOW},
    "bill0": {"work_order_id": "@order0", "work_order_number": TEXT},
    "camera0": {"archived_at": NOW, "location": TEXT},
    "charge_item": {"archived_at": NOW},
    "lift": {
        "brand": TEXT,
        "model": TEXT,
        "location": TEXT,
        "notes": TEXT,
        "supplier": TEXT,
        "purchased_on": DAY,
        "installed_on": DAY,
        "warranty_until": DAY,
        "expected_life_months": 120,
        "retired_at": NOW,
        "state_at": NOW,
        "unit_id": "@unit0",
        "cost": 100,
    },
    "credential": {"revoked_at": NOW, "expires_at": NOW, "last_used_on": DAY},
    "gate0": {"building_id": "@building"},
    "neighbour_occupancy": {"share": 5_000},
    "away_resident_occupancy": {"move_out_on": date(2099, 1, 1)},
    "resident_person": {"email": f"{TEXT}@example.com"},
    "payment": {"reversed_at": NOW, "reverse_reason": TEXT},
    "payment_posting": {"account_id": "@cashier"},
    "cashier_staff": {"employed_until": date(2099, 1, 1)},
    "plumbing": {"archived_at": NOW},
    "away_shift": {"archived_at": NOW},
    "duty2": {"cancelled_at": NOW},
    "stay2": {
        **dict.fromkeys(("in_client_at", "out_client_at", "corrected_at"), NOW),
        **dict.fromkeys(("in_latitude", "in_longitude", "out_latitude", "out_longitude"), 30.25),
        **dict.fromkeys(("in_device", "out_device"), TEXT),
    },
    "correction": {"from_checked_out_at": NOW},
    "tech2_skill": {"ended_at": NOW},
    "away_team": {"archived_at": NOW},
    "member2": {"left_on": DAY},
    "ticket0": {
        "appointment_at": NOW,
        "remind_at": NOW,
        "reminded_at": NOW,
        "department": TEXT,
        "handler_id": "@desk_staff",
        "ticket_category_id": "@category1",
        "resolved_at": NOW,
        "closed_at": NOW,
        "cancelled_at": NOW,
        "close_at": NOW,
        "reopen_until": NOW,
        "awaiting_since": NOW,
        "stars": 4,
        "rating_text": TEXT,
        "rated_at": NOW,
    },
    "away_holiday": {"archived_at": NOW},
    "away_target": {"archived_at": NOW},
    "clock0": {"warned_at": NOW, "breached_at": NOW, "ticket_category_id": "@category1"},
    "clock2": {"staff_id": "@tech1_staff", "team_id": "@team"},
    "category1": {
        "kind": "REPAIR",
        "icon": TEXT,
        "skill": TEXT,
        "department": TEXT,
        "handler_id": "@desk_staff",
        "reopen_days": 3,
        "close_days": 4,
        "opens_work_order": True,
        "archived_at": NOW,
    },
    "step1": {"latitude": 30.25, "longitude": 120.5, "staff_id": "@tech1_staff", "assignee_id": "@tech1_staff"},
    "step0": {"person_id": "@resident_person"},
    "item1": {"done_at": NOW, "done_by_id": "@tech1_staff"},
    "unit0": {"orientation": "SOUTH"},
    "order1": {
        **dict.fromkeys(("accepted_at", "declined_at", "departed_at", "started_at", "waiting_at", "completed_at"), NOW),
        **dict.fromkeys(("verified_at", "closed_at", "cancelled_at", "reopened_at", "close_at", "reopen_until"), NOW),
        "result": TEXT,
        "skill": TEXT,
        "contractor_name": TEXT,
        "contractor_phone": "0571-1",
        "contractor_cost": 100,
        "dispatch_decision_id": "@decision1",
        "dispatch_state": "ESCALATED",
        "dispatch_reason": "NOT_ACCEPTED",
        "dispatch_due_at": NOW,
        "escalated_at": NOW,
    },
    "decision1": {"reason": "NOBODY", "decided_by_id": "@manager_staff"},
    "vehicle0": {"colour": TEXT},
    "warehouse": {"address": TEXT},
    "away_warehouse": {"archived_at": NOW},
    "tap": {"archived_at": NOW},
    "stock_tube": {"warning_level": 20_000, "low_at": NOW},
    "batch0": {"expires_on": DAY},
    "used": {"stocktake_id": "@stocktake0", "origin_id": "@moved0"},
    "order_file": {"name": TEXT, "moment": "BEFORE"},
    "program": {"disabled_at": NOW},
    "client": {"expires_at": NOW, "revoked_at": NOW, "rate_per_minute": 60},
    "client_secret": {"expires_at": NOW, "revoked_at": NOW, "last_used_at": NOW},
    "audit_home": {"device_id": "@lift", "person_id": "@resident_person"},
    "organization": {"host": "#.example"},
    "away_resident_person": {"email": f"{TEXT}@example.com", "erased_at": NOW},
    "buyer_role": {"valid_until": datetime(2099, 1, 1, tzinfo=UTC)},
    "resident_session": {"address": "10.0.0.1", "agent": TEXT, "refreshed_at": NOW},
    "identity": {"used_at": NOW},
    "erasure0": {"erased_at": NOW, "done_at": NOW},
    "provider": {"archived_at": NOW},
    "export0": {"file_id": "@export_file"},
    "reply": {"quoted_reply_id": "@hidden_reply"},
    "rejected": {"dismissed_at": NOW},
    "news0": {"read_at": NOW},
    "delivery0": {"kind": "STOCK_LOW", "sent_at": NOW},
    "preference0": {"kind": "STOCK_LOW", "quiet_from": "22:00", "quiet_until": "07:00"},
    "phone": {"removed_at": NOW},
}


async def fill(house: House, tenant: Tenant) -> None:
    """Update the rows of one tenant."""
    for row, columns in FILL.items():
        table = NODES[tenant.types[row]].model._meta.db_table
        values = [_value(tenant, value) for value in columns.values()]
        marks = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, start=2))
        await owner(house, f"UPDATE {table} SET {marks} WHERE id = $1", tenant.keys[row], *values)
    for row in ("resident_person", "away_resident_person"):
        place = (tenant.keys["organization"], tenant.keys[row])
        sealed = [seal_text(house.vault, text, *place) for text in ("11010519491231002X", f"{tenant.slug}-{row}")]
        await owner(house, "UPDATE person SET id_number_cipher = $2, face_cipher = $3 WHERE id = $1", place[1], *sealed)


def _value(tenant: Tenant, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tenant.keys[value[1:]] if value.startswith("@") else value.replace("#", tenant.slug)
