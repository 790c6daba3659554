"""Migrations on both databases: what they leave behind, run twice, run at once, edited, missing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

import models
from adapters.database import migrate as migration
from adapters.database.migrate import check_schema, migrate
from adapters.settings import Settings, SettingsError
from tests.factories.world import NOW
from tests.manifest import MANIFEST, Manifest, of_both, of_postgres, of_sqlite
from tests.servers.product import Product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.postgres import PostgresServer

ROLE, PASSWORD = "wuye_app", "application"
PARALLEL = 4


@pytest.fixture
def bare(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> Iterator[Settings]:
    """A database without any table."""
    if backend == "sqlite":
        yield Settings(database_url=f"sqlite://{tmp_path / 'bare.db'}", state_path=tmp_path)
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    name = postgres.create_database()
    yield Settings(
        database_url=postgres.url(name, ROLE, PASSWORD), database_admin_url=postgres.url(name), state_path=tmp_path
    )
    postgres.drop_database(name)


async def live(settings: Settings) -> Manifest:
    """What stands in the database."""
    if settings.on_sqlite:
        return of_sqlite(settings.sqlite_path)
    assert settings.database_admin_url is not None
    return await of_postgres(settings.database_admin_url)


def committed() -> dict[str, Manifest]:
    found: dict[str, Manifest] = orjson.loads(MANIFEST.read_bytes())
    return found


@pytest.mark.postgres
async def test_the_manifest_is_what_stands(postgres: PostgresServer, tmp_path: Path) -> None:
    assert await of_both(postgres, tmp_path) == committed(), "look at it, then: python -m tests.manifest"


async def test_a_lost_index_would_be_noticed(bare: Settings, backend: str) -> None:
    await migrate(bare, NOW)
    assert await live(bare) == committed()[backend]
    statement = "DROP INDEX ticket_number_key"
    if bare.on_sqlite:
        import sqlite3

        connection = sqlite3.connect(bare.sqlite_path)
        connection.execute(statement)
        connection.close()
    else:
        import asyncpg

        admin = await asyncpg.connect(bare.database_admin_url)
        await admin.execute(statement)
        await admin.close()
    assert await live(bare) != committed()[backend]


KINDS = {
    "BooleanField": ("boolean",),
    "UUIDField": ("uuid",),
    "CharField": ("text",),
    "TextField": ("text",),
    "CharEnumFieldInstance": ("text",),
    "IntField": ("integer",),
    "IntEnumFieldInstance": ("integer",),
    "BigIntField": ("bigint",),
    "FloatField": ("double precision",),
    "DateField": ("date",),
    "DatetimeField": ("timestamp with time zone", "timestamptz"),
    "JSONField": ("jsonb",),
}


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_tables_are_what_the_models_say(dialect: str) -> None:
    tables = {
        name: table
        for name, table in committed()[dialect].items()
        if name != "migration" and not name.endswith(("_before", "_after"))
    }
    assert set(tables) == {getattr(models, name)._meta.db_table for name in models.__all__}
    for name in models.__all__:
        meta = getattr(models, name)._meta
        columns: dict[str, str] = tables[meta.db_table]["columns"]
        declared: dict[str, Any] = {
            meta.fields_map[field].source_field or field: meta.fields_map[field] for field in meta.fields_db_projection
        }
        assert set(columns) == set(declared), name
        for column, field in declared.items():
            text = columns[column].lower()
            assert text.startswith(KINDS[type(field).__name__]), f"{name}.{column}: {text}"
            assert ("not null" in text) is not field.null, f"{name}.{column}: {text}"


def test_every_table_of_a_tenant_has_row_level_security() -> None:
    tables = committed()["postgres"]
    walled = [name for name, table in tables.items() if "organization_id" in table["columns"] or name == "organization"]
    assert len(walled) > 20
    for name in walled:
        if name.endswith(
            ("_before", "_after")
        ):  # a partition: tests/test_scope.py asks that the role cannot reach it at all
            continue
        assert tables[name]["rowSecurity"], name
        column = "id" if name == "organization" else "organization_id"
        (policy,) = tables[name]["policies"]
        assert policy.startswith(f"wall: ({column} = ")
        assert "app.organization" in policy
    assert [name for name, table in tables.items() if name not in walled] == ["attempt", "job", "migration"]


def test_each_foreign_key_that_is_looked_up_has_an_index() -> None:
    """A list by parent, a person's own rows: the columns that scope and to-many read by."""
    for dialect, tables in committed().items():
        for name, table in tables.items():
            for column in ("property_id", "building_id", "entrance_id", "reporter_id", "assignee_id", "person_id"):
                small = {("occupancy", "building_id"), ("ticket", "building_id"), ("work_order", "building_id")}
                small |= {("gate", "building_id"), ("role_assignment", "property_id"), ("device", "property_id")}
                small |= {("work_order_step", "property_id"), ("audit_entry", "property_id"), ("file", "property_id")}
                small |= {("file", "reporter_id"), ("telemetry", "property_id"), ("latest_reading", "property_id")}
                # the forum is read by post and author; a token's key begins with its Property
                small |= {("forum_like", "property_id"), ("forum_reply", "property_id"), ("forum_token", "property_id")}
                # stock is read by its warehouse, an order's material by the order
                stock = ("balance", "batch", "movement", "pick")
                small |= {(f"stock_{table_}", "property_id") for table_ in stock}
                small |= {(table_, "property_id") for table_ in ("stocktake", "stocktake_line", "work_order_material")}
                small |= {(table_, "person_id") for table_ in ("forum_post", "forum_reply", "forum_report")}
                # read by its team, by its stay
                small |= {("team_member", "property_id"), ("attendance_correction", "property_id")}
                small |= {("notification", "property_id")}  # read by its account
                # of a ticket or an order
                small |= {("ticket_entry", of) for of in ("property_id", "reporter_id", "person_id")}
                small |= {("work_order_step", of) for of in ("person_id", "assignee_id")}
                small |= {(f"work_order_{of}", "property_id") for of in ("item", "labour")}
                small |= {("dispatch_decision", "property_id")}
                small |= {("sla_clock", "reporter_id")}  # those that are not over are few
                if (
                    column not in table["columns"]
                    or (name.removesuffix("_before").removesuffix("_after"), column) in small
                ):
                    continue
                assert any(f"({column}" in index for index in table["indexes"]), f"{dialect} {name}.{column}"


async def test_migrating_twice_changes_nothing(bare: Settings) -> None:
    first = await migrate(bare, NOW)
    assert first == [known.name for known in migration.known_migrations()]
    before = await live(bare)
    assert await migrate(bare, NOW) == []
    assert await live(bare) == before


async def test_processes_that_migrate_at_once_all_succeed(bare: Settings, backend: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": bare.database_url, "STATE_PATH": str(bare.state_path)}
    if bare.database_admin_url:
        environment["DATABASE_ADMIN_URL"] = bare.database_admin_url
    products = []
    for n in range(PARALLEL):
        (folder := tmp_path / str(n)).mkdir()
        products.append(Product(folder, **environment))
    processes = [product.spawn("migrate") for product in products]
    codes = [await asyncio.to_thread(process.wait, 50) for process in processes]
    told = [product.output() for product in products]
    assert codes == [0] * PARALLEL, told
    assert len([text for text in told if "applied" in text]) == 1, told
    assert await live(bare) == committed()[backend]


async def test_an_edited_migration_is_refused(bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await migrate(bare, NOW)
    before = await live(bare)
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in migration.FOLDER.glob("*.sql"):
        (folder / path.name).write_text(path.read_text() + "\n-- edited\n")
    monkeypatch.setattr(migration, "FOLDER", folder)
    for act in (migrate(bare, NOW), check_schema(bare)):
        with pytest.raises(SettingsError, match="was edited after it was applied"):
            await act
    assert await live(bare) == before


async def test_a_failing_migration_leaves_nothing_behind(
    bare: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(bare, NOW)
    before = await live(bare)
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in migration.FOLDER.glob("*.sql"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "9999_bad.sql").write_text("CREATE TABLE half (id INTEGER);\nCREATE TABLE half (id INTEGER);\n")
    monkeypatch.setattr(migration, "FOLDER", folder)
    with pytest.raises(Exception, match="half"):
        await migrate(bare, NOW)
    assert await live(bare) == before


async def test_an_unmigrated_database_is_not_served(bare: Settings) -> None:
    if not bare.on_sqlite:
        await migrate(bare, NOW)  # makes the role
        import asyncpg

        admin = await asyncpg.connect(bare.database_admin_url)
        await admin.execute("DELETE FROM migration")
        await admin.close()
    with pytest.raises(SettingsError, match=r"lacks migration 0001_spine\. Run: python server\.py migrate"):
        await check_schema(bare)


async def test_a_migrated_database_is_served(bare: Settings) -> None:
    await migrate(bare, NOW)
    await check_schema(bare)
