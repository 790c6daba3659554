"""An event that cannot be read or told harms nobody: it is passed over, or is an error of its own; it is said once."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from schema.http.live import Live as LiveOperation
from subscriptions import log
from tests.factories.world import NOW
from tests.live.sse import listen
from tests.live.talk import live_cursor, pass_gate, until
from tests.live.websocket import talk

if TYPE_CHECKING:
    from schema.base import Context
    from schema.base.event import Happening
    from tests.conftest import Live

SHARED = """subscription ($property: ID!, $after: Cursor) {
  accessEventRecorded(propertyId: $property, after: $after) { cursor result accessEvent { reason occurredAt } }
}"""
PERSONAL = SHARED.replace("reason occurredAt", "reason occurredAt property { liveCursor }")
TIMES = SHARED.replace("cursor result", "result")
ODD = datetime(2026, 11, 22, 1, tzinfo=UTC)
ALARMS = """subscription ($property: ID!) {
  alarmChanged(propertyId: $property, minSeverity: MAJOR) { cursor }
}"""


async def write(live: Live, type_: str, heard_by: dict[str, Any], data: Any) -> None:
    """An event as the running version does not write it."""
    tenant, database = live.client.world.acme, live.house.database
    home, organization = tenant.keys["home"], tenant.keys["organization"]
    event = {
        "type": type_,
        "version": 9,
        "subject_id": str(uuid4()),
        "occurred_at": NOW.isoformat(" "),
        "audience": heard_by,
        "data": data,
    }
    async with database.transaction(organization) as tx:
        await database.append_events(tx, home, organization, [event])


async def write_poison(live: Live) -> None:
    """Between two good passages: what nobody hears, what cannot be read, what cannot be told, a subject that cannot."""
    tenant = live.client.world.acme
    organization, home = str(tenant.keys["organization"]), str(tenant.keys["home"])
    everybody = {"organization_id": [organization], "property_id": [home]}
    await pass_gate(live.client, 1)
    await write(live, "lift.stuck", everybody, {"floor": 3})
    await write(live, "access_event.recorded", {"property_id": ["nobody"]}, {"result": "GRANTED"})
    await write(live, "access_event.recorded", everybody, ["GRANTED"])
    await write(live, "alarm.changed", everybody, {"severity": ["MAJOR"]})
    await write(live, "access_event.recorded", everybody, {})
    await write(live, "access_event.recorded", everybody, {"result": "LIFTED"})
    await pass_gate(live.client, 2)


def told(payloads: list[dict[str, Any]]) -> list[str]:
    """Reasons of passages, and codes of errors."""
    found = []
    for payload in payloads:
        if "errors" in payload:
            (error,) = payload["errors"]
            assert payload["data"] is None
            assert error["extensions"]["errorId"]
            found.append(error["extensions"]["code"])
        else:
            found.append(payload["data"]["accessEventRecorded"]["accessEvent"]["reason"])
    return found


EXPECTED = ["1", "INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR", "2"]


async def test_a_poisoned_event_is_passed_over_or_told_as_an_error(
    live: Live, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_told", set())
    tenant, start = live.client.world.acme, await live_cursor(live.client)
    home, token = tenant.id("home"), tenant.token("control")
    caplog.set_level(logging.ERROR)
    async with talk(live.websocket_url, token) as socket:
        await socket.subscribe("shared", SHARED, property=home, after=start)
        await until(live, lambda status: status.members == 1)
        await write_poison(live)
        assert told(await socket.results("shared", 4)) == EXPECTED
        unread = [record for record in caplog.records if "cannot be read" in record.getMessage()]
        assert len(unread) == 2, "each once"
        assert len({record.told["errorId"] for record in unread}) == 2  # type: ignore[attr-defined]
        await socket.send("complete", id="shared")
        await socket.subscribe("late", PERSONAL, property=home, after=start)
        assert told(await socket.results("late", 4)) == EXPECTED
        async with listen(live.client.http, SHARED, token, last_id=start, property=home) as stream:
            assert told(await stream.results(4)) == EXPECTED
        assert len([record for record in caplog.records if "cannot be read" in record.getMessage()]) == 2
    assert not [record for record in caplog.records if "stumbled" in record.getMessage()]


async def test_what_an_alarm_says_of_itself_may_be_anything(live: Live) -> None:
    tenant, start = live.client.world.acme, await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("alarms", ALARMS, property=tenant.id("home"))
        await socket.subscribe("gates", SHARED, property=tenant.id("home"), after=start)
        await until(live, lambda status: status.members == 2)
        await write_poison(live)
        heard = await socket.results("gates", 4)
        assert told(heard) == EXPECTED


async def test_a_document_that_fails_on_one_event_is_told_so(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, result = live.client.world.acme, LiveOperation._result
    failed: list[int] = []

    async def sometimes(self: LiveOperation, context: Context, happening: Happening) -> bytes:
        answer = await result(self, context, happening)
        if b'"reason":"2"' in answer:
            failed.append(happening.entry.position)
            raise RuntimeError("a bug")
        return answer

    monkeypatch.setattr(LiveOperation, "_result", sometimes)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        for document in (SHARED, PERSONAL):
            await socket.subscribe(document[-30:], document, property=tenant.id("home"))
        await until(live, lambda status: status.members == 2)
        await pass_gate(live.client, 1, 2, 3)
        heard: dict[str, list[Any]] = {}
        for _ in range(6):
            message = await socket.hear()
            heard.setdefault(message["id"], []).append(message["payload"])
    assert [told(payloads) for payloads in heard.values()] == 2 * [["1", "INTERNAL_SERVER_ERROR", "3"]]
    assert len(failed) == 2, "nobody tries again and again"


async def test_a_subject_that_cannot_be_read_costs_the_others_nothing(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, start, value = live.client.world.acme, await live_cursor(live.client), live.house.database.value
    await pass_gate(live.client, 1)
    await pass_gate(live.client, 2, occurredAt=ODD.isoformat())
    await pass_gate(live.client, 3)

    def refuse(kind: str, raw: Any) -> Any:
        found = value(kind, raw)
        if found == ODD:
            raise ValueError("no instant")
        return found

    monkeypatch.setattr(live.house.database, "value", refuse)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", TIMES, property=tenant.id("home"), after=start)
        first, second, third = await socket.results("1", 3)
    assert told([first, third]) == ["1", "3"]
    assert second["data"]["accessEventRecorded"]["accessEvent"] is None
    assert [error["extensions"]["code"] for error in second["errors"]] == ["INTERNAL_SERVER_ERROR"]
