"""Whatever wall is taken away, the matrix of rights turns red: scopes, `require()` calls and field permissions."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults import FULL
from tests.matrix import crawl, mutant
from tests.matrix.edge import Edges
from tests.matrix.fill import fill
from tests.matrix.look import check_rows, check_verbs
from tests.visible import furnish

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from resolvers.ports import House
    from tests.client import Client

SCOPED = "the scope shows these rows to nobody else"
TWICE_ASKED = "asked again in the transaction, or before it"
# Taken away they change nothing: something else says the same. Each with what does.
TWICE = {
    "require account_identity.py remove": SCOPED,
    "require forum/like.py _set": SCOPED,
    "require forum/report.py _report": SCOPED,
    "require forum/report.py resolve": SCOPED,
    "require rejected_message.py dismiss": SCOPED,
    "require device/credential.py revoke": SCOPED,
    "require_everywhere session.py revoke": SCOPED,
    "require export.py create": TWICE_ASKED,
    "require export.py _check_open": TWICE_ASKED,
    "require ingest/gather.py accept": "a device's viewer is made with this permission and no other",
    "require_everywhere role.py _require": "nobody gives everywhere what he does not hold everywhere",
    "scope sheet: _vehicle is_in('property_id', viewer.home_properties)": "the Units are in them: for the index",
    "scope forum: _reply where(viewer, _P.FORUM_READ)": "nor does its post show",
}
HEARD = "tests/test_matrix.py::test_a_stream_is_heard_by_whom_it_should_and_nobody_else"
# Nothing that the matrix asks shows these: the test that notices is run without them, in a process of its own.
ELSEWHERE = {
    "require_everywhere business_calendar.py _manages": "tests/test_sla.py::test_what_is_refused_changes_nothing",
    "scope sla: _clock_told own(viewer, 'reporter_id')": HEARD,
    "scope sla: SCOPES _clock_told": HEARD,
    "require_everywhere stock/common.py require_there": "tests/test_stock.py::test_whoever_may_not_changes_nothing",
    "require jobs/export.py _viewer": "tests/test_export_run.py::test_a_right_lost_before_it_begins_ends_it",
    "scope device: _alarm_live where(viewer, _P.ALARM_READ)": "tests/live/test_alarm.py::test_who_hears_of_an_alarm",
    "scope device: SCOPES _alarm_live": "tests/live/test_alarm.py::test_who_hears_of_an_alarm",
    "require ticket/raising.py _reporter": "tests/test_ticket.py::test_the_desk_raises_what_a_resident_calls_about",
    "scope staff: SCOPES lambda viewer: any_of(where(viewer, Permission.ATTENDANCE_READ), _duty(viewer))": HEARD,
    "require shift.py _assign": "tests/test_shift.py::test_whoever_manages_no_staff_changes_nothing",
    "require work_order/extra.py check_item": "tests/test_verb.py::test_who_works_no_more_ticks_nothing_off",
    "scope core: _ticket_told where(viewer, _P.TICKET_READ)": "tests/live/test_ticket.py::test_who_hears_of_a_ticket",
    "scope core: _ticket_told own(viewer, 'reporter_id')": "tests/live/test_ticket.py::test_who_hears_of_a_ticket",
    "scope core: SCOPES _ticket_told": "tests/live/test_ticket.py::test_who_hears_of_a_ticket",
}
# The world has no case for these: tests/matrix/edge.py makes one.
EDGES = {
    "require forum/post.py _own",
    "require forum/reply.py delete",
    "scope billing: _owed eq('unit_id', home.unit_id)",
    (
        "scope billing: _owed exists(Occupancy, 'person_id', all_of(eq('unit_id', home.unit_id), running(home.today)),"
        " outer='payer_id')"
    ),
    "scope billing: _owed eq('unit_id', home.unit_id) #2",
    "scope billing: _owed running(home.today)",
    "scope core: _occupancy running(home.today)",
    "scope forum: _like eq('account_id', viewer.account_id)",
    "scope forum: _like is_null('withdrawn_at')",
    "scope forum: SCOPES _like",
    "scope forum: _word is_null('removed_at')",
    "scope identity: _identity is_null('removed_at')",
    "scope personal: _contact eq('unit_id', home.unit_id)",
    "scope personal: _contact running(home.today)",
    "scope personal: _contact exists(Occupancy, 'person_id', households)",
    "scope personal: _contact eq('id', viewer.person_id)",
    "scope personal: SCOPES _contact",
}
pytestmark = pytest.mark.timeout(3_600 if FULL else 60)
ALL = mutant.every()
SCOPES, DEMANDS, FIELDS = (
    [one for one in all_ if not {one.name} & {*TWICE, *ELSEWHERE, *EDGES}]
    for all_ in (mutant.scopes(), mutant.demands(), mutant.fields())
)


def test_what_is_listed_is_there() -> None:
    assert {*TWICE, *ELSEWHERE, *EDGES} <= ALL.keys()


def test_there_are_enough_of_them() -> None:
    assert len(SCOPES) + len(DEMANDS) + len(FIELDS) >= 100


@pytest.fixture
def backend() -> str:
    """Rights are the same on both databases; the second wall would hide nothing of this."""
    return "sqlite"


@pytest.fixture
async def furnished(client: Client, house: House) -> Client:
    """The world with files and steps."""
    for seed, tenant in enumerate((client.world.acme, client.world.rival)):
        await furnish(house, tenant, 100 + seed)
    return client


async def survivors(mutants: list[mutant.Mutant], check: Callable[[], Awaitable[None]]) -> list[str]:
    """Those that the check does not notice. With all walls back it passes, so it was they that it missed."""
    alive = []
    for one in mutants:
        with pytest.MonkeyPatch.context() as patch:
            one.remove(patch)
            try:
                await check()
            except AssertionError:
                continue
            alive.append(one.name)
    await check()
    return alive


def some(mutants: list[mutant.Mutant], every: int) -> list[mutant.Mutant]:
    return mutants if FULL else mutants[::every]


@pytest.mark.promise(19)
async def test_each_term_of_a_scope_counts(furnished: Client, reached: Callable[..., None]) -> None:
    acme = furnished.world.acme
    alive = await survivors(some(SCOPES, 80), lambda: check_rows(furnished, acme))
    assert not alive, "\n".join(["nobody notices that these are gone:", *alive])
    reached("each removal turns the matrix red", count=len(some(SCOPES, 80)))


@pytest.mark.promise(20)
async def test_each_demand_counts(furnished: Client, house: House, reached: Callable[..., None]) -> None:
    alive = await survivors(some(DEMANDS, 90), lambda: check_verbs(furnished, house))
    assert not alive, "\n".join(["nobody notices that these are gone:", *alive])
    reached("each removal turns the matrix red", count=len(some(DEMANDS, 90)))


@pytest.mark.promise(19)
async def test_each_edge_counts(furnished: Client, house: House, reached: Callable[..., None]) -> None:
    edges = Edges(furnished, house)
    await edges.write()
    alive = await survivors([ALL[name] for name in sorted(EDGES)[:: 1 if FULL else 9]], edges.check)
    assert not alive, "\n".join(["nobody notices that these are gone:", *alive])
    reached("each removal turns the matrix red", count=len(EDGES))


if FULL:  # a process for each

    @pytest.mark.parametrize("name", ELSEWHERE)
    def test_what_another_test_notices(name: str) -> None:
        narrow = ["-q", "-x", "-p", "no:cacheprovider", "-k", "not postgres", ELSEWHERE[name]]
        test = [sys.executable, "-m", "pytest", *narrow]
        for plugin, expected in ((["-p", "tests.matrix.mutant"], 1), ([], 0)):
            done = subprocess.run(
                [*test, *plugin], env={**os.environ, "MUTANT": name}, capture_output=True, check=False
            )
            assert done.returncode == expected, done.stdout.decode()[-2_000:]


@pytest.mark.promise(19)
async def test_each_permission_of_a_field_counts(furnished: Client, house: House, reached: Callable[..., None]) -> None:
    acme = furnished.world.acme
    await fill(house, acme)

    async def check() -> None:
        crawl.check(await crawl.crawl(furnished, acme), acme)

    alive = await survivors(some(FIELDS, 40), check)
    assert not alive, "\n".join(["nobody notices that these are gone:", *alive])
    reached("each removal turns the matrix red", count=len(some(FIELDS, 40)))
