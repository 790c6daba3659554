"""Doors: the few statements that run before an Organization is known, or for all of them.

On PostgreSQL each is a SECURITY DEFINER function `door_<name>` (the application role sees nothing without an
Organization); on SQLite the same SELECT runs as it is. `migrate` installs them, so the text here is the truth.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Door:
    """A statement with named, typed arguments (`$1`, `$2` … in their order) and typed result columns."""

    arguments: dict[str, str]
    columns: dict[str, str]
    sql: str
    postgres: str | None = None  # where the two databases need different words
    writes: bool = False

    def text(self, dialect: str) -> str:
        """The statement's body for one database."""
        if dialect == "postgres":
            body = self.postgres or self.sql
            return body.replace("{array}", "json_agg").replace("{row}", "json_build_array")
        return self.sql.replace("{array}", "json_group_array").replace("{row}", "json_array")


_VIEWER = {
    "session_id": "uuid",
    "account_id": "uuid",
    "organization_id": "uuid",
    "person_id": "uuid",
    "staff_id": "uuid",
    "api_client_id": "uuid",
    "scopes": "text",
    "expires_at": "timestamptz",
    "grants": "text",
    "homes": "text",
}
_RIGHTS = (
    "a.id AS account_id, a.organization_id, a.person_id, a.staff_id,"
    " (SELECT k.id FROM api_client k WHERE k.account_id = a.id) AS api_client_id,"
    " CAST((SELECT k.scopes FROM api_client k WHERE k.account_id = a.id) AS TEXT) AS scopes,"
    " CAST((SELECT {array}({row}(r.role, r.property_id, r.valid_from, r.valid_until,"
    "   (SELECT CAST(c.permissions AS TEXT) FROM custom_role c"
    "    WHERE c.id = r.custom_role_id AND c.archived_at IS NULL)))"
    "  FROM role_assignment r WHERE r.account_id = a.id) AS TEXT) AS grants,"
    " CAST((SELECT"
    "  {array}({row}(o.property_id, o.building_id, o.unit_id, o.move_in_on, o.move_out_on, p.time_zone))"
    "  FROM occupancy o JOIN property p ON p.id = o.property_id WHERE o.person_id = a.person_id) AS TEXT) AS homes"
)

_CLAIM = (
    "UPDATE data_export SET locked_until = $2, attempts = attempts + 1 WHERE id = (SELECT id FROM data_export"
    " WHERE state IN ('WAITING', 'RUNNING') AND (locked_until IS NULL OR locked_until < $1)"
    " ORDER BY created_at LIMIT 1) RETURNING id, organization_id, account_id, attempts"
)

DOORS: dict[str, Door] = {
    "sign_in": Door(
        {"slug": "text", "login": "text"},
        {"account_id": "uuid", "organization_id": "uuid", "password_hash": "text", "locale": "text"},
        "SELECT a.id AS account_id, a.organization_id, a.password_hash, a.locale FROM account a"
        " JOIN organization o ON o.id = a.organization_id"
        " WHERE o.slug = $1 AND a.login = $2 AND a.disabled_at IS NULL",
    ),
    "viewer": Door(
        {"token_hash": "text"},
        _VIEWER,
        "SELECT s.id AS session_id, CASE WHEN t.expires_at < s.expires_at THEN t.expires_at ELSE s.expires_at END"  # noqa: S608 - our own words
        f" AS expires_at, {_RIGHTS} FROM access_token t JOIN session s ON s.id = t.session_id"
        " JOIN account a ON a.id = s.account_id"
        " WHERE t.token_hash = $1 AND s.revoked_at IS NULL AND a.disabled_at IS NULL",
    ),
    # Without a session: work that an account left to us goes on with its rights after it has signed out.
    "account_viewer": Door(
        {"account_id": "uuid", "expires_at": "timestamptz"},
        _VIEWER,
        f"SELECT CAST(NULL AS UUID) AS session_id, $2 AS expires_at, {_RIGHTS} FROM account a"  # noqa: S608 - our own words
        " WHERE a.id = $1 AND a.disabled_at IS NULL",
    ),
    "import_claim": Door(
        {"now": "timestamptz", "until": "timestamptz"},
        {"id": "uuid", "organization_id": "uuid"},
        "UPDATE data_import SET locked_until = $2 WHERE id = (SELECT id FROM data_import"
        " WHERE (ended_at IS NULL OR storage_key IS NOT NULL) AND (locked_until IS NULL OR locked_until < $1)"
        " ORDER BY id LIMIT 1) RETURNING id, organization_id",
        postgres="UPDATE data_import SET locked_until = $2 WHERE id = (SELECT id FROM data_import"
        " WHERE (ended_at IS NULL OR storage_key IS NOT NULL) AND (locked_until IS NULL OR locked_until < $1)"
        " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, organization_id",
        writes=True,
    ),
    "import_hold": Door(
        {"import": "uuid", "until": "timestamptz"},
        {"id": "uuid"},
        "UPDATE data_import SET locked_until = $2 WHERE id = $1 AND ended_at IS NULL RETURNING id",
        writes=True,
    ),
    "device": Door(
        {"device_id": "uuid", "secret_hash": "text"},
        {"organization_id": "uuid", "property_id": "uuid"},
        "SELECT d.organization_id, d.property_id FROM device d JOIN device_credential c ON c.device_id = d.id"
        " WHERE d.id = $1 AND c.secret_hash = $2 AND c.revoked_at IS NULL",
    ),
    "file": Door(
        {"file_id": "uuid"},
        {"storage_key": "text", "thumbnail_key": "text", "media_type": "text", "kind": "text", "name": "text"},
        "SELECT storage_key, thumbnail_key, media_type, kind, name FROM file WHERE id = $1",
    ),
    "file_known": Door(
        {"ids": "uuid[]"},
        {"storage_key": "text", "thumbnail_key": "text"},
        "SELECT storage_key, thumbnail_key FROM file WHERE id IN (SELECT value FROM json_each($1))",
        postgres="SELECT storage_key, thumbnail_key FROM file WHERE id = ANY($1)",
    ),
    "file_delete": Door(
        {"ids": "uuid[]", "before": "timestamptz"},
        {"storage_key": "text", "thumbnail_key": "text"},
        "DELETE FROM file WHERE id IN (SELECT value FROM json_each($1)) AND created_at < $2"
        " RETURNING storage_key, thumbnail_key",
        postgres="DELETE FROM file WHERE id = ANY($1) AND created_at < $2 RETURNING storage_key, thumbnail_key",
        writes=True,
    ),
    "export_claim": Door(
        {"at": "timestamptz", "until": "timestamptz"},
        {"id": "uuid", "organization_id": "uuid", "account_id": "uuid", "attempts": "integer"},
        _CLAIM,
        postgres=_CLAIM.replace("LIMIT 1", "LIMIT 1 FOR UPDATE SKIP LOCKED"),
        writes=True,
    ),
    "export_due": Door(
        {"at": "timestamptz"},
        {"id": "uuid"},
        "SELECT id FROM data_export WHERE state IN ('WAITING', 'RUNNING')"
        " AND (locked_until IS NULL OR locked_until < $1) LIMIT 1",
    ),
    "export_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"id": "uuid"},
        "DELETE FROM data_export WHERE id IN (SELECT id FROM data_export WHERE ended_at < $1"
        " ORDER BY ended_at LIMIT $2) RETURNING id",
        writes=True,
    ),
    "organizations": Door(
        {},
        {"id": "uuid", "slug": "text"},
        "SELECT id, slug FROM organization ORDER BY id LIMIT 1000",
    ),
    "event_heads": Door(
        {"streams": "uuid[]"},
        {"id": "uuid", "position": "bigint", "pruned": "bigint", "epoch": "bigint"},
        "SELECT id, position, pruned, epoch FROM event_stream WHERE id IN (SELECT value FROM json_each($1))",
        postgres="SELECT id, position, pruned, epoch FROM event_stream WHERE id = ANY($1)",
    ),
    "event_read": Door(
        {"stream": "uuid", "after": "bigint", "most": "bigint"},
        {
            "position": "bigint",
            "type": "text",
            "version": "integer",
            "subject_id": "uuid",
            "occurred_at": "timestamptz",
            "audience": "text",
            "data": "text",
        },
        "SELECT position, type, version, subject_id, occurred_at,"
        " CAST(audience AS TEXT) AS audience, CAST(data AS TEXT) AS data FROM event"
        " WHERE stream_id = $1 AND position > $2 ORDER BY position LIMIT $3",
    ),
    "event_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"stream_id": "uuid", "position": "bigint"},
        "DELETE FROM event WHERE (stream_id, position) IN (SELECT stream_id, position FROM event"
        " WHERE occurred_at < $1 ORDER BY occurred_at LIMIT $2) RETURNING stream_id, position",
        writes=True,
    ),
    "event_pruned": Door(
        {"stream": "uuid", "upto": "bigint"},
        {"id": "uuid"},
        "UPDATE event_stream SET pruned = $2 WHERE id = $1 AND pruned < $2 RETURNING id",
        writes=True,
    ),
    "telemetry_prune": Door(
        {"before": "uuid", "most": "bigint"},
        {"gone": "text"},
        "DELETE FROM telemetry WHERE id IN (SELECT id FROM telemetry WHERE id < $1 ORDER BY id LIMIT $2)"
        " RETURNING id AS gone",
        postgres="SELECT gone FROM partitions_drop('telemetry', $1) AS gone",
        writes=True,
    ),
    "access_event_prune": Door(
        {"before": "uuid", "most": "bigint"},
        {"gone": "text"},
        "DELETE FROM access_event WHERE id IN (SELECT id FROM access_event WHERE id < $1 ORDER BY id LIMIT $2)"
        " RETURNING id AS gone",
        postgres="SELECT gone FROM partitions_drop('access_event', $1) AS gone",
        writes=True,
    ),
    "sequence_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"sequence": "bigint"},
        "DELETE FROM device_sequence WHERE (device_id, sequence) IN (SELECT device_id, sequence FROM device_sequence"
        " WHERE recorded_at < $1 ORDER BY recorded_at LIMIT $2) RETURNING sequence",
        writes=True,
    ),
    "rejected_prune": Door(
        {"before": "uuid", "most": "bigint"},
        {"id": "uuid"},
        "DELETE FROM rejected_message WHERE id IN (SELECT id FROM rejected_message WHERE id < $1 ORDER BY id LIMIT $2)"
        " RETURNING id",
        writes=True,
    ),
    "idempotency_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"id": "uuid"},
        "DELETE FROM idempotency_key WHERE id IN (SELECT id FROM idempotency_key WHERE created_at < $1"
        " ORDER BY created_at LIMIT $2) RETURNING id",
        writes=True,
    ),
}
