"""What a viewer holds, from when to when: grants, homes, midnight in the Property's zone. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from adapters.database.sqlite import SqliteDatabase
from models.rules.permission import Permission, Role
from models.viewer import Viewer
from resolvers.viewer import viewer_of
from tests.factories.world import NOW

SESSION, ACCOUNT, ORGANIZATION, PERSON = (UUID(int=n) for n in (1, 2, 3, 4))
HOME, AWAY, BUILDING, UNIT, OTHER_UNIT = (UUID(int=n) for n in (10, 11, 12, 13, 14))
EXPIRES = NOW + timedelta(days=30)


def load(
    now: datetime = NOW, grants: list[Any] | None = None, homes: list[Any] | None = None, expires: datetime = EXPIRES
) -> Viewer | None:
    row = {
        "session_id": str(SESSION),
        "account_id": str(ACCOUNT),
        "organization_id": str(ORGANIZATION),
        "person_id": str(PERSON),
        "staff_id": None,
        "api_client_id": None,
        "scopes": None,
        "rate_per_minute": None,
        "client_until": None,
        "expires_at": expires.isoformat(" "),
        "grants": orjson.dumps(grants or []).decode(),
        "homes": orjson.dumps(homes or []).decode(),
    }
    return viewer_of([row], "key", SqliteDatabase.__new__(SqliteDatabase), now)


def sure(viewer: Viewer | None) -> Viewer:
    assert viewer is not None
    return viewer


def grant(role: Role, place: UUID | None, start: datetime, end: datetime | None = None) -> list[Any]:
    return [role.value, place and str(place), start.isoformat(), end and end.isoformat(), None]


def home(start: str, end: str | None = None, zone: str = "Asia/Shanghai", unit: UUID = UNIT) -> list[Any]:
    return [str(HOME), str(BUILDING), str(unit), start, end, zone]


def test_no_row_is_nobody() -> None:
    assert viewer_of([], "key", SqliteDatabase.__new__(SqliteDatabase), NOW) is None


@pytest.mark.parametrize(("left", "holds"), [(timedelta(microseconds=1), True), (timedelta(0), False)])
def test_a_session_ends_at_its_instant(left: timedelta, holds: bool) -> None:
    assert (load(expires=NOW + left) is not None) is holds


def test_without_roles_it_is_valid_until_the_session_ends_and_may_nothing() -> None:
    viewer = sure(load())
    assert viewer.valid_until == EXPIRES
    assert viewer.roles == ()
    assert viewer.properties == frozenset()
    assert not any(viewer.may(permission) for permission in Permission)


def test_a_grant_runs_from_its_first_instant_to_before_its_last() -> None:
    start, end = NOW, NOW + timedelta(hours=1)
    rows = [grant(Role.MANAGER, HOME, start, end)]
    before = sure(load(start - timedelta(microseconds=1), rows))
    assert before.roles == ()
    assert before.valid_until == start
    held = sure(load(start, rows))
    assert held.roles == (Role.MANAGER,)
    assert held.properties == frozenset({HOME})
    assert held.valid_until == end
    assert sure(load(end, rows)).roles == ()
    assert sure(load(end, rows)).valid_until == EXPIRES


def test_valid_until_is_the_earliest_end_of_all() -> None:
    soon, later = NOW + timedelta(minutes=5), NOW + timedelta(hours=5)
    rows = [grant(Role.MANAGER, HOME, NOW, later), grant(Role.TECHNICIAN, AWAY, NOW, soon)]
    assert sure(load(grants=rows)).valid_until == soon
    assert sure(load(grants=rows, expires=NOW + timedelta(minutes=1))).valid_until == NOW + timedelta(minutes=1)


def test_a_grant_without_property_reaches_every_property() -> None:
    viewer = sure(load(grants=[grant(Role.CONTROL_ROOM, None, NOW)]))
    assert viewer.properties is None
    assert viewer.may(Permission.GATE_OPEN, AWAY)


def test_a_home_makes_a_resident_of_its_property_only() -> None:
    viewer = sure(load(homes=[home("2020-01-01")]))
    assert viewer.roles == (Role.RESIDENT,)
    assert viewer.units == frozenset({UNIT})
    assert viewer.home_properties == viewer.properties == frozenset({HOME})
    assert viewer.may(Permission.TICKET_CREATE, HOME)
    assert not viewer.may(Permission.TICKET_CREATE, AWAY)
    midnight = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert viewer.valid_until == midnight, "who else lives there is asked for the day"


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Shanghai", datetime(2026, 11, 22, 16, 0, tzinfo=UTC)),
        ("UTC", datetime(2026, 11, 23, 0, 0, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 23, 5, 0, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 22, 18, 30, tzinfo=UTC)),
    ],
)
def test_moving_in_and_out_happen_at_midnight_of_the_property(zone: str, midnight: datetime) -> None:
    tick = timedelta(microseconds=1)
    coming = [home("2026-11-23", zone=zone)]
    assert sure(load(midnight - tick, homes=coming)).units == frozenset()
    assert sure(load(midnight - tick, homes=coming)).valid_until == midnight
    assert sure(load(midnight, homes=coming)).units == frozenset({UNIT})
    leaving = [home("2020-01-01", "2026-11-22", zone)]
    assert sure(load(midnight - tick, homes=leaving)).units == frozenset({UNIT})  # the last day counts
    assert sure(load(midnight - tick, homes=leaving)).valid_until == midnight
    assert sure(load(midnight, homes=leaving)).units == frozenset()


def test_midnight_follows_summer_time() -> None:
    leaving = [home("2020-01-01", "2026-03-28", "Europe/Berlin")]  # clocks go forward on the 29th
    assert sure(load(datetime(2026, 3, 28, tzinfo=UTC), homes=leaving)).valid_until == datetime(
        2026, 3, 28, 23, tzinfo=UTC
    )
    leaving = [home("2020-01-01", "2026-03-29", "Europe/Berlin")]
    assert sure(load(datetime(2026, 3, 29, tzinfo=UTC), homes=leaving)).valid_until == datetime(
        2026, 3, 29, 22, tzinfo=UTC
    )


def test_a_home_knows_its_own_day_and_a_new_day_is_no_change_of_rights() -> None:
    rows = [home("2020-01-01"), home("2020-01-01", zone="America/New_York", unit=OTHER_UNIT)]
    first = sure(load(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), homes=rows))
    assert {item.unit_id: item.today for item in first.homes} == {
        UNIT: date(2026, 11, 22),
        OTHER_UNIT: date(2026, 11, 21),
    }
    assert first == sure(load(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), homes=rows))
