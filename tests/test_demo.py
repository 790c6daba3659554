"""The demo's estate: its sheets, its counts, books that balance, no ID number in the clear, the same every time."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from adapters.clock import HeldClock
from adapters.database.migrate import migrate
from adapters.demo import DATA, read_handover
from adapters.demo.generate.table import tables as sheets
from adapters.identity import Identity
from adapters.settings import Settings
from models.rules.id_number import normal_id_number
from models.rules.permission import Role
from models.rules.vehicle import normal_plate
from models.viewer import Grant, Viewer
from resolvers.demo import load_demo
from resolvers.ledger import check
from tests.conftest import ROLE, ROLE_PASSWORD, house_of
from tests.dump import owner, tables

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from resolvers.ports import House
    from tests.estate import Estate
    from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.timeout(400)  # whoever comes first loads the estate

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
TRUE_PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)}
ASSIGNED = TRUE_PROVINCES | {71, 81, 82, 83, 91}
UNFORESEEN = {"secret_hash", "password_hash", "id_number_cipher"}  # what no seed may give away
COUNTED = "SELECT (SELECT COUNT(*) FROM unit) AS units, (SELECT COUNT(*) FROM bill) AS bills"


def sheet(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((DATA / name).read_text())))


@pytest.fixture(scope="module")
def rows(estate: Estate) -> sqlite3.Connection:
    """The loaded database."""
    return sqlite3.connect(f"file:{estate.database}?mode=ro", uri=True)


def one(rows: sqlite3.Connection, sql: str) -> Any:
    """A single value."""
    ((value,),) = rows.execute(sql).fetchall()
    return value


def test_the_sheets_are_what_the_generator_makes() -> None:
    made = sheets()
    assert {path.name for path in DATA.glob("*.csv")} == set(made)
    for name, content in made.items():
        assert (DATA / name).read_bytes() == content, f"{name} is stale: python -m adapters.demo.generate"


def test_id_numbers_are_valid_and_nobodys() -> None:
    numbers = {row["身份证号"] for row in sheet("people.csv") if row["身份证号"]}
    assert len(numbers) > 2_000
    assert all(normal_id_number(number) == number for number in numbers)
    assert not {int(number[:2]) for number in numbers} & ASSIGNED


def test_phones_and_plates_have_their_forms() -> None:
    phones = {row["电话"] for row in sheet("people.csv") if row["电话"]}
    assert all(re.fullmatch(r"154\d{8}", phone) for phone in phones)  # a range that no operator was given
    plates = [row["车牌"] for row in sheet("vehicles.csv")]
    assert len(plates) == len(set(plates)) > 500
    assert all(normal_plate(plate) == plate for plate in plates)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ("property", 3, 3),
        ("unit", 1_180, 1_220),
        ("person", 2_400, 2_600),
        ("staff", 60, 60),
        ("device", 300, 300),
        ("gate", 24, 24),
        ("camera", 40, 40),
        ("vehicle", 500, 800),
        ("bill", 11_000, 14_000),
        ("payment", 9_000, 13_000),
        ("ticket", 1_400, 1_500),
        ("work_order", 1_000, 1_500),
        ("forum_post", 150, 150),
        ("forum_reply", 200, 500),
        ("access_event", 3_000, 10_000),
        ("alarm", 50, 200),
        ("telemetry", 3_000, 10_000),
        ("data_import", 5, 5),
        ("stock_item", 30, 30),
        ("sla_clock", 2_400, 3_000),
        ("stock_movement", 300, 1_500),
    ],
)
def test_there_is_as_much_as_promised(rows: sqlite3.Connection, table: str, low: int, high: int) -> None:
    assert low <= one(rows, f"SELECT COUNT(*) FROM {table}") <= high


def test_imports_were_taken_whole(rows: sqlite3.Connection) -> None:
    states = rows.execute("SELECT DISTINCT state, rows_bad FROM data_import").fetchall()
    assert states == [("DONE", 0)]


def test_id_numbers_lie_encrypted(estate: Estate, rows: sqlite3.Connection) -> None:
    plain = {row["身份证号"].encode() for row in sheet("people.csv") if row["身份证号"]}
    kept = one(rows, "SELECT COUNT(*) FROM person WHERE id_number_cipher IS NOT NULL AND id_number_hash IS NOT NULL")
    assert kept == len(plain)
    for path in estate.state.rglob("*"):
        if path.is_file():
            assert not plain & set(re.findall(rb"[1-9]\d{16}[\dX]", path.read_bytes())), path
    assert plain & set(re.findall(rb"[1-9]\d{16}[\dX]", (DATA / "people.csv").read_bytes())), "the search finds nothing"


def test_the_year_is_paid_as_years_are(rows: sqlite3.Connection) -> None:
    billed = one(rows, "SELECT SUM(amount) FROM bill WHERE due_on < date('now', '-20 days')")
    still = one(
        rows,
        "SELECT SUM(a.balance) FROM bill b JOIN ledger_account a ON a.id = b.receivable_id"
        " WHERE b.due_on < date('now', '-20 days')",
    )
    assert 0.90 < 1 - still / billed < 0.98
    states = {state for (state,) in rows.execute("SELECT DISTINCT status FROM bill")}
    assert {"OPEN", "PARTLY_PAID", "PAID"} <= states


def test_repairs_are_charged_to_who_reported_them(rows: sqlite3.Connection) -> None:
    charged = "FROM bill b JOIN work_order w ON w.id = b.work_order_id"
    assert one(rows, f"SELECT COUNT(*) {charged}") > 10
    wrong = "b.payer_id <> w.reporter_id OR b.unit_id <> w.unit_id OR b.work_order_number <> w.number"
    assert one(rows, f"SELECT COUNT(*) {charged} WHERE {wrong} OR w.completed_at > b.issued_at") == 0


def test_every_posting_and_account_is_right(rows: sqlite3.Connection) -> None:
    assert one(rows, "SELECT COUNT(*) FROM (SELECT 1 FROM entry GROUP BY posting_id HAVING SUM(amount) <> 0)") == 0
    differing = (
        "SELECT COUNT(*) FROM ledger_account a WHERE balance <>"
        " (SELECT COALESCE(SUM(amount), 0) FROM entry e WHERE e.ledger_account_id = a.id)"
    )
    assert one(rows, differing) == 0


def test_the_store_room_balances(rows: sqlite3.Connection) -> None:
    by_item = "FROM stock_movement m WHERE m.warehouse_id = b.warehouse_id AND m.item_id = b.item_id"
    sums = f"b.quantity <> (SELECT SUM(quantity) {by_item}) OR b.value <> (SELECT SUM(value) {by_item})"
    left = "(SELECT SUM(quantity_left) FROM stock_batch s WHERE s.item_id = b.item_id)"
    assert one(rows, f"SELECT COUNT(*) FROM stock_balance b WHERE {sums} OR b.quantity <> {left}") == 0
    assert one(rows, "SELECT COUNT(*) FROM stock_balance WHERE low_at IS NOT NULL") > 0
    assert (
        one(rows, "SELECT COUNT(*) FROM stock_balance WHERE (quantity <= warning_level) <> (low_at IS NOT NULL)") == 0
    )
    picked = "(SELECT SUM(quantity) FROM stock_pick p WHERE p.batch_id = s.id)"
    assert one(rows, f"SELECT COUNT(*) FROM stock_batch s WHERE quantity_left <> {picked}") == 0
    assert one(rows, "SELECT COUNT(*) FROM work_order_material") > 100


def test_nothing_of_the_past_lies_in_the_future(rows: sqlite3.Connection) -> None:
    loaded = one(rows, "SELECT MAX(last_seen_at) FROM device")
    for table in (
        "ticket",
        "work_order_step",
        "access_event",
        "alarm",
        "bill",
        "payment",
        "forum_post",
        "forum_like",
        "stock_movement",
    ):
        assert one(rows, f"SELECT MAX(created_at) FROM {table}") <= loaded, table


def test_the_handover_names_whom_to_be_and_whom_to_play(estate: Estate) -> None:
    handover = read_handover(estate.state / "demo.json")
    assert handover is not None
    shown = {account["login"]: account["role"] for account in handover["accounts"]}
    assert {"admin", "manager", "control", "cashier", "tech1", "tech4", "resident1", "resident4"} <= set(shown)
    assert set(shown.values()) == {role.value for role in Role} - {"DEVICE", "PARTNER"}
    assert {device["kind"] for device in handover["devices"]} >= {
        "GATE_CONTROLLER",
        "RECORDER",
        "METER",
        "LIFT",
        "PUMP",
    }
    assert sum(len(device["cameras"]) for device in handover["devices"]) == 40
    assert (estate.state / "demo.json").stat().st_mode & 0o077 == 0


@asynccontextmanager
async def loaded(settings: Settings) -> AsyncIterator[House]:
    """A small demo in an empty database."""
    await migrate(settings, NOON)
    clock = HeldClock(NOON)
    house = replace(house_of(settings), clock=clock, identity=Identity(clock))
    await house.database.connect()
    try:
        assert await load_demo(house, lambda _: None, months=1)
        assert not await load_demo(house, lambda _: None), "loaded twice"
        await check_books(house)
        yield house
    finally:
        await house.database.close()


async def check_books(house: House) -> None:
    """The product's own proof, in each Property."""
    organization = (await owner(house, "SELECT id FROM organization"))[0]["id"]
    for row in await owner(house, "SELECT id FROM property"):
        place = house.database.value("UUIDField", str(row["id"]))
        grants = (Grant(Role.CASHIER, None),)
        viewer = Viewer(house.database.value("UUIDField", str(organization)), NOON, grants=grants)
        found = await check(viewer, house, place)
        assert found is not None
        assert found.balanced
        assert found.debits > 0


async def test_the_same_seed_and_instant_load_the_same(tmp_path: Path) -> None:
    paths = [tmp_path / name / "wuye.db" for name in ("one", "other")]
    for path in paths:
        path.parent.mkdir()
        async with loaded(Settings(database_url=f"sqlite://{path}", state_path=path.parent)) as house:
            names = await tables(house)
    with closing(sqlite3.connect(paths[0])) as both:
        both.execute("ATTACH ? AS other", [str(paths[1])])
        for table in names:
            columns = [name for _, name, *_ in both.execute(f"PRAGMA table_info({table})") if name not in UNFORESEEN]
            one, other = (f"SELECT {', '.join(columns)} FROM {schema}.{table}" for schema in ("main", "other"))
            assert both.execute(f"{one} EXCEPT {other}").fetchall() == [], table
            assert both.execute(f"{other} EXCEPT {one}").fetchall() == [], table
            assert len({both.execute(f"SELECT COUNT(*) FROM ({rows})").fetchone() for rows in (one, other)}) == 1, table


@pytest.mark.postgres
async def test_it_loads_into_postgres(postgres: PostgresServer, tmp_path: Path) -> None:
    name = postgres.create_database()
    settings = Settings(
        database_url=postgres.url(name, ROLE, ROLE_PASSWORD), database_admin_url=postgres.url(name), state_path=tmp_path
    )
    async with loaded(settings) as house:
        ((units, bills),) = [row.values() for row in await owner(house, COUNTED)]
    assert units == 1204
    assert bills > 1_000
    postgres.drop_database(name)
