"""LOG_FORMAT=json: one object a line, with names and ids, and nothing of what people entered."""

from __future__ import annotations

import dataclasses
import io
import logging
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from adapters.log import JsonFormatter
from adapters.settings import SettingsError, load_settings
from resolvers import work_order
from tests.dump import owner
from tests.live.talk import ASSIGN, TICKET
from tests.oracle.both import BUGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client

CANARY = "canary-13655557788"
NAMED = TICKET.replace("mutation (", "mutation RaiseIt(")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As LOG_FORMAT=json sets it."""
    return dataclasses.replace(settings, log_format="json")


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What is logged from now on, decoded line by line."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    ours, level = logging.getLogger("wuye"), logging.getLogger("wuye").level
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield lambda: [orjson.loads(line) for line in written.getvalue().splitlines()]
    ours.removeHandler(handler)
    ours.setLevel(level)


async def test_an_operation_is_a_line(client: Client, house: House, lines: Callable[[], list[dict[str, Any]]]) -> None:
    acme = client.world.acme
    wish = {"propertyId": acme.id("home"), "kind": "REPAIR", "category": "水管", "text": CANARY}
    await client.data(NAMED, "resident", input=wish)
    await client.data("query Look($id: ID!) { node(id: $id) { id } }", None, id=acme.id("home"))
    raised, looked = [line for line in lines() if line["logger"] == "wuye.operation"]
    assert (raised["operationKind"], raised["operationName"], raised["outcome"]) == ("mutation", "RaiseIt", "done")
    assert raised["organizationId"] == str(acme.keys["organization"])
    assert raised["durationMs"] > 0
    rows = await owner(house, "SELECT stream_id, position FROM event")
    known = {(house.database.value("UUIDField", row["stream_id"]).hex, row["position"]) for row in rows}
    assert raised["events"], "a raised ticket announces its order"
    for event in raised["events"]:
        assert (event["stream"].replace("-", ""), event["position"]) in known
    assert (looked["operationKind"], looked["operationName"]) == ("query", "Look")
    assert "organizationId" not in looked
    assert "events" not in looked
    told = orjson.dumps(lines()).decode()
    for secret in (CANARY, acme.token("resident"), acme.id("home")):
        assert secret not in told


async def test_an_error_is_found_by_its_id(
    client: Client, lines: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(work_order, "assign", fail)
    acme = client.world.acme
    wish = {"expectedVersion": 1, "staffId": acme.id("tech2_staff")}
    answer = await client.post(ASSIGN, "manager", id=acme.id("order0"), input=wish)
    assert BUGS.take(), "the plan met it first"
    error_id = answer["errors"][0]["extensions"]["errorId"]
    found = [line for line in lines() if line.get("errorId") == error_id]
    assert {line["logger"] for line in found} == {"wuye.error", "wuye.operation"}
    (cause,) = [line for line in found if line["logger"] == "wuye.error"]
    assert "RuntimeError: a bug" in cause["exception"]
    assert cause["operationKind"] == "mutation"


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="text or json"):
        load_settings({"LOG_FORMAT": "xml", "STATE_PATH": str(tmp_path)})
