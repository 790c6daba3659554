"""Promise 11: the database's disk is full. Writes are refused with a code, reads go on, nothing is half-done."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from adapters.settings import Settings
from tests.conftest import ROLE, ROLE_PASSWORD
from tests.faults import FULL
from tests.faults.conftest import LONG, MANY, Deployment
from tests.faults.test_payment import BILL, Cashiers
from tests.servers.binaries import server_user
from tests.servers.product import Product

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(600 if FULL else 90)]

ROUNDS = 10 if FULL else 1
CASHIERS = 4
BETWEEN = 12  # payments that are acknowledged between two times that the disk is full
REFUSED = 20  # calls
FULL_SECONDS = 60.0  # at the very most, until so many are refused
SIZE = "96m"


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small file system of its own: a limit on a process would fail in another way."""
    folder = Path(tempfile.mkdtemp(prefix="wuye-disk-"))  # where PostgreSQL's own user comes, too
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("No small disk for the tests: only root may mount one.")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


@pytest.fixture
def deployment(backend: str, disk: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Deployment]:
    """The product whose database is on the small disk. PostgreSQL's log is not: without that it ends itself."""
    template = request.getfixturevalue(f"{backend}_template")
    options = {"BROKER_URL": "memory://", **LONG, **MANY}
    if backend == "sqlite":
        shutil.copy(template.settings.sqlite_path, disk / "wuye.db")
        settings = Settings(database_url=f"sqlite://{disk / 'wuye.db'}", state_path=tmp_path)
        with Product(tmp_path, DATABASE_URL=settings.database_url, **options) as product:
            yield Deployment(product, template.world, settings, None)
        return
    postgres = request.getfixturevalue("postgres")
    if (user := server_user()) is not None:
        os.chown(disk, user, user)
    postgres.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
    name = postgres.create_database(Path(template.settings.database_admin_url or "").name, tablespace="small")
    settings = Settings(
        database_url=postgres.url(name, ROLE, ROLE_PASSWORD),
        database_admin_url=postgres.url(name),
        state_path=tmp_path,
    )
    with Product(tmp_path, DATABASE_URL=settings.database_url, **options) as product:
        yield Deployment(product, template.world, settings, None)
    postgres.drop_database(name)
    postgres.execute("DROP TABLESPACE small")


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """No room until the end."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    try:
        yield
    finally:
        ballast.unlink()


async def refuse(cashiers: Cashiers, disk: Path) -> None:
    """Wait until many were refused; what was there can be read all the while."""
    goal, deadline = cashiers.repeats + REFUSED, time.monotonic() + FULL_SECONDS
    with full(disk):
        while cashiers.repeats < goal:
            assert time.monotonic() < deadline, "there was room all the while: the harness is blunt"
            assert (await cashiers.ask(BILL, id=cashiers.bill))["bill"]
            await asyncio.sleep(0.02)


@pytest.mark.promise(11)
async def test_a_full_disk_refuses_and_nothing_else(
    deployment: Deployment, disk: Path, reached: Callable[..., None]
) -> None:
    async with httpx.AsyncClient(base_url=deployment.product.url, trust_env=False, timeout=15) as http:
        cashiers = Cashiers(deployment, http)
        await cashiers.issue()
        async with asyncio.TaskGroup() as group:
            for number in range(1, CASHIERS + 1):
                group.create_task(cashiers.work(number))
            for _ in range(ROUNDS):
                await cashiers.more(BETWEEN)
                await refuse(cashiers, disk)
            await cashiers.more(BETWEEN)
            cashiers.stopped = True
        paid = await cashiers.agree()
    reached(
        f"{ROUNDS} times full: {cashiers.repeats} calls refused, {paid} payments: 0 lost, 0 doubled, debits = credits",
        count=ROUNDS,
    )
