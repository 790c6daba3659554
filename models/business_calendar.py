"""BusinessCalendar (工作日历) and Holiday (节假日/调休): when a Property works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference

if TYPE_CHECKING:
    from uuid import UUID


class BusinessCalendar(Versioned):
    """The hours of a week, of a Property or (without one) of all that have none of their own.

    Each day is a list of texts such as `08:30-12:00`, in the local time of the Property.
    """

    property: Any = reference("Property", null=True)
    monday: Any = fields.JSONField()
    tuesday: Any = fields.JSONField()
    wednesday: Any = fields.JSONField()
    thursday: Any = fields.JSONField()
    friday: Any = fields.JSONField()
    saturday: Any = fields.JSONField()
    sunday: Any = fields.JSONField()

    if TYPE_CHECKING:
        property_id: UUID | None

    class Meta:
        table = "business_calendar"


class Holiday(Versioned):
    """A day that differs from its week: no hours, or others. Of a Property, or of all."""

    property: Any = reference("Property", null=True)
    day = fields.DateField(description="in the Property's zone")
    name = fields.CharField(max_length=40)
    hours: Any = fields.JSONField(description="as in BusinessCalendar; [] is a day off")
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID | None

    class Meta:
        table = "holiday"
