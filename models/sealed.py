"""The sealed columns, one registry: what `server.py keys rotate` seals anew and what the start checks keys for.

Whoever keeps a further text column of base64 that the vault sealed (adapters/vault.py) adds it here; a test finds one
that was forgotten by its name, when that ends in `_cipher`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sealed:
    """A text column of a table with `id` and `organization_id`, sealed for the place that `place` names."""

    table: str
    column: str
    place: tuple[str, ...] = ("organization_id", "id")
    hashed: str | None = None  # the column with the keyed hash of the same text, made for the Organization

    @property
    def name(self) -> str:
        """As people are told of it."""
        return f"{self.table}.{self.column}"


SEALED: tuple[Sealed, ...] = (
    Sealed("person", "id_number_cipher", hashed="id_number_hash"),
    Sealed("person", "face_cipher"),
    Sealed("person_key", "wrapped", place=("organization_id", "person_id")),
    Sealed("account_totp", "secret_cipher"),
    Sealed("identity_provider", "secret_cipher"),
    Sealed("oidc_state", "verifier_cipher"),
    Sealed("idempotency_key", "answer"),
)


def marks_sql(length: int = 5) -> str:
    """How many texts of each column begin alike: by the key's id, which decides the first `length` characters."""
    return " UNION ALL ".join(
        f"SELECT '{one.name}' AS place, substr({one.column}, 1, {length}) AS mark, count(*) AS sealed FROM {one.table}"  # noqa: S608 - our own names
        f" WHERE {one.column} IS NOT NULL GROUP BY substr({one.column}, 1, {length})"
        for one in SEALED
    )
