"""Attempt: one try to prove who one is, counted until its window is over. Belongs to no Organization yet."""

from __future__ import annotations

from tortoise import Model, fields

from models.rules.attempt import AttemptKind


class Attempt(Model):
    """Under way while not `failed`; one that was passed is taken back. Keyed hashes only: no login, no address."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharEnumField(AttemptKind, max_length=20)
    subject = fields.CharField(max_length=64, null=True, description="of what was tried; null when forgiven")
    address = fields.CharField(max_length=64, null=True, description="of where it came from")
    failed = fields.BooleanField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "attempt"
