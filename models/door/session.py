"""Doors of signing in: attempts, accounts by their login, refresh tokens; and what of it is thrown away."""

from __future__ import annotations

from models.door.base import Door

_ENDED = "(s.expires_at < $1 OR s.revoked_at < $1)"


def _attempts(column: str) -> Door:
    """The newest tries of a key that count: as many as decide."""
    return Door(
        {"kind": "text", "key": "text", "since": "timestamptz", "most": "bigint"},
        {"created_at": "timestamptz", "failed": "boolean"},
        f"SELECT created_at, failed FROM attempt WHERE kind = $1 AND {column} = $2 AND created_at > $3"  # noqa: S608 - our own words
        " ORDER BY created_at DESC LIMIT $4",
    )


DOORS: dict[str, Door] = {
    "sign_in": Door(
        {"slug": "text", "host": "text", "login": "text"},
        {
            "organization_id": "uuid",
            "account_id": "uuid",
            "password_hash": "text",
            "activation_hash": "text",
            "activation_expires_at": "timestamptz",
        },
        "SELECT o.id AS organization_id, a.id AS account_id, a.password_hash, a.activation_hash,"
        " a.activation_expires_at FROM organization o LEFT JOIN account a"
        " ON a.organization_id = o.id AND a.login = $3 AND a.disabled_at IS NULL"
        " WHERE o.slug = $1 OR ($1 IS NULL AND o.host = $2)",
    ),
    "refresh": Door(
        {"token_hash": "text"},
        {"id": "uuid", "organization_id": "uuid"},
        "SELECT id, organization_id FROM refresh_token WHERE token_hash = $1",
    ),
    "access_token_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"id": "uuid"},
        "DELETE FROM access_token WHERE id IN (SELECT id FROM access_token WHERE expires_at < $1"
        " ORDER BY expires_at LIMIT $2) RETURNING id",
        writes=True,
    ),
    # A used one is kept as long as its session: shown again it ends the session, if there is one to end.
    "refresh_token_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"id": "uuid"},
        f"DELETE FROM refresh_token WHERE id IN (SELECT t.id FROM session s JOIN refresh_token t ON t.session_id = s.id"  # noqa: S608 - our own words
        f" WHERE {_ENDED} LIMIT $2) RETURNING id",
        writes=True,
    ),
    "session_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"id": "uuid"},
        f"DELETE FROM session WHERE id IN (SELECT s.id FROM session s WHERE {_ENDED}"  # noqa: S608 - our own words
        " AND NOT EXISTS (SELECT 1 FROM access_token t WHERE t.session_id = s.id)"
        " AND NOT EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = s.id) LIMIT $2) RETURNING id",
        writes=True,
    ),
    # One caller at a time for a key, until the transaction ends; SQLite has one writer anyway.
    "attempt_lock": Door(
        {"key": "text"},
        {"locked": "text"},
        "SELECT $1 AS locked",
        postgres="SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 10)) AS TEXT) AS locked",
    ),
    "attempt_by_subject": _attempts("subject"),
    "attempt_by_address": _attempts("address"),
    "attempt_add": Door(
        {"id": "uuid", "kind": "text", "subject": "text", "address": "text", "at": "timestamptz"},
        {"id": "uuid"},
        "INSERT INTO attempt (id, kind, subject, address, failed, created_at)"
        " VALUES ($1, $2, $3, $4, FALSE, $5) RETURNING id",
        writes=True,
    ),
    "attempt_fail": Door(
        {"id": "uuid"}, {"id": "uuid"}, "UPDATE attempt SET failed = TRUE WHERE id = $1 RETURNING id", writes=True
    ),
    "attempt_void": Door({"id": "uuid"}, {"id": "uuid"}, "DELETE FROM attempt WHERE id = $1 RETURNING id", writes=True),
    # The address goes on counting its failures: whoever has one account there does not clear them by signing in.
    "attempt_pass": Door(
        {"id": "uuid"},
        {"id": "uuid"},
        "UPDATE attempt SET subject = NULL, address = CASE WHEN attempt.id = $1 THEN NULL ELSE attempt.address END,"
        " failed = TRUE FROM (SELECT kind, subject, address FROM attempt WHERE id = $1) AS own"
        " WHERE attempt.kind = own.kind AND attempt.subject = own.subject"
        " AND (attempt.address = own.address OR attempt.id = $1) AND (attempt.failed OR attempt.id = $1)"
        " RETURNING id",
        writes=True,
    ),
    "attempt_prune": Door(
        {"before": "timestamptz", "most": "bigint"},
        {"id": "uuid"},
        "DELETE FROM attempt WHERE id IN (SELECT id FROM attempt WHERE created_at < $1 ORDER BY created_at LIMIT $2)"
        " RETURNING id",
        writes=True,
    ),
}
