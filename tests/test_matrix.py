"""The matrix of rights through the public endpoint."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from schema.base import encode
from schema.base.node import NODES
from tests.dump import dump
from tests.faults import FULL
from tests.matrix import crawl
from tests.matrix.edge import Edges
from tests.matrix.fill import fill
from tests.matrix.look import check_verbs, nodes, refusal_of
from tests.matrix.stream import STREAMS, Ears, happen
from tests.matrix.verb import ELSEWHERE, ENDS, PLAIN, REFUSED, VERBS, allowed, calls, codes, first_calls
from tests.visible import LOGINS, furnish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from resolvers.ports import House
    from tests.client import Client

# The wall between companies does not ask for roles: one of each kind knocks at it.
STRANGERS = ("resident", "tech1", "manager", "cashier", "admin")
BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)][: 2 if FULL else 1]
"""Of what no database decides."""
MISSING = UUID("01a200fb-5100-7fff-8000-00000000dead")


@pytest.fixture
def people(backend: str) -> Sequence[str]:
    """All of them; on PostgreSQL one of each kind: what it shows to whom of all, row by row, is tests/test_scope.py."""
    return LOGINS if FULL or backend == "sqlite" else STRANGERS


@pytest.fixture
async def furnished(client: Client, house: House) -> Client:
    """The world with files and steps, so that each node type has rows."""
    for seed, tenant in enumerate((client.world.acme, client.world.rival)):
        await furnish(house, tenant, 100 + seed)
    return client


@pytest.fixture
async def filled(furnished: Client, house: House) -> Client:
    """Every column of it has a value somewhere."""
    for tenant in (furnished.world.acme, furnished.world.rival):
        await fill(house, tenant)
    return furnished


def test_every_field_has_an_expectation() -> None:
    crawl.check_every_field_is_expected()


@pytest.mark.promise(19)
async def test_every_field_shows_what_it_should_to_whom_it_should(
    filled: Client, people: Sequence[str], reached: Callable[..., None]
) -> None:
    acme = filled.world.acme
    answers = await crawl.crawl(filled, acme, [login for login in crawl.PEOPLE if login in people])
    (crawl.check if people is LOGINS else crawl.compare)(answers, acme)
    assert "rival" not in str(answers), "what is of the other company"
    reached(
        f"0 leaks: {len(people)} accounts, values of every field of every row",
        count=sum(len(shown) for rows in answers.values() for shown in rows.values()),
    )


@pytest.mark.parametrize("backend", BACKENDS)
async def test_a_program_is_shown_what_a_person_with_its_rights_is(furnished: Client) -> None:
    acme = furnished.world.acme
    answers = await crawl.crawl(furnished, acme, ["program", "manager", "auditor", "admin"])
    assert {"Gate", "Ticket", "Property"} <= {type_ for type_, _ in crawl.compare(answers, acme)}
    fields = {(acme.types[row], field) for row, shown in answers["program"].items() for field in shown}
    assert ("Ticket", "text") in fields
    assert ("Ticket", "reporter") not in fields, "not in its contract"


@pytest.mark.parametrize("backend", BACKENDS)
async def test_the_canary_sings(filled: Client) -> None:
    """The crawl above would see the other company's values: each type of its rows has one that says whose it is."""
    rival = filled.world.rival
    answers = await crawl.crawl(filled, rival, ["chief", "admin"])
    singing = {rival.types[row] for rows in answers.values() for row, shown in rows.items() if "rival" in str(shown)}
    assert len(singing) >= len(NODES) / 2


def test_every_verb_has_an_expectation() -> None:
    asked = {verb for verb, _ in calls(defaultdict(str), defaultdict(str))}
    named = set(crawl.SCHEMA.mutation_type.fields)  # type: ignore[union-attr]
    assert named == VERBS.keys() | ELSEWHERE, "say in tests/matrix/verb.py what it needs"
    assert asked | {verb for verb, _ in PLAIN} == VERBS.keys(), "call it in tests/visible, with ids"


async def test_a_verb_obeys_who_may_and_changes_nothing_for_who_may_not(
    furnished: Client, house: House, people: Sequence[str]
) -> None:
    await check_verbs(furnished, house, people)
    ids = nodes(furnished.world.acme)
    tried: set[str] = set()
    last = {verb: n for n, verb in enumerate(ENDS, start=1)}
    for login, (verb, call) in sorted(product(LOGINS, first_calls(ids)), key=lambda pair: last.get(pair[1][0], 0)):
        if allowed(login, verb) and not (verb in tried and (verb in ENDS or people is not LOGINS)):
            tried.add(verb)
            answer = await furnished.post(refusal_of(call), login)
            assert not set(codes(answer, verb)) & REFUSED, (login, verb, answer)
    assert tried == VERBS.keys(), "each verb is somebody's"


@pytest.mark.promise(20)
async def test_no_verb_reaches_the_other_company(
    furnished: Client, house: House, people: Sequence[str], reached: Callable[..., None]
) -> None:
    """Each id of another company answers as a missing one does, byte for byte, and nothing changes."""
    acme, rival = furnished.world.acme, furnished.world.rival
    own, foreign = nodes(acme), nodes(rival)
    missing = {name: encode(rival.types[name], MISSING) for name in foreign}
    before = await dump(house)
    strangers = STRANGERS if people is LOGINS else STRANGERS[::4]
    for login in strangers:
        for (verb, far), (_, gone) in zip(calls(foreign, own), calls(missing, own), strict=True):
            answers = [await furnished.post(refusal_of(call), login) for call in (far, gone)]
            for answer in answers:
                for error in answer.get("errors", []):
                    error.pop("locations", None)  # the documents differ in the length of an id
            assert answers[0] == answers[1], (login, verb)
            assert codes(answers[0], verb) in (["NOT_FOUND"], ["FORBIDDEN"]), (login, verb, answers[0])
    assert await dump(house) == before
    reached(
        "0 reached: foreign and missing ids answer byte for byte alike", count=len(strangers) * len(calls(foreign, own))
    )


def test_every_subscription_has_an_expectation() -> None:
    assert set(crawl.SCHEMA.subscription_type.fields) == STREAMS.keys()  # type: ignore[union-attr]


async def test_a_stream_is_heard_by_whom_it_should_and_nobody_else(furnished: Client, house: House) -> None:
    acme, rival = furnished.world.acme, furnished.world.rival
    await happen(furnished, house)
    ears = Ears(house)
    for subscription, login in product(STREAMS, LOGINS):
        heard = await ears.hears(subscription, acme, login, acme)
        assert bool(heard) is (login in STREAMS[subscription][1]), (subscription, login)
        assert not await ears.hears(subscription, acme, login, rival), (subscription, login, "of the other company")


async def test_at_the_edges(furnished: Client, house: House) -> None:
    edges = Edges(furnished, house)
    await edges.write()
    await edges.check()
    await edges.check()
