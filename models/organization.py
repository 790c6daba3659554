"""Organization (物业公司): the tenant of the system."""

from __future__ import annotations

from tortoise import Model, fields


class Organization(Model):
    """A property-management company. Nothing is ever visible across organizations."""

    id = fields.UUIDField(primary_key=True)
    slug = fields.CharField(max_length=40, description="name at sign-in, unique")
    host = fields.CharField(
        max_length=253, null=True, description="signing in there needs no slug; lower case, no port"
    )
    name = fields.CharField(max_length=120)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "organization"
