"""SmsCode (短信验证码): what was sent to a number, as hashes."""

from __future__ import annotations

from tortoise import fields

from models.base import Record


class SmsCode(Record):
    """A code for one number; the newest counts, once, for minutes. Neither number nor code is kept."""

    phone_hash = fields.CharField(max_length=64, description="keyed with the installation's key")
    code_hash = fields.CharField(max_length=64, description="keyed, bound to this row")
    tries = fields.IntField(default=0)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sms_code"
