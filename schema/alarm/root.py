"""Reads, verbs and streams of alarms."""

from __future__ import annotations

from enum import Enum

import strawberry

from models.query import Order
from models.query import Query as Rows
from models.rules.alarm import AlarmSeverity
from models.rules.permission import Permission
from resolvers import alarm as usecase
from schema.alarm.escalation import AlarmEscalation, AlarmEscalationSetInput, AlarmEscalationSetPayload
from schema.alarm.type import (
    Alarm,
    AlarmAcknowledgeInput,
    AlarmAcknowledgePayload,
    AlarmChanged,
    AlarmClearInput,
    AlarmClearPayload,
    AlarmFilter,
    AlarmOpenWorkOrderInput,
    AlarmOpenWorkOrderPayload,
    AlarmRaiseInput,
    AlarmRaisePayload,
)
from schema.base import Cursor, Info, ListOrder, decode, live, many, one, values, verb


@strawberry.enum(description="The order of alarms.")
class AlarmOrder(Enum):
    """The order of alarms."""

    NEWEST = strawberry.enum_value("NEWEST", description="The one that was raised last comes first.")
    OLDEST = strawberry.enum_value("OLDEST", description="The one that was raised first comes first.")
    LAST_REPORTED = strawberry.enum_value(
        "LAST_REPORTED", description="The one whose cause was reported last comes first."
    )
    MOST_SEVERE = strawberry.enum_value(
        "MOST_SEVERE", description="The worst comes first; of equal ones, the one that was raised last."
    )

    @property
    def order(self) -> Order:
        """As the read engine takes it; each has an index (0004_device.sql)."""
        if self is AlarmOrder.LAST_REPORTED:
            return Order("last_at", descending=True)
        if self is AlarmOrder.MOST_SEVERE:
            return Order("severity", descending=True)
        return Order(descending=self is AlarmOrder.NEWEST)


@strawberry.type
class AlarmQuery:
    """Reads of alarms."""

    @many("Alarms of a Property, cleared ones too; a technician sees those of the own orders.", Alarm, page=500)
    def alarms(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: AlarmFilter | None = None,
        order: AlarmOrder = AlarmOrder.NEWEST,
    ) -> Rows:
        """Alarms of a Property."""
        place = decode("Property", property_id, "property_id")
        wanted = usecase.Wanted(**values(filter or AlarmFilter()))
        return usecase.in_property(info.context.viewer, place, order.order, wanted)

    alarm: Alarm | None = one("An Alarm.", "Alarm")

    @many("How long alarms may wait: the company's own rows and those of the viewer's Properties.", AlarmEscalation)
    def alarm_escalations(self, info: Info, order: ListOrder = ListOrder.NEWEST) -> Rows:
        """Waits."""
        return usecase.escalations(info.context.viewer, order.order)


@strawberry.type
class AlarmMutation:
    """Verbs of alarms."""

    @verb(
        "Raise an alarm by hand; the same one, when it is active already, is repeated.",
        permission=Permission.ALARM_HANDLE,
    )
    async def alarm_raise(self, info: Info, input: AlarmRaiseInput) -> AlarmRaisePayload | None:
        """Raise."""
        raised = await usecase.raise_by_hand(info.context.viewer, info.context.house, usecase.Draft(**values(input)))
        return AlarmRaisePayload(alarm=await info.context.show("Alarm", raised.id))

    @verb(
        "Take note of an alarm: it escalates no further. It stays active until its cause is gone.",
        shows="Alarm",
        permission=Permission.ALARM_HANDLE,
    )
    async def alarm_acknowledge(
        self, info: Info, id: strawberry.ID, input: AlarmAcknowledgeInput
    ) -> AlarmAcknowledgePayload | None:
        """Acknowledge."""
        context = info.context
        done = await usecase.acknowledge(context.viewer, context.house, decode("Alarm", id), **values(input))
        return AlarmAcknowledgePayload(alarm=await context.show("Alarm", done.id))

    @verb(
        "Clear an alarm: its cause is gone. Whether somebody took note stays as it is.",
        shows="Alarm",
        permission=Permission.ALARM_HANDLE,
    )
    async def alarm_clear(self, info: Info, id: strawberry.ID, input: AlarmClearInput) -> AlarmClearPayload | None:
        """Clear."""
        context = info.context
        done = await usecase.clear(context.viewer, context.house, decode("Alarm", id), **values(input))
        return AlarmClearPayload(alarm=await context.show("Alarm", done.id))

    @verb(
        "Open a WorkOrder for an alarm, linked both ways; one at most.",
        shows="Alarm",
        permission=Permission.WORK_ORDER_CREATE,
    )
    async def alarm_open_work_order(
        self, info: Info, id: strawberry.ID, input: AlarmOpenWorkOrderInput
    ) -> AlarmOpenWorkOrderPayload | None:
        """Open."""
        context = info.context
        alarm, order = await usecase.open_work_order(
            context.viewer, context.house, decode("Alarm", id), **values(input)
        )
        return AlarmOpenWorkOrderPayload(
            alarm=await context.show("Alarm", alarm.id), work_order=await context.show("WorkOrder", order.id)
        )

    @verb(
        "Set how long alarms of a severity may wait, for a Property or the whole company, from an instant on.",
        permission=Permission.DEVICE_MANAGE,
    )
    async def alarm_escalation_set(
        self, info: Info, input: AlarmEscalationSetInput
    ) -> AlarmEscalationSetPayload | None:
        """Set."""
        row = await usecase.set_waits(info.context.viewer, info.context.house, **values(input))
        return AlarmEscalationSetPayload(alarm_escalation=await info.context.show("AlarmEscalation", row.id))


@strawberry.type
class AlarmSubscription:
    """Alarms live."""

    @live("What happens to the alarms of a Property: also who took note, and when.", AlarmChanged, states=True)
    def alarm_changed(
        self,
        info: Info,
        property_id: strawberry.ID,
        min_severity: AlarmSeverity | None = None,
        after: Cursor | None = None,
    ) -> object:
        """Alarms live."""
        place = decode("Property", property_id, "property_id")
        return usecase.changes(info.context.viewer, place, min_severity, after)
