"""Scheduled work by two processes that share nothing but the database: each thing is done once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models import ShiftAssignment, Ticket
from models.rules.ticket import Priority, TicketKind, TicketStatus
from resolvers.unit import system_unit
from tests.dump import audits, owner
from tests.factories.world import NOW

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from resolvers.ports import House
    from tests.client import Client

MANY = 30
JOBS = ("attendance.settle", "ticket.remind")


@pytest.fixture
def backend() -> str:
    """Where two write at once; tests/test_attendance.py runs several workers on both."""
    return "postgres"


async def begin(house: House, hours: int) -> Process:
    """A process that waits for the word."""
    settings = house.settings
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
        "STATE_PATH": str(settings.state_path),
        **({"DATABASE_ADMIN_URL": settings.database_admin_url} if settings.database_admin_url else {}),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.worker", str(hours), *JOBS),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n", await process.communicate()
    return process


async def test_two_processes_settle_and_remind_once(client: Client, house: House) -> None:
    """Shifts that nobody came to, and appointments that are near, of one company."""
    keys = client.world.acme.keys
    async with system_unit(house, keys["organization"]) as unit:
        who = {"property_id": keys["home"], "staff_id": keys["tech2_staff"], "shift_id": keys["shift"]}
        for n in range(MANY):
            start = NOW - timedelta(days=n + 2)
            await unit.add(
                ShiftAssignment, day=start.date(), starts_at=start, ends_at=start + timedelta(hours=1), **who
            )
            await unit.add(
                Ticket,
                property_id=keys["home"],
                reporter_id=keys["resident_person"],
                number=f"T-{n}",
                kind=TicketKind.REPAIR,
                category="门",
                text="门",
                status=TicketStatus.OPEN,
                priority=Priority.NORMAL,
                appointment_at=NOW + timedelta(hours=2),
                remind_at=NOW + timedelta(hours=1),
            )
    workers = await asyncio.gather(*(begin(house, 1) for _ in range(2)))
    ended = await asyncio.gather(*(worker.communicate(b"\n") for worker in workers))
    assert [(worker.returncode, said[1]) for worker, said in zip(workers, ended, strict=True)] == [(0, b"")] * 2
    for verb in ("attendance.miss", "ticket.remind"):
        subjects = Counter(str(entry["subject_id"]) for entry in await audits(house, verb))
        assert (len(subjects), set(subjects.values())) == (MANY, {1}), verb
    told = await owner(house, "SELECT kind, subject_id, account_id FROM notification WHERE kind IN ($1, $2)", *KINDS)
    assert Counter(row["kind"] for row in told) == dict.fromkeys(KINDS, MANY)
    assert len({tuple(map(str, row.values())) for row in told}) == 2 * MANY
    left = await owner(house, "SELECT 1 FROM ticket WHERE remind_at IS NOT NULL")
    assert left == []


KINDS = ("ATTENDANCE_MISSED", "TICKET_DUE")
