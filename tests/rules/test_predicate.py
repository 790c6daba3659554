"""One tree, three compilers: SQL, Tortoise's Q and Python over an audience agree, and with plain Python too."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models
from models.predicate import (
    EVERYTHING,
    NOTHING,
    Among,
    And,
    Contains,
    Eq,
    Exists,
    In,
    IsNull,
    Lt,
    Not,
    Or,
    Params,
    Predicate,
    Starts,
    all_of,
    any_of,
    eq,
    exists,
    hears,
    is_in,
    negate,
    to_q,
    to_sql,
)
from models.rules.ticket import Priority
from models.rules.work_order import WorkOrderStatus
from tests.factories.world import NOW, build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from resolvers.ports import House

ACME = build("")[0].acme
KEYS = ACME.keys
CHOICES: dict[str, list[Any]] = {
    "property_id": [KEYS["home"], KEYS["away"]],
    "building_id": [KEYS["building"], KEYS["away_building"], None],
    "ticket_id": [KEYS["ticket0"], KEYS["ticket1"], None],
    "reporter_id": [KEYS["resident_person"], KEYS["neighbour_person"], None],
    "assignee_id": [KEYS["tech1_staff"], KEYS["tech2_staff"], None],
    "status": [WorkOrderStatus.CREATED, WorkOrderStatus.ASSIGNED, WorkOrderStatus.DONE],
    "version": [1, 2, 3],
    "result": ["mended", "修好了", None],
    "assigned_at": [NOW, NOW + timedelta(microseconds=1), NOW + timedelta(days=1), None],
}
IDS = [column for column in CHOICES if column.endswith("_id")]
ORDERED = ["version", "assigned_at"]
ELSEWHERE = UUID(int=7)  # an id that no row has


def make_rows(seed: int = 20261122) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    return [
        {"id": UUID(int=(7 << 76) + n), **{column: chance.choice(values) for column, values in CHOICES.items()}}
        for n in range(60)
    ]


ROWS = make_rows()


def values_of(column: str) -> st.SearchStrategy[Any]:
    known = [value for value in CHOICES[column] if value is not None]
    return st.sampled_from([*known, ELSEWHERE] if column in IDS else known)


def eqs(columns: list[str]) -> st.SearchStrategy[Predicate]:
    return st.sampled_from(columns).flatmap(lambda column: values_of(column).map(lambda value: Eq(column, value)))


def ins(columns: list[str]) -> st.SearchStrategy[Predicate]:
    return st.sampled_from(columns).flatmap(
        lambda column: st.frozensets(values_of(column), min_size=1).map(lambda values: In(column, values))
    )


def joined(parts: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    lists = st.lists(parts, max_size=3)
    raw = lists.map(lambda items: And(tuple(items))) | lists.map(lambda items: Or(tuple(items)))
    return raw | lists.map(lambda items: all_of(*items)) | lists.map(lambda items: any_of(*items))


def pointing(parts: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    """Orders that share a ticket, an assignee, a reporter with an order of which `parts` holds: nulls on both sides."""
    shared = st.sampled_from(["ticket_id", "assignee_id", "reporter_id", "property_id"])
    one = st.builds(lambda column, where: Exists(models.WorkOrder, column, column, where), shared, parts)
    sources = st.lists(st.tuples(st.just(models.WorkOrder), shared, parts), min_size=1, max_size=2)
    return one | st.builds(lambda column, found: Among(column, tuple(found)), shared, sources)


LEAVES = (
    eqs(list(CHOICES))
    | ins(list(CHOICES))
    | st.sampled_from(ORDERED).flatmap(lambda column: values_of(column).map(lambda value: Lt(column, value)))
    | st.sampled_from(list(CHOICES)).map(IsNull)
    | st.sampled_from(["end", "MEND", "修", "了好", "%", "_", ""]).map(lambda text: Contains("result", text))
    | st.sampled_from(["m", "men", "修", "了", "M", "%", "_"]).map(lambda text: Starts("result", text))
    | st.sampled_from([EVERYTHING, NOTHING])
)
TREES: st.SearchStrategy[Predicate] = st.recursive(
    LEAVES, lambda parts: joined(parts) | parts.map(Not) | parts.map(negate) | pointing(parts), max_leaves=8
)
HEARD: st.SearchStrategy[Predicate] = st.recursive(eqs(IDS) | ins(IDS), joined, max_leaves=8)


def points(inner: str, outer: str, where: Predicate, row: dict[str, Any]) -> bool:
    """Whether one of ROWS for which `where` holds has in `inner` what `row` has in `outer`."""
    found = (other for other in ROWS if other[inner] == row[outer] and holds(where, other) is True)
    return row[outer] is not None and next(found, None) is not None


def holds(predicate: Predicate, row: dict[str, Any]) -> bool | None:  # noqa: C901 - a case for each node
    """SQL's three values: None where a null leaves it open."""
    match predicate:
        case Eq(column, value):
            return None if row[column] is None else bool(row[column] == value)
        case In(column, values):
            return None if row[column] is None else row[column] in values
        case Lt(column, value):
            return None if row[column] is None else bool(row[column] < value)
        case Contains(column, text) | Starts(column, text):
            value = row[column]
            place = -1 if value is None else value.lower().find(text.lower())
            return None if value is None else place == 0 if isinstance(predicate, Starts) else place >= 0
        case IsNull(column):
            return row[column] is None
        case Not(part):
            found = holds(part, row)
            return None if found is None else not found
        case And(parts):
            several = [holds(part, row) for part in parts]
            return False if False in several else None if None in several else True
        case Or(parts):
            several = [holds(part, row) for part in parts]
            return True if True in several else None if None in several else False
        case Exists(_, inner, outer, where):
            return points(inner, outer, where, row)
        case Among(column, sources):
            return any(points(inner, column, where, row) for _, inner, where in sources)
    raise AssertionError(predicate)


@pytest.fixture
async def stocked(house: House) -> AsyncIterator[House]:
    """The house with ROWS as its only work orders of these ids."""
    organization = KEYS["organization"]
    await house.database.connect()
    try:
        async with house.database.transaction(organization):
            for n, row in enumerate(ROWS):
                await models.WorkOrder(
                    organization_id=organization,
                    number=f"R{n}",
                    summary="",
                    priority=Priority.NORMAL,
                    created_at=NOW,
                    updated_at=NOW,
                    **row,
                ).save(force_create=True)
        yield house
    finally:
        await house.database.close()


async def by_sql(house: House, predicate: Predicate) -> set[UUID]:
    params = Params(house.database.dialect)
    where = to_sql(all_of(is_in("id", (row["id"] for row in ROWS)), predicate), params)
    rows = await house.database.fetch(
        f"SELECT t.id FROM work_order t WHERE {where}", params.values, KEYS["organization"]
    )
    return {house.database.value("UUIDField", row["id"]) for row in rows}


async def by_orm(house: House, predicate: Predicate) -> set[UUID]:
    ours = [row["id"] for row in ROWS]
    async with house.database.transaction(KEYS["organization"]):
        return {order.id for order in await models.WorkOrder.filter(to_q(predicate), id__in=ours)}


MANY = settings(
    max_examples=120, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@MANY
@given(tree=TREES)
async def test_sql_and_the_orm_choose_the_rows_that_python_chooses(stocked: House, tree: Predicate) -> None:
    # The world's own orders stand in the table too, and a self-join must not depend on them.
    expected = {row["id"] for row in ROWS if holds(_walled(tree), row) is True}
    assert await by_sql(stocked, _walled(tree)) == expected
    assert await by_orm(stocked, _walled(tree)) == expected


def _walled(tree: Predicate) -> Predicate:
    """The tree, its self-joins kept to ROWS."""
    ours = In("id", frozenset(row["id"] for row in ROWS))
    match tree:
        case Not(part):
            return Not(_walled(part))
        case And(parts):
            return And(tuple(_walled(part) for part in parts))
        case Or(parts):
            return Or(tuple(_walled(part) for part in parts))
        case Exists(model, inner, outer, where):
            return Exists(model, inner, outer, And((ours, _walled(where))))
        case Among(column, sources):
            return Among(column, tuple((model, inner, And((ours, _walled(where)))) for model, inner, where in sources))
    return tree


@MANY
@given(tree=HEARD)
async def test_an_audience_hears_what_sql_shows(stocked: House, tree: Predicate) -> None:
    shown = await by_sql(stocked, tree)
    heard = {row["id"] for row in ROWS if hears(tree, {column: frozenset({row[column]} - {None}) for column in IDS})}
    assert heard == shown


def test_an_audience_joins_before_and_after() -> None:
    old, new = KEYS["tech1_staff"], KEYS["tech2_staff"]
    audience = {"assignee_id": frozenset({old, new})}
    assert hears(eq("assignee_id", old), audience)
    assert hears(eq("assignee_id", new), audience)
    assert not hears(eq("assignee_id", ELSEWHERE), audience)
    assert hears(EVERYTHING, audience)
    assert not hears(NOTHING, audience)


@pytest.mark.parametrize(
    "predicate",
    [
        IsNull("assignee_id"),
        Not(Eq("assignee_id", ELSEWHERE)),
        Lt("version", 3),
        Contains("result", "x"),
        exists(models.Ticket, "id", EVERYTHING),
    ],
)
def test_an_audience_cannot_answer_the_rest(predicate: Predicate) -> None:
    with pytest.raises(TypeError, match="audience"):
        hears(predicate, {})


def test_the_builders_fold() -> None:
    leaf, other = Eq("a", 1), Eq("b", 2)
    assert all_of() == all_of(EVERYTHING, EVERYTHING) == EVERYTHING
    assert any_of() == any_of(NOTHING, NOTHING) == NOTHING
    assert all_of(leaf, NOTHING) == NOTHING
    assert any_of(leaf, EVERYTHING) == EVERYTHING
    assert all_of(leaf, EVERYTHING) == any_of(NOTHING, leaf) == leaf
    assert all_of(leaf, all_of(other, leaf)) == And((leaf, other, leaf))
    assert eq("a", None) == is_in("a", []) == exists(models.Ticket, "id", NOTHING) == NOTHING


def test_the_text_depends_on_the_shape_only() -> None:
    def text(low: int, ids: list[int]) -> str:
        tree = all_of(Lt("version", low), is_in("property_id", [UUID(int=n) for n in ids]))
        return to_sql(tree, Params("postgres"))

    assert text(1, [1]) == text(99, [1, 2, 3])
