"""Property → Building → Entrance → Unit (楼盘, 楼栋, 单元, 房屋): the place tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.place import BillingAreaBasis, Orientation, PropertyKind, UnitStatus, UnitUse

if TYPE_CHECKING:
    from uuid import UUID


class Property(Versioned):
    """One managed estate. Areas are integers of 1/100 m²."""

    code = fields.CharField(max_length=20, description="short name, unique in the Organization")
    name = fields.CharField(max_length=120)
    kind = fields.CharEnumField(PropertyKind, max_length=32)
    address = fields.CharField(max_length=300)
    latitude = fields.FloatField(null=True, description="degrees, WGS 84")
    longitude = fields.FloatField(null=True, description="degrees, WGS 84")
    land_area = fields.BigIntField(null=True)
    building_area = fields.BigIntField(null=True)
    time_zone = fields.CharField(max_length=40, default="Asia/Shanghai")
    reopen_days = fields.IntField(default=7, description="how long a closed Ticket may be reopened")
    close_days = fields.IntField(default=7, description="after how long a finished Ticket closes by itself")
    remind_minutes = fields.IntField(default=60, description="so long before an appointment one is reminded; 0: never")
    attendance_tolerance_minutes = fields.IntField(default=5, description="so late or early nobody counts as it")
    attendance_ahead_minutes = fields.IntField(default=60, description="so long before a shift one checks in for it")
    attendance_close_minutes = fields.IntField(default=240, description="so long after it a check-out is forgotten")

    class Meta:
        table = "property"


class Building(Versioned):
    """A building of a Property; `position` orders siblings."""

    property: Any = reference("Property")
    code = fields.CharField(max_length=20)
    name = fields.CharField(max_length=120)
    floors_above = fields.IntField()
    floors_below = fields.IntField(default=0)
    position = fields.IntField(default=0)

    if TYPE_CHECKING:
        property_id: UUID

    class Meta:
        table = "building"


class Entrance(Versioned):
    """A staircase or lobby of a Building (单元)."""

    property: Any = reference("Property")
    building: Any = reference("Building")
    code = fields.CharField(max_length=20)
    name = fields.CharField(max_length=120)
    position = fields.IntField(default=0)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID

    class Meta:
        table = "entrance"


class Unit(Versioned):
    """A household, shop or office. Areas are integers of 1/100 m²; `billing_area_basis` says which one counts."""

    property: Any = reference("Property")
    building: Any = reference("Building")
    entrance: Any = reference("Entrance")
    number = fields.CharField(max_length=20)
    floor = fields.IntField()
    layout = fields.CharField(max_length=40, default="", description="户型, such as 三室两厅两卫")
    built_up_area = fields.BigIntField()
    inner_area = fields.BigIntField(null=True)
    billing_area_basis = fields.CharEnumField(BillingAreaBasis, max_length=32)
    orientation = fields.CharEnumField(Orientation, max_length=32, null=True)
    use = fields.CharEnumField(UnitUse, max_length=32)
    status = fields.CharEnumField(UnitStatus, max_length=32)
    position = fields.IntField(default=0)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID
        entrance_id: UUID

    class Meta:
        table = "unit"
