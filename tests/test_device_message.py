"""What devices tell of themselves and their cameras: states, alarms, signs of life."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import models
from adapters.identity import token_hash
from tests.dump import owner
from tests.test_ingest import call, statuses

if TYPE_CHECKING:
    import httpx

    from resolvers.ports import House
    from tests.client import Client
    from tests.factories.tenant import Tenant

SECRET = "recorder-secret"
ALARMS = """query ($p: ID!) { alarms(propertyId: $p, first: 100) { nodes {
    type severity count summary clearedAt camera { sourceKey } device { id } } } }"""
DEVICE = "query ($id: ID!) { device(id: $id) { state connection lastSeenAt } }"


async def recorder_token(house: House, tenant: Tenant) -> str:
    """A credential of the recorder."""
    keys = tenant.keys
    async with house.database.transaction(keys["organization"]):
        await models.DeviceCredential.create(
            id=house.identity.uuid(),
            organization_id=keys["organization"],
            created_at=house.clock.now(),
            device_id=keys["recorder"],
            property_id=keys["home"],
            secret_hash=token_hash(SECRET),
        )
    return f"{keys['recorder'].hex}.{SECRET}"


def message(sequence: int, kind: str, **values: Any) -> dict[str, Any]:
    """A message of the recorder."""
    return {"sequence": sequence, "type": kind, "occurredAt": f"2026-11-22T10:00:{sequence:02}+08:00", **values}


def intrusion(sequence: int, **values: Any) -> dict[str, Any]:
    """Somebody is where nobody should be, on the second camera."""
    told = {"alarmType": "INTRUSION", "severity": "MINOR", "summary": f"person {sequence}", "cameraKey": "cam1"}
    return message(sequence, "alarm", **{**told, **values})


async def alarms(client: Client, **chosen: Any) -> list[dict[str, Any]]:
    """The alarms of the Property, of the second camera or of devices that have no camera."""
    data = await client.data(ALARMS, "control", p=client.world.acme.id("home"))
    return [alarm for alarm in data["alarms"]["nodes"] if all(alarm[name] == value for name, value in chosen.items())]


async def of_camera(client: Client) -> list[dict[str, Any]]:
    """The alarms of the second camera."""
    return await alarms(client, camera={"sourceKey": "cam1"})


async def tell(client: Client, token: str, *messages: dict[str, Any]) -> list[tuple[Any, str]]:
    """Call as the recorder."""
    response: httpx.Response = await call(client, {"messages": list(messages)}, token)
    assert response.status_code == 200, response.text
    return statuses(response.json())


async def test_alarms_are_raised_counted_and_cleared(client: Client, house: House) -> None:
    token = await recorder_token(house, client.world.acme)
    done = await tell(client, token, intrusion(1), intrusion(2, severity="MAJOR"), intrusion(3))
    assert done == [(1, "ACCEPTED"), (2, "ACCEPTED"), (3, "ACCEPTED")]
    (alarm,) = await of_camera(client)
    assert (alarm["count"], alarm["severity"], alarm["summary"], alarm["clearedAt"]) == (3, "MAJOR", "person 2", None)
    assert await tell(client, token, intrusion(3), intrusion(4)) == [(3, "DUPLICATE"), (4, "ACCEPTED")]
    assert [alarm["count"] for alarm in await of_camera(client)] == [4]
    cleared = message(5, "alarmCleared", alarmType="INTRUSION", cameraKey="cam1")
    await tell(client, token, cleared)
    assert [alarm["clearedAt"] is None for alarm in await of_camera(client)] == [False]
    await tell(client, token, message(6, "alarmCleared", alarmType="INTRUSION", cameraKey="cam1"), intrusion(7))
    assert sorted(alarm["clearedAt"] is None for alarm in await of_camera(client)) == [False, True]


async def test_raised_and_cleared_in_one_call(client: Client, house: House) -> None:
    token = await recorder_token(house, client.world.acme)
    cleared = message(2, "alarmCleared", alarmType="INTRUSION", cameraKey="cam1")
    await tell(client, token, intrusion(1), cleared, intrusion(3, summary="again"))
    found = await of_camera(client)
    assert sorted((alarm["clearedAt"] is None, alarm["summary"]) for alarm in found) == [
        (False, "person 1"),
        (True, "again"),
    ]


async def test_an_alarm_of_the_device_itself(client: Client, house: House) -> None:
    acme = client.world.acme
    token = await recorder_token(house, acme)
    await tell(client, token, intrusion(1, alarmType="OTHER", cameraKey=None, summary="硬盘将满"))
    (alarm,) = await alarms(client, type="OTHER")
    assert (alarm["device"]["id"], alarm["camera"], alarm["summary"]) == (acme.id("recorder"), None, "硬盘将满")


async def test_a_device_speaks_for_its_own_cameras_only(client: Client, house: House) -> None:
    acme, rival = client.world.acme, client.world.rival
    foreign = await recorder_token(house, rival)
    answer = await client.ingest(intrusion(1), message(2, "alarmCleared", alarmType="INTRUSION", cameraKey="cam0"))
    for result in answer["results"]:
        assert (result["status"], result["error"]["extensions"]) == (
            "REJECTED",
            {"code": "NOT_FOUND", "field": "cameraKey"},
        )
    assert await tell(client, foreign, intrusion(1)) == [(1, "ACCEPTED")], "a camera of the same name, its own"
    assert await of_camera(client) == []
    async with house.database.transaction(acme.keys["organization"]):
        await models.Camera.filter(id=acme.keys["camera1"]).update(archived_at=house.clock.now())
    assert await tell(client, await recorder_token(house, acme), intrusion(2)) == [(2, "REJECTED")]


async def test_a_bad_alarm_is_refused(client: Client, house: House) -> None:
    token = await recorder_token(house, client.world.acme)
    wrong: list[dict[str, Any]] = [
        {"alarmType": "PARTY"},
        {"alarmType": None},
        {"severity": "BAD"},
        {"severity": 3},
        {"summary": " "},
        {"summary": None},
        {"cameraKey": ""},
        {"cameraKey": "x" * 101},
    ]
    done = await tell(client, token, *(intrusion(n, **change) for n, change in enumerate(wrong)))
    assert [status for _, status in done] == ["REJECTED"] * len(wrong)
    assert await of_camera(client) == []


async def test_a_state_is_reported(client: Client, house: House) -> None:
    acme = client.world.acme
    token = await recorder_token(house, acme)
    states = [message(1, "deviceState", state="RUNNING"), message(2, "deviceState", state="FAULT")]
    assert await tell(client, token, *states) == [(1, "ACCEPTED"), (2, "ACCEPTED")]
    assert (await client.data(DEVICE, id=acme.id("recorder")))["device"]["state"] == "FAULT"
    assert [alarm["clearedAt"] for alarm in await alarms(client, type="DEVICE_FAULT")] == [None]
    bad = message(3, "deviceState", state="HAPPY")
    assert await tell(client, token, bad, message(4, "deviceState", state="RUNNING")) == [
        (3, "REJECTED"),
        (4, "ACCEPTED"),
    ]
    assert (await client.data(DEVICE, id=acme.id("recorder")))["device"]["state"] == "RUNNING"
    assert [alarm["clearedAt"] is None for alarm in await alarms(client, type="DEVICE_FAULT")] == [False]


async def test_every_call_is_a_sign_of_life_written_now_and_then(client: Client, house: House) -> None:
    acme, clock = client.world.acme, house.clock
    device = acme.id("recorder")
    token = await recorder_token(house, acme)
    assert (await client.data(DEVICE, id=device))["device"]["connection"] == "NEVER_SEEN"
    await tell(client, token)
    first = (await client.data(DEVICE, id=device))["device"]
    assert (first["connection"], first["lastSeenAt"]) == ("ONLINE", "2026-11-22T02:00:00.000000Z")
    clock.move(timedelta(seconds=house.settings.limits.device_seen_seconds - 1))  # type: ignore[attr-defined]
    await tell(client, token, intrusion(1))
    assert (await client.data(DEVICE, id=device))["device"]["lastSeenAt"] == first["lastSeenAt"]
    clock.move(timedelta(seconds=2))  # type: ignore[attr-defined]
    await tell(client, token, {"nonsense": True})
    assert (await client.data(DEVICE, id=device))["device"]["lastSeenAt"] == "2026-11-22T02:00:06.000000Z"
    rows = await owner(house, "SELECT count(*) AS n FROM event WHERE type LIKE 'device.%'")
    assert rows[0]["n"] == 1, "only that it came back"
