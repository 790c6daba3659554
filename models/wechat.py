"""BindTicket (绑定凭据): a WeChat user that no Account has yet."""

from __future__ import annotations

from tortoise import fields

from models.base import Record


class BindTicket(Record):
    """A proven subject that no Account has yet: whoever signs in otherwise may claim it, once, within minutes."""

    ticket_hash = fields.CharField(max_length=64)
    issuer = fields.CharField(max_length=500)
    subject = fields.CharField(max_length=255)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "bind_ticket"
