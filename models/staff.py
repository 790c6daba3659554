"""Staff (员工): the people who work."""

from __future__ import annotations

from tortoise import fields

from models.base import Versioned


class Staff(Versioned):
    """A member of staff of an Organization, employed from day to day (inclusive)."""

    number = fields.CharField(max_length=20, description="工号, unique in the Organization")
    name = fields.CharField(max_length=80)
    phone = fields.CharField(max_length=20, null=True)
    email = fields.CharField(max_length=254, null=True)
    title = fields.CharField(max_length=80, default="")
    employed_from = fields.DateField()
    employed_until = fields.DateField(null=True)

    class Meta:
        table = "staff"
