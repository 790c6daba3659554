"""How long an alarm may wait, in the contract."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.rules.alarm import AlarmSeverity
from schema.base import Node, Payload, column, node, ref, text, to_one
from schema.place import Property


@node(models.AlarmEscalation, "告警升级规则: how long alarms of a severity may wait; the latest effective row holds.")
class AlarmEscalation(Node):
    """How long alarms of a severity may wait."""

    property: Property | None = to_one("Where it holds; null: in every Property that has no row of its own.")
    severity: AlarmSeverity = column("Of which alarms.", convert=AlarmSeverity)
    minutes: list[int] = column(
        "Minutes that an unacknowledged active alarm waits at level 0, 1, … before it rises; [] never rises."
    )
    effective_from: datetime = column("From when on it holds.")
    created_at: datetime = column("When it was set.")


@strawberry.input(description="How long alarms of a severity may wait.")
class AlarmEscalationSetInput:
    """How long alarms of a severity may wait."""

    severity: AlarmSeverity = text("Of which alarms.")
    minutes: list[int] = text("Minutes at level 0, 1, …: up to 5 numbers of 1 to 10,080; [] never rises.")
    property_id: strawberry.ID | None = ref(
        "Property", "Where it holds; the whole company without it, for who manages devices everywhere.", optional=True
    )
    effective_from: datetime | None = text("From when on, not in the past; now without it.", optional=True)


@strawberry.type(description="Answer to alarmEscalationSet.")
class AlarmEscalationSetPayload(Payload):
    """The new row."""

    alarm_escalation: AlarmEscalation | None = strawberry.field(default=None, description="The new row.")
