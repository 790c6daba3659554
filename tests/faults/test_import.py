"""An import survives kill -9: whoever comes next goes on from the last chunk, and no row is written twice."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from adapters.database import make_database
from tests.faults import FULL
from tests.sheets import CREATE, ONE, OPEN, PLACES, sheet

if TYPE_CHECKING:
    from tests.faults.conftest import Deployment

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(1_800 if FULL else 150)]

ROWS = 100_000 if FULL else 6_000
KILLS = 20 if FULL else 1
SEED = 20261122
SECONDS = 1_500.0 if FULL else 100.0


def ask(deployment: Deployment, token: str) -> dict[str, Any]:
    """The newest import as it is now."""
    answer = httpx.post(
        f"{deployment.product.url}/graphql",
        json={"query": "{ imports(first: 1) { nodes { id } } }"},
        headers={"authorization": f"Bearer {token}"},
        trust_env=False,
    ).json()
    id_ = answer["data"]["imports"]["nodes"][0]["id"]
    answer = httpx.post(
        f"{deployment.product.url}/graphql",
        json={"query": ONE, "variables": {"id": id_}},
        headers={"authorization": f"Bearer {token}"},
        trust_env=False,
    ).json()
    found: dict[str, Any] = answer["data"]["import"]
    return found


def upload(deployment: Deployment, token: str, content: bytes) -> None:
    """Send the sheet."""
    wish = {"kind": "PLACES", "mode": "SKIP_BAD"}
    body = {"query": CREATE, "variables": {"input": wish, "file": None}}
    answer = httpx.post(
        f"{deployment.product.url}/graphql",
        data={"operations": orjson.dumps(body).decode(), "map": '{"0": ["variables.file"]}'},
        files={"0": ("a.csv", content, "text/csv")},
        headers={"authorization": f"Bearer {token}", "graphql-require-preflight": "1"},
        trust_env=False,
        timeout=30,
    ).json()
    assert answer["data"]["importCreate"]["userErrors"] == []


async def written(deployment: Deployment) -> tuple[int, int, int]:
    """Units of the sheet, distinct ones, and rows that the audit says were made."""
    database = make_database(deployment.settings)
    await database.connect()
    try:
        organization = deployment.world.acme.keys["organization"]
        sql = (
            "SELECT count(*) AS n, count(DISTINCT u.number) AS different FROM unit u"
            " JOIN building b ON b.id = u.building_id WHERE b.code = 'T'"
        )
        (units,) = await database.fetch(sql, [], organization)
        audits = await database.fetch("SELECT after FROM audit_entry WHERE verb = 'import.chunk'", [], organization)
        made = sum(len(database.value("JSONField", row["after"])["created"].get("Unit", [])) for row in audits)
        return units["n"], units["different"], made
    finally:
        await database.close()


def test_an_import_survives_kills(deployment: Deployment) -> None:
    print(f"seed {SEED}")
    catch = random.Random(SEED)
    token = deployment.token("chief")
    content = sheet(PLACES, *(["home", "T", "1", f"{n:06d}", n % 30 + 1, "80"] for n in range(ROWS)))
    upload(deployment, token, content)
    for kill in range(KILLS):
        deadline = time.monotonic() + SECONDS
        while (found := ask(deployment, token))["rowsRead"] <= ROWS * kill // (KILLS + 1):
            assert found["state"] in OPEN, found
            assert time.monotonic() < deadline, "it does not go on"
            time.sleep(0.02)
        time.sleep(catch.random() * 0.05)  # anywhere in a chunk
        deployment.product.kill()
        assert asyncio.run(written(deployment))[0] < ROWS, "it was killed in the middle"
        deployment.product.start()
    deadline = time.monotonic() + SECONDS
    while (found := ask(deployment, token))["state"] in OPEN:
        assert time.monotonic() < deadline, "it does not end"
        time.sleep(0.1)
    assert (found["state"], found["rowsCreated"], found["rowsUnchanged"], found["rowsBad"]) == ("DONE", ROWS, 0, 0)
    assert asyncio.run(written(deployment)) == (ROWS, ROWS, ROWS)
