"""The data set: made once as a template database, checked, and cloned for each run."""

from __future__ import annotations

import hashlib
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from adapters.database.migrate import migrate
from adapters.identity import Passwords
from adapters.settings import Settings
from tests.benchmarks.cluster import check_keys
from tests.conftest import ROLE, ROLE_PASSWORD
from tests.factories.world import NOW, PASSWORD

if TYPE_CHECKING:
    from tests.benchmarks.cluster import Cluster

TEMPLATE, DATABASE = "wuye_template", "wuye_bench"
PEER, PEER_PASSWORD = "peer", "peer"
ROWS = Path(__file__).with_name("data.sql")


@dataclass(frozen=True)
class Scale:
    """How many rows: the full set is that of the issue; bills are units × months."""

    units: int = 20_000
    tickets: int = 200_000
    months: int = 25
    passages: int = 5_000_000

    @classmethod
    def of(cls, share: float) -> Scale:
        """A smaller one, to try the harness."""
        return cls(max(800, int(20_000 * share)), max(8_000, int(200_000 * share)), 25, int(5_000_000 * share))


def edition(scale: Scale) -> str:
    """What a template was made from: another one is made anew."""
    return hashlib.sha256(repr(astuple(scale)).encode() + ROWS.read_bytes()).hexdigest()[:16]


async def prepare(cluster: Cluster, scale: Scale) -> None:
    """The template as `scale` wants it, and a fresh copy of it for this run."""
    wanted = edition(scale)
    found = await cluster.value(
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{TEMPLATE}'"
    )
    if found != wanted:
        await _build(cluster, scale)
        await cluster.execute(f"COMMENT ON DATABASE {TEMPLATE} IS '{wanted}'")
    else:  # what the schema has gained since
        url, admin_url = cluster.url(TEMPLATE, ROLE, ROLE_PASSWORD), cluster.url(TEMPLATE)
        await migrate(Settings(database_url=url, database_admin_url=admin_url), NOW)
    began = time.perf_counter()
    await cluster.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    await cluster.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    await cluster.execute(_peers(), DATABASE)
    size = await cluster.value(f"SELECT pg_size_pretty(pg_database_size('{DATABASE}'))")
    print(f"database of {size} cloned in {time.perf_counter() - began:.0f} s", flush=True)


async def _build(cluster: Cluster, scale: Scale) -> None:
    began = time.perf_counter()
    print("making the data set", flush=True)
    await cluster.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
    await cluster.execute(f"CREATE DATABASE {TEMPLATE}")
    await fill(cluster.url(TEMPLATE, ROLE, ROLE_PASSWORD), cluster.url(TEMPLATE), scale)
    print(f"made in {time.perf_counter() - began:.0f} s", flush=True)


async def fill(url: str, admin_url: str, scale: Scale) -> None:
    """Migrate an empty database and write the rows. Raises AssertionError when they are not what a database holds."""
    await migrate(Settings(database_url=url, database_admin_url=admin_url), NOW)
    hashed = await Passwords(cheap=True).hash(PASSWORD)
    connection = await asyncpg.connect(admin_url, timeout=10)
    try:
        await connection.execute(
            "CREATE TEMP TABLE scale (units int, tickets int, months int, passages bigint, stamp timestamptz,"
            " password_hash text)"
        )
        await connection.execute(
            "INSERT INTO scale VALUES ($1, $2, $3, $4, timestamptz '2024-10-01 00:00:00+00', $5)",
            *astuple(scale),
            hashed,
        )
        await connection.execute(ROWS.read_text())
        await _check(connection)
        await connection.execute("VACUUM (ANALYZE, FREEZE)")
    finally:
        await connection.close()


def _peers() -> str:
    """The role of the peers: it passes row-level security, which favours them. And how PostGraphile does a verb."""
    return f"""
        DO $$ BEGIN
            CREATE ROLE {PEER} LOGIN PASSWORD '{PEER_PASSWORD}' BYPASSRLS;
        EXCEPTION WHEN duplicate_object THEN NULL;
        END $$;
        CREATE SEQUENCE peer_number;
        CREATE FUNCTION ticket_raise(property uuid, unit uuid, category text, words text) RETURNS ticket
        LANGUAGE plpgsql VOLATILE STRICT AS $$
        #variable_conflict use_column
        DECLARE
            raised ticket;
        BEGIN
            INSERT INTO ticket (id, organization_id, number, kind, category, text, status, priority, building_id,
                property_id, unit_id, created_at, updated_at, version)
            SELECT uuidv7(), organization_id, 'B' || nextval('peer_number'), 'REPAIR', $3, $4, 'OPEN', 'NORMAL',
                building_id, property_id, id, now(), now(), 1 FROM unit WHERE id = $2 AND property_id = $1
            RETURNING * INTO raised;
            INSERT INTO work_order (id, organization_id, number, summary, status, priority, building_id, property_id,
                ticket_id, unit_id, created_at, updated_at, version)
            VALUES (uuidv7(), raised.organization_id, raised.number, raised.category, 'CREATED', raised.priority,
                raised.building_id, raised.property_id, raised.id, raised.unit_id, now(), now(), 1);
            RETURN raised;
        END $$;
        GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {PEER};
        GRANT USAGE ON SEQUENCE peer_number TO {PEER};
    """


async def _check(connection: Any) -> None:
    """Foreign keys and books, which the load did not check row by row. Raises AssertionError."""
    await check_keys(connection)
    for problem, sql in (
        ("postings", "SELECT 1 FROM entry GROUP BY posting_id HAVING sum(amount) <> 0"),
        (
            "balances",
            (
                "SELECT 1 FROM ledger_account a LEFT JOIN entry e ON e.ledger_account_id = a.id GROUP BY a.id"
                " HAVING a.balance <> coalesce(sum(e.amount), 0)"
            ),
        ),
        (
            "bills",
            (
                "SELECT 1 FROM bill b JOIN bill_line l ON l.bill_id = b.id GROUP BY b.id"
                " HAVING b.amount <> sum(l.amount) OR count(*) <> 2"
            ),
        ),
    ):
        assert await connection.fetchval(f"SELECT count(*) FROM ({sql}) x") == 0, problem
