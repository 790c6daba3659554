"""Doors of signing in by somebody else's word."""

from __future__ import annotations

from models.door.base import Door


def _expired(table: str) -> Door:
    """Rows of a table of short lives whose time has been over since before `$1`, some at a time."""
    return Door(
        {"before": "timestamptz", "most": "bigint"},
        {"id": "uuid"},
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE expires_at < $1"  # noqa: S608 - our own words
        " ORDER BY expires_at LIMIT $2) RETURNING id",
        writes=True,
    )


DOORS = {
    "organization_named": Door(
        {"slug": "text", "host": "text"},
        {"id": "uuid"},
        "SELECT id FROM organization WHERE slug = $1 OR ($1 IS NULL AND host = $2)",
    ),
    "identity_provider": Door(
        {"slug": "text", "host": "text", "kind": "text"},
        {
            "id": "uuid",
            "organization_id": "uuid",
            "issuer": "text",
            "client_id": "text",
            "secret_cipher": "text",
            "redirect_uris": "text",
        },
        "SELECT p.id, p.organization_id, p.issuer, p.client_id, p.secret_cipher,"
        " CAST(p.redirect_uris AS TEXT) AS redirect_uris FROM identity_provider p"
        " JOIN organization o ON o.id = p.organization_id"
        " WHERE (o.slug = $1 OR ($1 IS NULL AND o.host = $2)) AND p.kind = $3 AND p.archived_at IS NULL",
    ),
    "oidc_state": Door(
        {"state_hash": "text"},
        {"organization_id": "uuid"},
        "SELECT organization_id FROM oidc_state WHERE state_hash = $1",
    ),
    **{f"{table}_prune": _expired(table) for table in ("oidc_state", "bind_ticket", "sms_code")},
}
