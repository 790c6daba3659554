"""Who hears an event is found in memory, and never otherwise than by asking each."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest

from models.predicate import (
    EVERYTHING,
    NOTHING,
    Predicate,
    all_of,
    any_of,
    eq,
    exists,
    footholds,
    hears,
    holds,
    is_in,
    is_null,
    less,
    negate,
)
from models.work_order import WorkOrder
from subscriptions.event import Entry
from subscriptions.feed import Feed
from subscriptions.hub.ear import Ears
from subscriptions.hub.member import Member
from subscriptions.ports import Sharing

if TYPE_CHECKING:
    from collections.abc import Mapping

STREAM = UUID(int=1)
COLUMNS = ("organization_id", "property_id", "building_id", "unit_id", "person_id", "staff_id")


class Shares:
    """An operation that is asked for nothing but with whom it shares."""

    def __init__(self, scope: Predicate) -> None:
        self.sharing = Sharing("document", scope)


def member(where: Predicate, type_: str = "a", told: Predicate = EVERYTHING) -> Member:
    """Nobody in particular."""
    feed, nothing = Feed(STREAM, type_, where, told=told), cast("Any", None)
    return Member(nothing, feed, cast("Any", Shares(where)), nothing, 0)


def entry(audience: Mapping[str, frozenset[UUID]], type_: str = "a", **data: Any) -> Entry:
    """An event."""
    return Entry(STREAM, 1, 1, type_, 1, UUID(int=2), datetime.now(UTC), dict(audience), data)


def ids(chance: random.Random, most: int) -> frozenset[UUID]:
    """Some of few."""
    return frozenset(UUID(int=chance.randrange(6)) for _ in range(chance.randint(0, most)))


def predicate(chance: random.Random, depth: int = 3) -> Predicate:
    """A condition such as scopes are made of."""
    column = chance.choice(COLUMNS)
    match chance.randrange(6 if depth else 2):
        case 0:
            return eq(column, UUID(int=chance.randrange(6)))
        case 1:
            return is_in(column, ids(chance, 3))
        case 2 | 3:
            return all_of(*(predicate(chance, depth - 1) for _ in range(chance.randint(0, 3))))
        case _:
            return any_of(*(predicate(chance, depth - 1) for _ in range(chance.randint(0, 3))))


@pytest.mark.parametrize("seed", range(20))
def test_the_index_finds_who_would_say_yes(seed: int) -> None:
    chance, ears = random.Random(seed), Ears()
    conditions = [EVERYTHING, NOTHING, *(predicate(chance) for _ in range(60))]
    tell = (EVERYTHING, eq("result", "DENIED"))
    members = [member(chance.choice(conditions), chance.choice("ab"), chance.choice(tell)) for _ in range(150)]
    for one in members:
        ears.add(one)
    for _ in range(4):
        for _ in range(40):
            audience = {column: ids(chance, 2) for column in COLUMNS if chance.random() < 0.8}
            event = entry(audience, chance.choice("ab"), result=chance.choice(("GRANTED", "DENIED")))
            found = [one for cell in ears.hearing(event) for one in cell.members]
            assert len(found) == len(set(found)), "each is told once"
            assert set(found) == {one for one in members if one.feed.wants(event)}
        for one in chance.sample(members, len(members) // 2):
            members.remove(one)
            ears.remove(one)
        assert len(ears) == len(members)
    for one in members:
        ears.remove(one)
    assert (len(ears), ears._ears, ears._found_by) == (0, {}, {}), "nothing is left behind"


def test_of_ten_thousand_only_those_are_asked_who_may_say_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Property of residents, each with own rows, and a control room that hears all."""
    ears, asked, wants = Ears(), 0, Feed.wants

    def counted(feed: Feed, event: Entry) -> bool:
        nonlocal asked
        asked += 1
        return wants(feed, event)

    monkeypatch.setattr(Feed, "wants", counted)
    place, organization = UUID(int=10), eq("organization_id", UUID(int=11))
    for number in range(10_000):
        own = all_of(is_in("property_id", [place]), eq("person_id", UUID(int=1_000 + number)))
        ears.add(member(all_of(organization, own)))
    for _ in range(100):
        ears.add(member(all_of(organization, is_in("property_id", [place]))))
    wall = {"organization_id": frozenset([UUID(int=11)]), "property_id": frozenset([place])}
    for number in (0, 5_000, 9_999):
        asked = 0
        cells = ears.hearing(entry({**wall, "person_id": frozenset([UUID(int=1_000 + number)])}))
        assert sorted(len(cell.members) for cell in cells) == [1, 100]
        assert asked == 2, "the control room once, and the one resident"


def test_what_an_index_cannot_say_is_asked_each_time() -> None:
    where = exists(WorkOrder, "id", EVERYTHING)
    assert footholds(where) is None
    assert footholds(any_of(eq("unit_id", UUID(int=1)), where)) is None
    assert footholds(EVERYTHING) is None
    assert footholds(NOTHING) == frozenset()
    narrow = eq("unit_id", UUID(int=1))
    assert footholds(all_of(is_in("property_id", [STREAM]), narrow, where)) == frozenset([("unit_id", UUID(int=1))])


@pytest.mark.parametrize("seed", range(10))
def test_a_row_is_judged_as_an_audience_is(seed: int) -> None:
    """Where each column has one id, both say the same."""
    chance = random.Random(seed)
    for _ in range(200):
        asked, row = predicate(chance), {column: UUID(int=chance.randrange(6)) for column in COLUMNS}
        assert holds(asked, row) is hears(asked, {column: frozenset([id_]) for column, id_ in row.items()})


def test_what_a_row_does_not_say_is_not_guessed() -> None:
    elsewhere = exists(WorkOrder, "id", EVERYTHING)
    row = {"unit_id": UUID(int=1), "person_id": None, "status": "VISIBLE", "count": 3}
    mine, other = eq("unit_id", UUID(int=1)), eq("unit_id", UUID(int=2))
    for asked, expected in (
        (elsewhere, None),
        (any_of(mine, elsewhere), True),
        (any_of(other, elsewhere), None),
        (all_of(other, elsewhere), False),
        (all_of(mine, elsewhere), None),
        (eq("unread", 1), None),
        (is_null("person_id"), True),
        (negate(is_null("person_id")), False),
        (is_null("unread"), None),
        (eq("person_id", UUID(int=1)), False),
        (negate(eq("person_id", UUID(int=1))), None),  # SQL says unknown, and finds nothing
        (negate(mine), False),
        (negate(other), True),
        (negate(elsewhere), None),
        (less("count", 4), True),
        (less("count", "4"), None),
    ):
        assert holds(asked, row) is expected, asked
