"""Measured values: appended, the newest at hand, read by metric and time, never in the event log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.dump import owner
from tests.test_ingest import call, statuses

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

READINGS = """query ($d: ID!, $m: String!, $from: DateTime, $until: DateTime, $order: ListOrder!, $n: Int, $a: Cursor) {
    deviceReadings(deviceId: $d, metric: $m, from: $from, until: $until, order: $order, first: $n, after: $a) {
        nodes { metric value unit occurredAt recordedAt } pageInfo { hasNextPage endCursor } } }"""
DEVICE = """query ($d: ID!, $m: String!, $from: DateTime) { device(id: $d) {
    latestReadings { metric value unit occurredAt }
    telemetry(metric: $m, from: $from, last: 100) { nodes { value } } } }"""


def measured(sequence: int, *readings: tuple[str, Any, str | None], at: str = "10:00:00") -> dict[str, Any]:
    """A device's message."""
    return {
        "sequence": sequence,
        "type": "telemetry",
        "occurredAt": f"2026-11-22T{at}+08:00",
        "readings": [{"metric": metric, "value": value, "unit": unit} for metric, value, unit in readings],
    }


async def readings(client: Client, metric: str, who: str = "manager", **chosen: Any) -> list[Any]:
    """The values of the gates' device."""
    variables = {"order": "OLDEST", "n": 1000, **chosen}
    data = await client.data(READINGS, who, d=client.world.acme.id("device"), m=metric, **variables)
    return [node["value"] for node in data["deviceReadings"]["nodes"]]


async def stored(house: House, metric: str) -> list[tuple[float, str | None]]:
    """Behind the product's back."""
    rows = await owner(house, "SELECT value, unit FROM telemetry WHERE metric = $1 ORDER BY occurred_at, id", metric)
    return [(row["value"], row["unit"]) for row in rows]


async def latest(house: House, metric: str) -> list[tuple[float, str | None]]:
    """The kept last value."""
    rows = await owner(house, "SELECT value, unit FROM latest_reading WHERE metric = $1", metric)
    return [(row["value"], row["unit"]) for row in rows]


async def test_readings_are_appended_and_the_newest_is_kept(client: Client, house: House) -> None:
    await client.ingest()  # the device is back: that is an event
    events = await owner(house, "SELECT count(*) AS n FROM event")
    answer = await client.ingest(
        measured(1, ("power", 1.5, "kW"), ("humidity", 40, "%")),
        measured(2, ("power", 2, "kW"), at="10:05:00"),
        {"sequence": 3, "type": "telemetry", "occurredAt": "2026-11-22T02:03:00Z", "metric": "power", "value": -7e-3},
    )
    assert statuses(answer) == [(1, "ACCEPTED"), (2, "ACCEPTED"), (3, "ACCEPTED")]
    assert await stored(house, "power") == [(1.5, "kW"), (-0.007, None), (2.0, "kW")]
    assert await latest(house, "power") == [(2.0, "kW")]
    assert await latest(house, "humidity") == [(40.0, "%")]
    await client.ingest(measured(4, ("power", 9, "kW"), at="09:00:00"))
    assert await latest(house, "power") == [(2.0, "kW")], "a late value of the past is no news"
    await client.ingest(measured(5, ("power", 3, "W"), at="10:05:00"), measured(6, ("power", 4, "W"), at="10:05:00"))
    assert await latest(house, "power") == [(4.0, "W")], "of one instant the last one stands"
    assert await owner(house, "SELECT count(*) AS n FROM event") == events, "data, not an event"


async def test_a_replay_measures_nothing_twice(client: Client, house: House) -> None:
    message = measured(1, ("power", 1, "kW"))
    assert statuses(await client.ingest(message)) == [(1, "ACCEPTED")]
    assert statuses(await client.ingest(message, message)) == [(1, "DUPLICATE"), (1, "DUPLICATE")]
    assert len(await stored(house, "power")) == 1


BAD: dict[str, dict[str, Any]] = {
    "no readings": {"readings": []},
    "too many": {"readings": [{"metric": "m", "value": 1}] * 51},
    "no list": {"readings": {"metric": "m", "value": 1}},
    "no object": {"readings": ["m"]},
    "no metric": {"readings": [{"value": 1}]},
    "bad metric": {"readings": [{"metric": "1m", "value": 1}]},
    "long metric": {"readings": [{"metric": "m" * 65, "value": 1}]},
    "text": {"readings": [{"metric": "m", "value": "1"}]},
    "boolean": {"readings": [{"metric": "m", "value": True}]},
    "nothing": {"readings": [{"metric": "m", "value": None}]},
    "long unit": {"readings": [{"metric": "m", "value": 1, "unit": "u" * 17}]},
    "zero byte": {"readings": [{"metric": "m", "value": 1, "unit": "\0"}]},
    "one bad of two": {"readings": [{"metric": "m", "value": 1}, {"metric": "m", "value": {}}]},
    "no time": {"occurredAt": None},
    "local time": {"occurredAt": "2026-11-22T10:00:00"},
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_reading_is_refused_as_a_whole(client: Client, house: House, name: str) -> None:
    answer = await client.ingest(measured(1, ("m", 1, None)) | BAD[name], measured(2, ("good", 1, None)))
    assert statuses(answer) == [(1, "REJECTED"), (2, "ACCEPTED")]
    error = answer["results"][0]["error"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert len(error["message"]) < 300
    assert (await stored(house, "m"), await stored(house, "good")) == ([], [(1.0, None)])


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400])
async def test_a_number_that_no_double_holds_is_refused(client: Client, house: House, number: str) -> None:
    body = (
        '{"messages": [{"sequence": 1, "type": "telemetry", "occurredAt": "2026-11-22T10:00:00Z",'
        f' "metric": "m", "value": {number}}}]}}'
    )
    headers = {"authorization": f"Bearer {client.world.acme.device_token}", "content-type": "application/json"}
    response = await client.http.post("/ingest/events", content=body, headers=headers)
    if response.status_code == 200:
        assert statuses(response.json()) == [(1, "REJECTED")]
    else:
        assert response.status_code == 400
    assert await stored(house, "m") == []


async def test_a_device_measures_for_itself_only(client: Client, house: House) -> None:
    acme, rival = client.world.acme, client.world.rival
    message = measured(1, ("power", 1, "kW")) | {"deviceId": rival.id("device"), "propertyId": rival.id("home")}
    assert statuses((await call(client, {"messages": [message]})).json()) == [(1, "ACCEPTED")]
    rows = await owner(house, "SELECT device_id, property_id, organization_id FROM telemetry WHERE metric = 'power'")
    assert [{name: str(value) for name, value in row.items()} for row in rows] == [
        {
            "device_id": str(acme.keys["device"]),
            "property_id": str(acme.keys["home"]),
            "organization_id": str(acme.keys["organization"]),
        }
    ]


async def test_readings_are_read_by_metric_and_time(client: Client) -> None:
    await client.ingest(*(measured(n, ("power", n, "kW"), ("other", 0, None), at=f"10:0{n}:00") for n in range(6)))
    assert await readings(client, "power") == [0, 1, 2, 3, 4, 5]
    assert await readings(client, "power", order="NEWEST", n=2) == [5, 4]
    window = {"from": "2026-11-22T02:01:00Z", "until": "2026-11-22T02:04:00Z"}
    assert await readings(client, "power", **window) == [1, 2, 3]
    assert await readings(client, "nothing") == []
    assert await readings(client, "power", "resident") == []
    pages, after = [], None
    for _ in range(3):
        data = await client.data(
            READINGS, "manager", d=client.world.acme.id("device"), m="power", order="OLDEST", n=2, a=after
        )
        pages.append([node["value"] for node in data["deviceReadings"]["nodes"]])
        after = data["deviceReadings"]["pageInfo"]["endCursor"]
    assert pages == [[0, 1], [2, 3], [4, 5]]
    assert not data["deviceReadings"]["pageInfo"]["hasNextPage"]


async def test_a_device_shows_its_values(client: Client) -> None:
    await client.ingest(*(measured(n, ("power", n, "kW"), at=f"10:0{n}:00") for n in range(3)))
    data = await client.data(
        DEVICE, "tech1", None, d=client.world.acme.id("device"), m="power", **{"from": "2026-11-22T02:01:00Z"}
    )
    newest = {reading["metric"]: (reading["value"], reading["unit"]) for reading in data["device"]["latestReadings"]}
    assert newest == {"temperature": (21.5, "acme °C"), "power": (2, "kW")}
    assert [node["value"] for node in data["device"]["telemetry"]["nodes"]] == [1, 2]
    assert (await client.data(DEVICE, "resident", d=client.world.acme.id("device"), m="power"))["device"] is None
