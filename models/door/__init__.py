"""Doors: the few statements that run before an Organization is known, or for all of them.

On PostgreSQL each is a SECURITY DEFINER function `door_<name>` (the application role sees nothing without an
Organization); on SQLite the same SELECT runs as it is. `migrate` installs them, so the text here is the truth.
"""

from __future__ import annotations

from models.door import identity, notification, session
from models.door.base import Door
from models.sealed import marks_sql

__all__ = ["DOORS", "Door"]

_VIEWER = {
    "session_id": "uuid",
    "account_id": "uuid",
    "organization_id": "uuid",
    "person_id": "uuid",
    "staff_id": "uuid",
    "api_client_id": "uuid",
    "scopes": "text",
    "rate_per_minute": "integer",
    "client_until": "timestamptz",
    "totp_at": "timestamptz",
    "expires_at": "timestamptz",
    "grants": "text",
    "homes": "text",
}
_RIGHTS = (
    "a.id AS account_id, a.organization_id, a.person_id, a.staff_id,"
    " k.id AS api_client_id, CAST(k.scopes AS TEXT) AS scopes, k.rate_per_minute, k.expires_at AS client_until,"
    " CAST((SELECT {array}({row}(r.role, r.property_id, r.valid_from, r.valid_until,"
    "   (SELECT CAST(c.permissions AS TEXT) FROM custom_role c"
    "    WHERE c.id = r.custom_role_id AND c.archived_at IS NULL)))"
    "  FROM role_assignment r WHERE r.account_id = a.id) AS TEXT) AS grants,"
    " CAST((SELECT"
    "  {array}({row}(o.property_id, o.building_id, o.unit_id, o.move_in_on, o.move_out_on, p.time_zone))"
    "  FROM occupancy o JOIN property p ON p.id = o.property_id WHERE o.person_id = a.person_id) AS TEXT) AS homes"
)
_VIEWERS = (
    "SELECT t.token_hash, s.id AS session_id, COALESCE((SELECT v.version FROM rights_version v"  # noqa: S608 - our own words
    " WHERE v.organization_id = a.organization_id), 0) AS version,"
    " CASE WHEN t.expires_at < s.expires_at THEN t.expires_at ELSE s.expires_at END AS expires_at, s.totp_at,"
    f" {_RIGHTS} FROM access_token t JOIN session s ON s.id = t.session_id"
    " JOIN account a ON a.id = s.account_id LEFT JOIN api_client k ON k.account_id = a.id"
    " WHERE s.revoked_at IS NULL AND a.disabled_at IS NULL AND k.revoked_at IS NULL AND t.token_hash"
)

_CLAIM = (
    "UPDATE data_export SET locked_until = $2, attempts = attempts + 1 WHERE id = (SELECT id FROM data_export"
    " WHERE state IN ('WAITING', 'RUNNING') AND (locked_until IS NULL OR locked_until < $1)"
    " ORDER BY created_at LIMIT 1) RETURNING id, organization_id, account_id, attempts"
)

DOORS: dict[str, Door] = {
    **identity.DOORS,
    **notification.DOORS,
    **session.DOORS,
    # One statement, so that the count is the one of the rights beside it.
    "viewers": Door(
        {"token_hashes": "text[]"},
        {"token_hash": "text", "version": "bigint", **_VIEWER},
        _VIEWERS + " IN (SELECT value FROM json_each($1))",  # noqa: S608 - our own words
        postgres=_VIEWERS + " = ANY($1)",
    ),
    "rights_versions": Door(
        {"organizations": "uuid[]"},
        {"organization_id": "uuid", "version": "bigint"},
        "SELECT organization_id, version FROM rights_version"
        " WHERE organization_id IN (SELECT value FROM json_each($1))",
        postgres="SELECT organization_id, version FROM rights_version WHERE organization_id = ANY($1)",
    ),
    # Without a session: work that an account left to us goes on with its rights after it has signed out.
    "account_viewer": Door(
        {"account_id": "uuid", "expires_at": "timestamptz"},
        _VIEWER,
        f"SELECT CAST(NULL AS UUID) AS session_id, $2 AS expires_at, a.totp_at, {_RIGHTS} FROM account a"  # noqa: S608 - our own words
        " LEFT JOIN api_client k ON k.account_id = a.id"
        " WHERE a.id = $1 AND a.disabled_at IS NULL AND k.revoked_at IS NULL",
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
        {"device_id": "uuid", "secret_hash": "text", "at": "timestamptz"},
        {"organization_id": "uuid", "property_id": "uuid", "credential_id": "uuid", "last_used_on": "date"},
        "SELECT d.organization_id, d.property_id, c.id AS credential_id, c.last_used_on"
        " FROM device d JOIN device_credential c ON c.device_id = d.id AND c.property_id = d.property_id"
        " WHERE d.id = $1 AND c.secret_hash = $2 AND c.revoked_at IS NULL"
        " AND (c.expires_at IS NULL OR c.expires_at > $3)",
    ),
    "device_used": Door(
        {"credential_id": "uuid", "day": "date"},
        {"id": "uuid"},
        "UPDATE device_credential SET last_used_on = $2 WHERE id = $1"
        " AND (last_used_on IS NULL OR last_used_on < $2) RETURNING id",
        writes=True,
    ),
    "client": Door(
        {"client_id": "uuid", "secret_hash": "text", "at": "timestamptz"},
        {"organization_id": "uuid", "account_id": "uuid", "secret_id": "uuid"},
        # Known without a secret that holds: whose audit a wrong one belongs in.
        "SELECT k.organization_id, k.account_id, (SELECT s.id FROM api_client_secret s"
        " JOIN account a ON a.id = k.account_id"
        " WHERE s.api_client_id = k.id AND s.secret_hash = $2 AND s.revoked_at IS NULL"
        " AND (s.expires_at IS NULL OR s.expires_at > $3)"
        " AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $3) AND a.disabled_at IS NULL"
        " ) AS secret_id FROM api_client k WHERE k.id = $1",
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
    "audit_unsealed": Door(
        {},
        {"organization_id": "uuid"},
        "SELECT DISTINCT organization_id FROM audit_waiting ORDER BY organization_id LIMIT 1000",
    ),
    "audit_sealed": Door(
        {"ids": "uuid[]"},
        {"id": "uuid"},
        "DELETE FROM audit_waiting WHERE id IN (SELECT value FROM json_each($1))"
        " AND id IN (SELECT id FROM audit_seal) RETURNING id",
        postgres="DELETE FROM audit_waiting w WHERE w.id = ANY($1)"
        " AND EXISTS (SELECT 1 FROM audit_seal s WHERE s.id = w.id) RETURNING w.id",
        writes=True,
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
    "sealed_marks": Door(
        {},
        {"place": "text", "mark": "text", "sealed": "bigint"},
        marks_sql(),
    ),
    "dispatch_answered": Door(
        {"organization": "uuid", "property": "uuid"},
        {"id": "uuid"},
        "DELETE FROM dispatch_call WHERE organization_id = $1 AND property_id = $2 RETURNING id",
        writes=True,
    ),
    "erasure_due": Door(
        {"most": "bigint"},
        {"id": "uuid", "organization_id": "uuid"},
        "SELECT id, organization_id FROM erasure WHERE done_at IS NULL ORDER BY id LIMIT $1",
    ),
    "idempotency_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"id": "uuid"},
        "DELETE FROM idempotency_key WHERE id IN (SELECT id FROM idempotency_key WHERE created_at < $1"
        " ORDER BY created_at LIMIT $2) RETURNING id",
        writes=True,
    ),
}
