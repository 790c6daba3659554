"""Alarms and devices live: who hears what, from which severity on, and also who took note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from models import Device
from models.rules.alarm import AlarmSeverity, AlarmType
from models.rules.device import DeviceState
from resolvers.alarm import raise_alarm
from resolvers.device import locked, report_state, seen
from resolvers.unit import system_unit
from tests.live.hearing import hears
from tests.live.talk import live_cursor

if TYPE_CHECKING:
    from tests.conftest import Live

ALARMS = """subscription Alarms($property: ID!, $least: AlarmSeverity, $after: Cursor) {
  alarmChanged(propertyId: $property, minSeverity: $least, after: $after) {
    cursor change type severity count active acknowledged escalationLevel version
    alarm { id acknowledgedBy { id } workOrder { id } }
  }
}"""
DEVICES = """subscription Devices($property: ID!, $after: Cursor) {
  deviceStateChanged(propertyId: $property, after: $after) {
    cursor fromState toState fromConnection toConnection stateVersion device { id state connection }
  }
}"""


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is; a user may have many sockets."""
    return Limits(ws_ping_seconds=0.1, ws_sockets_per_user=50)


async def smoke(live: Live, *severities: AlarmSeverity) -> None:
    """The gates' device tells of smoke, once in a transaction of its own for each severity."""
    keys = live.client.world.acme.keys
    for severity in severities:
        async with system_unit(live.house, keys["organization"]) as unit:
            device = await Device.get(id=keys["device"])
            await raise_alarm(unit, device, AlarmType.SMOKE, severity, "烟")


async def verb(live: Live, name: str, alarm: str, **wish: Any) -> None:
    """One verb of the control room; it must succeed."""
    type_ = f"A{name[1:]}Input"
    document = f"mutation ($id: ID!, $input: {type_}!) {{ {name}(id: $id, input: $input) {{ userErrors {{ code }} }} }}"
    answer = await live.client.data(document, "control", id=live.client.world.acme.id(alarm), input=wish)
    assert answer[name]["userErrors"] == []


def events(payloads: list[dict[str, Any]], field: str = "alarmChanged") -> list[dict[str, Any]]:
    assert all("errors" not in payload for payload in payloads), payloads
    return [payload["data"][field] for payload in payloads]


async def test_who_hears_of_an_alarm(live: Live) -> None:
    start = await live_cursor(live.client)
    await smoke(live, AlarmSeverity.WARNING, AlarmSeverity.WARNING, AlarmSeverity.CRITICAL)
    await verb(live, "alarmAcknowledge", "alarm0", note="看到了")
    await verb(live, "alarmOpenWorkOrder", "alarm1")
    await verb(live, "alarmClear", "alarm1", reason="误报")
    last = await live_cursor(live.client)
    everything = [
        ("RAISED", "WARNING", 1),
        ("REPEATED", "CRITICAL", 2),
        ("ACKNOWLEDGED", "CRITICAL", 2),
        ("ORDER_OPENED", "MAJOR", 2),
        ("CLEARED", "MAJOR", 3),
    ]
    for who, tenant, expected in (
        ("control", "acme", everything),
        ("manager", "acme", everything),
        ("chief", "acme", everything),
        ("tech1", "acme", []),
        ("resident", "acme", []),
        ("cashier", "acme", []),
        ("away_manager", "acme", []),
        ("chief", "rival", []),
        ("control", "rival", []),
    ):
        found = events(await hears(live, who, ALARMS, start, last, getattr(live.client.world, tenant)))
        steps = [(event["change"], event["severity"], event["version"]) for event in found]
        assert steps == expected, f"{tenant} {who}"


async def test_taking_note_is_live(live: Live) -> None:
    acme = live.client.world.acme
    start = await live_cursor(live.client)
    await verb(live, "alarmAcknowledge", "alarm0")
    (event,) = events(await hears(live, "manager", ALARMS, start, await live_cursor(live.client)))
    assert (event["active"], event["acknowledged"], event["type"]) == (True, True, "LIFT")
    assert event["alarm"] == {
        "id": acme.id("alarm0"),
        "acknowledgedBy": {"id": acme.id("control_staff")},
        "workOrder": None,
    }


async def test_only_from_a_severity_on(live: Live) -> None:
    start = await live_cursor(live.client)
    await smoke(live, AlarmSeverity.INFO, AlarmSeverity.MINOR, AlarmSeverity.MAJOR, AlarmSeverity.CRITICAL)
    last = await live_cursor(live.client)
    for least, expected in (
        (None, ["INFO", "MINOR", "MAJOR", "CRITICAL"]),
        ("INFO", ["INFO", "MINOR", "MAJOR", "CRITICAL"]),
        ("MAJOR", ["MAJOR", "CRITICAL"]),
        ("CRITICAL", ["CRITICAL"]),
    ):
        found = events(await hears(live, "control", ALARMS, start, last, least=least))
        assert [event["severity"] for event in found] == expected, least


async def test_who_hears_of_a_device(live: Live) -> None:
    keys = live.client.world.acme.keys
    start = await live_cursor(live.client)
    async with system_unit(live.house, keys["organization"]) as unit:
        await seen(unit, [keys["lift"]])
    async with system_unit(live.house, keys["organization"]) as unit:
        await report_state(unit, (await locked(unit, [keys["lift"]]))[keys["lift"]], DeviceState.RUNNING)
    last = await live_cursor(live.client)
    expected = [
        ("UNKNOWN", "UNKNOWN", "NEVER_SEEN", "ONLINE", 2),
        ("UNKNOWN", "RUNNING", "ONLINE", "ONLINE", 3),
    ]
    names = ("fromState", "toState", "fromConnection", "toConnection", "stateVersion")
    for who, tenant, told in (
        ("control", "acme", expected),
        ("tech2", "acme", expected),
        ("admin", "acme", expected),
        ("resident", "acme", []),
        ("cashier", "acme", []),
        ("away_manager", "acme", []),
        ("tech1", "rival", []),
    ):
        payloads = await hears(live, who, DEVICES, start, last, getattr(live.client.world, tenant))
        found = [tuple(event[name] for name in names) for event in events(payloads, "deviceStateChanged")]
        assert found == told, f"{tenant} {who}"


async def test_without_a_token_nothing_is_heard(live: Live) -> None:
    for document, field in ((ALARMS, "alarmChanged"), (DEVICES, "deviceStateChanged")):
        response = await live.client.http.post(
            "/graphql",
            json={"query": document, "variables": {"property": live.client.world.acme.id("home")}},
            headers={"accept": "text/event-stream"},
        )
        assert "UNAUTHENTICATED" in response.text, field
