"""Doors of the ways out: deliveries of all companies, claimed by whichever worker comes first."""

from __future__ import annotations

from models.door.base import Door

_DUE = "state = 'WAITING' AND due_at <= $1 AND (locked_until IS NULL OR locked_until < $1)"
_CLAIM = (
    "UPDATE notification_delivery SET locked_until = $2, attempts = attempts + 1 WHERE id IN"  # noqa: S608 - our own words
    f" (SELECT id FROM notification_delivery WHERE {_DUE} ORDER BY due_at LIMIT $3)"
    " RETURNING id, organization_id, channel, attempts, once_key"
)

DOORS: dict[str, Door] = {
    "delivery_due": Door(
        {"at": "timestamptz"},
        {"id": "uuid"},
        f"SELECT id FROM notification_delivery WHERE {_DUE} LIMIT 1",  # noqa: S608 - our own words
    ),
    "delivery_claim": Door(
        {"at": "timestamptz", "until": "timestamptz", "most": "bigint"},
        {"id": "uuid", "organization_id": "uuid", "channel": "text", "attempts": "integer", "once_key": "text"},
        _CLAIM,
        postgres=_CLAIM.replace("LIMIT $3", "LIMIT $3 FOR UPDATE SKIP LOCKED"),
        writes=True,
    ),
    # What is old goes, first the deliveries of it.
    "delivery_prune": Door(
        {"before": "uuid", "most": "bigint"},
        {"id": "uuid"},
        "DELETE FROM notification_delivery WHERE id IN (SELECT d.id FROM notification_delivery d"
        " WHERE d.notification_id < $1 ORDER BY d.notification_id LIMIT $2) RETURNING id",
        writes=True,
    ),
    "notification_prune": Door(
        {"before": "uuid", "most": "bigint"},
        {"id": "uuid"},
        "DELETE FROM notification WHERE id IN (SELECT n.id FROM notification n WHERE n.id < $1"
        " AND NOT EXISTS (SELECT 1 FROM notification_delivery d WHERE d.notification_id = n.id)"
        " ORDER BY n.id LIMIT $2) RETURNING id",
        writes=True,
    ),
}
