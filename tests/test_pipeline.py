"""Reads that share a connection: each gets its own rows, as its own Organization, whatever happens to the others."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest

from adapters.database import DatabaseUnavailable
from adapters.database.postgres import pipeline
from adapters.database.postgres.pipeline import WIRES, Pipeline
from adapters.database.postgres.wire import Read, Wire
from adapters.settings import Limits
from models.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.database.postgres import PostgresDatabase
    from resolvers.ports import House
    from tests.factories.world import World

pytestmark = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
WHOSE = "SELECT current_setting('app.organization') || $1::text, $1::text"
FAILS = "SELECT (1 / $1::integer)::text"
SLOW = "SELECT pg_sleep($1::float8)::text, $1::text"
LONG = "SELECT repeat($1::text, 1000000), pg_sleep(0)::text"


@pytest.fixture
def limits() -> Limits:
    return Limits(statement_seconds=1.0)


@pytest.fixture
async def database(house: House) -> AsyncIterator[PostgresDatabase]:
    """Connected; every statement is taken for a short one."""
    database: Any = house.database
    await database.connect()
    pipeline = pipeline_of(database)
    pipeline.takes = lambda sql: True  # type: ignore[method-assign]
    yield database
    await database.close()


def pipeline_of(database: PostgresDatabase) -> Pipeline:
    pipeline: Pipeline = database._pipeline
    return pipeline


async def answers(database: PostgresDatabase, asked: list[tuple[str, list[Any], UUID]]) -> list[Any]:
    """The first row of each, or its failure; all at once."""
    async with asyncio.timeout(30):
        found = await asyncio.gather(*(database.written(*one) for one in asked), return_exceptions=True)
    return [one if isinstance(one, BaseException) else one[0] for one in found]


async def test_values_are_what_the_driver_says(database: PostgresDatabase, world: World) -> None:
    """Every kind of parameter goes there and comes back; the first column is the bytes of its text."""
    organization = world.acme.keys["organization"]
    values: list[Any] = [
        'a "text" with {braces}, \\ and 物业',
        organization,
        True,
        -7,
        datetime(2026, 2, 28, 23, 59, 59, 999, UTC),
        date(2026, 2, 28),
        Decimal("1234.5600"),
        ["plain", 'with "quotes"', "back\\slash", "NULL", "", "{}"],
        [organization, UUID(int=1)],
        None,
        1.5,
        b"\x00\xff",
    ]
    kinds = ["text", "uuid", "boolean", "integer", "timestamptz", "date", "numeric", "text[]", "uuid[]", "text"]
    names = [f"${n}::{kind}" for n, kind in enumerate([*kinds, "float8", "bytea"], 1)]
    names[7] = "$8::text[] = ARRAY['plain', 'with \"quotes\"', 'back\\slash', 'NULL', '', '{}']"
    names[8] = f"$9::uuid[] = ARRAY['{organization}', '{UUID(int=1)}']::uuid[]"
    sql = f"SELECT {', '.join(names)}"
    ((text, *others),) = await database.written(sql, values, organization)
    (driver,) = await database.fetch(sql, values, organization)
    assert text == values[0].encode()
    assert others == [*values[1:7], True, True, *values[9:]]
    assert others == list(driver.values())[1:]


async def test_the_last_day_is_the_drivers(database: PostgresDatabase, world: World) -> None:
    """The driver makes "infinity" of it, which stock that does not expire has; Python has no such day."""
    organization = world.acme.keys["organization"]
    for day in (date.max, date.min, date(2026, 2, 28)):
        async with database.transaction(organization) as tx:
            said = await tx.fetch("SELECT $1::date::text AS text, $1::date AS day", day)
        [row] = await database.written("SELECT $1::date::text, $1::date", [day], organization)
        assert (row[0].decode(), row[1]) == tuple(said[0].values())
        assert row[1] == day


async def test_what_is_no_value_of_python_fails_alone(database: PostgresDatabase, world: World) -> None:
    organization = world.acme.keys["organization"]
    far: tuple[str, list[Any], UUID] = ("SELECT '', '10000-01-01'::date", [], organization)
    near: tuple[str, list[Any], UUID] = ("SELECT 'here', $1::text", ["x"], organization)
    for _ in range(3):
        found = await answers(database, [near, far, near])
        assert isinstance(found[1], ValueError)
        assert found[0] == found[2] == (b"here", "x")


async def test_each_reads_as_its_own_organization(database: PostgresDatabase, world: World) -> None:
    """Two Organizations in turns, and statements that fail among them: what was set for a batch is undone with it."""
    acme, rival = world.acme.keys["organization"], world.rival.keys["organization"]
    asked: list[tuple[str, list[Any], UUID]] = []
    for n in range(300):
        asked.append((WHOSE, [f" {n}"], acme if n % 3 else rival))
        if n % 7 == 0:
            asked.append((FAILS, [0], acme if n % 2 else rival))
    found = await answers(database, asked)
    for (sql, values, organization), row in zip(asked, found, strict=True):
        if sql == FAILS:
            assert isinstance(row, asyncpg.DivisionByZeroError)
        else:
            assert row == (f"{organization}{values[0]}".encode(), values[0])


async def test_what_cannot_be_sent_is_refused_to_its_caller_alone(database: PostgresDatabase, world: World) -> None:
    organization = world.acme.keys["organization"]
    asked: list[tuple[str, list[Any], UUID]] = [(WHOSE, [x], organization) for x in ("a", object(), "\ud800", "b")]
    first, nothing, half, last = await answers(database, asked)
    assert isinstance(nothing, TypeError)
    assert isinstance(half, UnicodeEncodeError)
    assert (first[1], last[1]) == ("a", "b")


async def test_who_asks_while_it_closes_is_told(database: PostgresDatabase, world: World) -> None:
    await database.close()
    with pytest.raises(DatabaseUnavailable):
        async with asyncio.timeout(5):
            await database.written(WHOSE, ["x"], world.acme.keys["organization"])


async def test_rows_of_any_size_come_whole(database: PostgresDatabase, world: World) -> None:
    organization = world.acme.keys["organization"]
    asked = [(LONG, [letter], organization) for letter in "abcd"] + [(WHOSE, ["x"], organization)]
    *long, short = await answers(database, asked)
    assert [(row[0][:1], len(row[0])) for row in long] == [(letter, 1_000_000) for letter in (b"a", b"b", b"c", b"d")]
    assert short[1] == "x"
    many = await database.written("SELECT n::text, n FROM generate_series(1, 20000) n", [], organization)
    assert many == [(str(n).encode(), n) for n in range(1, 20_001)]
    assert await database.written("SELECT 'x' WHERE false", [], organization) == []


async def test_what_is_little_goes_with_the_next(
    database: PostgresDatabase, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one wire works, a few short reads wake no other; what is worth it does, and takes them along."""
    organization, pipe = world.acme.keys["organization"], pipeline_of(database)
    monkeypatch.setattr(pipeline, "HELD_SECONDS", 60)
    await answers(database, [(SLOW, ["0.1"], organization)] * 3)  # there are wires
    pipe.took(SLOW, 0.04)
    pipe.took(WHOSE, 0.000_001)
    sent: list[str] = []
    send = Wire.send

    def noted(wire: Wire, batch: list[Read], now: float) -> None:
        sent.extend(read.sql for read in batch)
        send(wire, batch, now)

    monkeypatch.setattr(Wire, "send", noted)
    reads = [asyncio.ensure_future(database.written(SLOW, ["0.8"], organization))]
    for n in range(5):
        await asyncio.sleep(0.01)
        reads.append(asyncio.ensure_future(database.written(WHOSE, [str(n)], organization)))
    await asyncio.sleep(0.01)
    assert sent == [SLOW]
    await database.written(SLOW, ["0"], organization)
    assert sorted(sent) == sorted([SLOW, SLOW, *[WHOSE] * 5])
    assert [rows[0][-1] for rows in await asyncio.gather(*reads)] == ["0.8", *"01234"]


async def test_nobody_waits_behind_what_is_slow_today(database: PostgresDatabase, world: World) -> None:
    organization, pipe = world.acme.keys["organization"], pipeline_of(database)
    await answers(database, [(SLOW, ["0.1"], organization)] * 3)
    for sql in (SLOW, WHOSE):
        pipe.took(sql, 0.000_001)  # both were quick before
    slow = asyncio.ensure_future(database.written(SLOW, ["0.8"], organization))
    await asyncio.sleep(0.01)
    assert (await database.written(WHOSE, ["x"], organization))[0][1] == "x"
    assert not slow.done()
    await slow


async def test_who_is_cancelled_disturbs_nobody(database: PostgresDatabase, world: World) -> None:
    organization = world.acme.keys["organization"]
    reads = [asyncio.ensure_future(database.written(WHOSE, [str(n)], organization)) for n in range(100)]
    for turn, read in enumerate(reads):
        if turn % 3 == 0:
            read.cancel()
        await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await asyncio.wait(reads)
    done = {n: read.result()[0][1] for n, read in enumerate(reads) if not read.cancelled()}
    assert done == {n: str(n) for n in done}
    assert {n for n in range(100) if n % 3} <= set(done)


async def test_a_lost_connection_is_told_and_replaced(database: PostgresDatabase, world: World) -> None:
    organization = world.acme.keys["organization"]
    await answers(database, [(WHOSE, ["x"], organization)])
    (wire,) = pipeline_of(database)._idle
    reading = asyncio.ensure_future(database.written("SELECT pg_sleep(0.2)::text", [], organization))
    await asyncio.sleep(0)  # it is on its way
    await database.fetch("SELECT pg_terminate_backend($1)", [wire.connection.get_server_pid()], organization)
    with pytest.raises(DatabaseUnavailable):
        await reading
    for round_ in range(3 * WIRES):
        assert (await answers(database, [(WHOSE, [str(round_)], organization)]))[0][1] == str(round_)
    async with asyncio.timeout(5):  # the rows come before the word that the batch is done
        while database.use().busy:  # noqa: ASYNC110 - a wire tells nobody
            await asyncio.sleep(0)


async def test_a_server_that_says_nothing_is_given_up(database: PostgresDatabase, world: World) -> None:
    """Its process is stopped, as a machine that is cut off: who waits is told, the next one has another connection."""
    organization = world.acme.keys["organization"]
    pipeline_of(database)._silence = 0.3
    await answers(database, [(WHOSE, ["x"], organization)])
    (wire,) = pipeline_of(database)._idle
    stopped = wire.connection.get_server_pid()
    os.kill(stopped, signal.SIGSTOP)
    try:
        (told,) = await answers(database, [(WHOSE, ["lost"], organization)])
        assert isinstance(told, DatabaseUnavailable)
        assert (await answers(database, [(WHOSE, ["next"], organization)]))[0][1] == "next"
    finally:
        os.kill(stopped, signal.SIGCONT)


async def test_a_statement_out_of_time_is_told_so_and_the_others_are_answered(
    database: PostgresDatabase, world: World
) -> None:
    organization = world.acme.keys["organization"]
    slow = "SELECT pg_sleep(5)::text"
    first, *rest = await answers(database, [(slow, [], organization), *((WHOSE, [n], organization) for n in "abc")])
    assert isinstance(first, Refusal)
    assert first.code.value == "TIMEOUT"
    assert [row[1] for row in rest] == ["a", "b", "c"]


async def test_a_table_that_changed_is_read_anew(database: PostgresDatabase, world: World) -> None:
    """A rolling deployment migrates while older processes hold prepared statements."""
    organization = world.acme.keys["organization"]
    reading: tuple[str, list[Any], UUID] = ("SELECT * FROM changing", [], organization)
    await answers(database, [("SELECT 'x' FROM set_config('a.b', '', false)", [], organization)])
    assert await database.written("CREATE TEMP TABLE changing AS SELECT 'text' AS a, 1 AS b", [], organization) == []
    assert await answers(database, [reading]) == [(b"text", 1)]
    await database.written("ALTER TABLE changing ALTER b TYPE text", [], organization)
    assert await answers(database, [reading, (WHOSE, ["x"], organization)]) == [
        (b"text", "1"),
        (f"{organization}x".encode(), "x"),
    ]
