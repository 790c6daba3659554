"""What a door is."""

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
