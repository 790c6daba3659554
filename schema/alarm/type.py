"""What an alarm is, what is told of it live, and what its verbs take and answer."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import strawberry

import models
from models.rules.alarm import AlarmChange, AlarmSeverity, AlarmType
from models.rules.permission import Permission
from models.rules.ticket import Priority
from resolvers import alarm as usecase
from schema.base import (
    Connection,
    Event,
    Node,
    Payload,
    column,
    computed,
    event,
    happened,
    node,
    ref,
    subject,
    text,
    to_many,
    to_one,
)
from schema.camera import Camera
from schema.device import Device
from schema.file import File
from schema.place import Building, Property
from schema.staff import Staff
from schema.work_order import WorkOrder
from subscriptions import AlarmChanged as Changed


@node(models.Alarm, "告警 = (active | cleared) × (unacknowledged | acknowledged). One is active per source and type.")
class Alarm(Node):
    """Something that somebody should look at."""

    property: Property = to_one("The estate.")
    building: Building | None = to_one("The building.")
    device: Device | None = to_one("The device that it is about.")
    camera: Camera | None = to_one("The camera that saw it.")
    type: AlarmType = column("What it tells of.")
    severity: AlarmSeverity = column("How bad it is; repeats raise it, never lower it.", convert=AlarmSeverity)
    summary: str = column("In words; at most 200 characters.")
    count: int = column("How often its cause was reported while it is active.")
    first_at: datetime = column("The source's time of the first report.")
    last_at: datetime = column("The source's time of the last report.")
    raised_at: datetime = column("Our time of the first report.", source="created_at")
    active: bool = computed(
        "Whether its cause stands.",
        needs=("cleared_at",),
        personal=False,
        compute=lambda row, _viewer: row["cleared_at"] is None,
    )
    acknowledged: bool = computed(
        "Whether somebody has taken note.",
        needs=("acknowledged_at",),
        personal=False,
        compute=lambda row, _viewer: row["acknowledged_at"] is not None,
    )
    acknowledged_at: datetime | None = column("When somebody took note.")
    acknowledged_by: Staff | None = to_one("Who took note.")
    acknowledge_note: str | None = column(
        "What they said with it; null for a viewer without note.read there.", permission=Permission.NOTE_READ
    )
    cleared_at: datetime | None = column("When its cause was gone.")
    cleared_by: Staff | None = to_one("Who cleared it; null when its source did.")
    clear_reason: str | None = column(
        "Why it was cleared; null for a viewer without note.read there.", permission=Permission.NOTE_READ
    )
    escalation_level: int = column("How often it has risen because nobody acknowledged it; 0 at first.")
    escalated_at: datetime | None = column("When it last rose.")
    work_order: WorkOrder | None = to_one("The order that was opened for it.")
    photos: Connection[File] = to_many("What was seen, oldest first.", "File", "alarm_id")
    viewer_can_acknowledge: bool = computed(
        "Whether the viewer may acknowledge it now.",
        needs=("acknowledged_at", "property_id"),
        compute=partial(usecase.viewer_can_handle, "acknowledged_at"),
    )
    viewer_can_clear: bool = computed(
        "Whether the viewer may clear it now.",
        needs=("cleared_at", "property_id"),
        compute=partial(usecase.viewer_can_handle, "cleared_at"),
    )
    viewer_can_open_work_order: bool = computed(
        "Whether the viewer may open a WorkOrder for it now.",
        needs=("work_order_id", "property_id"),
        compute=usecase.viewer_can_open,
    )
    updated_at: datetime = column("When it last changed, apart from the count.")
    version: int = column("Grows by one with each change that is announced; a silent repeat raises `count` alone.")


@event(Changed, "Something happened to an Alarm.")
class AlarmChanged(Event):
    """Something happened to an alarm."""

    alarm: Alarm | None = subject(
        "The alarm as it is at delivery (it may be newer than the event); null when out of sight.", "Alarm"
    )
    change: AlarmChange = happened("What happened.", "change")
    type: AlarmType = happened("What it tells of.", "type")
    severity: AlarmSeverity = happened("How bad it was after the event.", "severity", AlarmSeverity)
    count: int = happened("How often its cause had been reported.", "count")
    escalation_level: int = happened("The level after the event.", "escalation_level")
    active: bool = happened("Whether its cause stood after the event.", "active")
    acknowledged: bool = happened("Whether somebody had taken note.", "acknowledged")
    version: int = happened("The alarm's version after the event: apply it only if it is newer.", "subject_version")


@strawberry.input(description="Which alarms.")
class AlarmFilter:
    """Which alarms."""

    active: bool | None = text("Only those whose cause stands (true) or is gone (false).", optional=True)
    acknowledged: bool | None = text("Only those that somebody has taken note of, or nobody.", optional=True)
    min_severity: AlarmSeverity | None = text("Only those that are at least this bad.", optional=True)
    type: AlarmType | None = text("Only those that tell of this.", optional=True)
    device_id: strawberry.ID | None = ref("Device", "Only those about this Device.", optional=True)
    camera_id: strawberry.ID | None = ref("Camera", "Only those that this Camera saw.", optional=True)


@strawberry.input(description="An alarm that staff raise. Without device, camera and building it is the Property's.")
class AlarmRaiseInput:
    """An alarm that staff raise."""

    property_id: strawberry.ID = ref("Property", "Where it is.")
    type: AlarmType = text("What it tells of.")
    severity: AlarmSeverity = text("How bad it is.")
    summary: str = text("In words; 1 to 200 characters.")
    device_id: strawberry.ID | None = ref("Device", "The device that it is about.", optional=True)
    camera_id: strawberry.ID | None = ref("Camera", "The camera that saw it; not with a device.", optional=True)
    building_id: strawberry.ID | None = ref(
        "Building", "The building, when it is about no device and no camera.", optional=True
    )
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 9 files of fileUpload.", default_factory=list, metadata={"ref": "File"}
    )


@strawberry.input(description="Somebody takes note.")
class AlarmAcknowledgeInput:
    """Somebody takes note."""

    note: str | None = text("What is said with it; at most 2,000 characters.", optional=True)
    expected_version: int | None = text("The version the viewer saw; a newer one is a CONFLICT.", optional=True)


@strawberry.input(description="Its cause is gone.")
class AlarmClearInput:
    """Its cause is gone."""

    reason: str = text("Why; 1 to 200 characters.")
    expected_version: int | None = text("The version the viewer saw; a newer one is a CONFLICT.", optional=True)


@strawberry.input(description="The order of an alarm; {} takes everything from the alarm.")
class AlarmOpenWorkOrderInput:
    """The order of an alarm."""

    summary: str | None = text("What is to be done; 1 to 200 characters; the alarm's without it.", optional=True)
    priority: Priority | None = text("How urgent; by the alarm's severity without it.", optional=True)
    expected_version: int | None = text("The version the viewer saw; a newer one is a CONFLICT.", optional=True)


AFTER_VERB = "The alarm after the verb; on a conflict as it is now."


@strawberry.type(description="Answer to alarmRaise.")
class AlarmRaisePayload(Payload):
    """The alarm."""

    alarm: Alarm | None = strawberry.field(
        default=None, description="The new alarm, or the active one that was repeated."
    )


@strawberry.type(description="Answer to alarmAcknowledge.")
class AlarmAcknowledgePayload(Payload):
    """The alarm after the verb."""

    alarm: Alarm | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to alarmClear.")
class AlarmClearPayload(Payload):
    """The alarm after the verb."""

    alarm: Alarm | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to alarmOpenWorkOrder.")
class AlarmOpenWorkOrderPayload(Payload):
    """The alarm and its order."""

    alarm: Alarm | None = strawberry.field(default=None, description=AFTER_VERB)
    work_order: WorkOrder | None = strawberry.field(default=None, description="The new order.")
