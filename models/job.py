"""Job: scheduled work as a row, claimed by one worker at a time."""

from __future__ import annotations

from tortoise import Model, fields


class Job(Model):
    """The next run of one kind of work. A claim lasts until `locked_until`; a dead worker's claim lapses."""

    kind = fields.CharField(max_length=60, primary_key=True)
    run_at = fields.DatetimeField()
    locked_until = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    last_done_at = fields.DatetimeField(null=True)
    last_error = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "job"
