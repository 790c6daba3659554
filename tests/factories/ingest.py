"""Measured values and a rejected message of the gates' device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import models
from models.rules.ingest import Transport
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder


def furnish(builder: Builder) -> None:
    """Rows of what devices sent."""
    keys = builder.tenant.keys
    ours = {"property_id": keys["home"], "device_id": keys["device"]}
    measured = {"metric": "temperature", "value": 21.5, "unit": f"{builder.tenant.slug} °C", "occurred_at": NOW}
    builder.add("reading", models.DeviceReading, **ours, **measured)
    builder.add("latest", models.LatestReading, **ours, **measured)
    builder.add(
        "rejected",
        models.RejectedMessage,
        **ours,
        transport=Transport.HTTP,
        digest="0" * 64,
        sequence=7,
        payload=f'{{"from": "{builder.tenant.slug}"}}',
        code="BAD_USER_INPUT",
        reason="sequence: a whole number",
        count=1,
        last_at=NOW,
        dismissed_at=None,
        dismissed_by_id=None,
    )
