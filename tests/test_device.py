"""Devices and their credentials through the public endpoint."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from resolvers.device import seen
from resolvers.unit import system_unit
from schema.http.error import explain
from schema.ingest import IngestDoor
from schema.ingest.mqtt import MqttDoor
from tests.client import Client
from tests.dump import audits, dump, owner, row
from tests.paging import check_paging

if TYPE_CHECKING:
    from resolvers.ports import House

FIELDS = """id name kind category brand model serial location supplier purchasedOn installedOn warrantyUntil
  expectedLifeMonths cost { amount currency } notes heartbeatSeconds status retiredAt state connection lastSeenAt
  stateVersion version building { id } unit { id } photos { id } viewerCanManage"""
CREATE = f"""mutation ($input: DeviceCreateInput!) {{ deviceCreate(input: $input) {{
  device {{ {FIELDS} }} userErrors {{ code field message }} }} }}"""
UPDATE = f"""mutation ($id: ID!, $input: DeviceUpdateInput!) {{ deviceUpdate(id: $id, input: $input) {{
  device {{ {FIELDS} }} userErrors {{ code field message }} }} }}"""
RETIRE = f"""mutation ($id: ID!, $input: DeviceRetireInput!) {{ deviceRetire(id: $id, input: $input) {{
  device {{ {FIELDS} }} userErrors {{ code field message }} }} }}"""
ISSUE = """mutation ($id: ID!) { deviceCredentialIssue(input: { deviceId: $id }) {
  token credential { id revokedAt device { id } } device { id } userErrors { code field } } }"""
REVOKE = """mutation ($id: ID!) { deviceCredentialRevoke(id: $id) {
  credential { id revokedAt } userErrors { code field } } }"""


async def create(client: Client, who: str | None = "manager", **wish: Any) -> dict[str, Any]:
    wanted = {"propertyId": client.world.acme.id("home"), "name": "2 号泵", "kind": "PUMP", **wish}
    return await client.post(CREATE, who, input=wanted)


async def update(
    client: Client, device: str = "lift", who: str | None = "manager", version: int = 1, **wish: Any
) -> dict[str, Any]:
    return await client.post(UPDATE, who, id=client.world.acme.id(device), input={"expectedVersion": version, **wish})


async def retire(
    client: Client, device: str = "lift", who: str | None = "manager", version: int = 1, **wish: Any
) -> dict[str, Any]:
    return await client.post(RETIRE, who, id=client.world.acme.id(device), input={"expectedVersion": version, **wish})


def errors(answer: dict[str, Any]) -> list[tuple[str, Any]]:
    """What stopped a verb: top-level codes, or userErrors with their fields."""
    top = [(error["extensions"]["code"], None) for error in answer.get("errors", [])]
    (payload,) = (answer.get("data") or {None: None}).values()
    return top or [(error["code"], error["field"]) for error in payload["userErrors"]]


async def test_lists_page_in_every_order(client: Client) -> None:
    acme = client.world.acme
    where, expected = f'propertyId: "{acme.id("home")}"', [acme.id(name) for name in ("device", "lift", "recorder")]
    await check_paging(client, "devices", "tech1", f"{where} order: OLDEST", expected)
    await check_paging(client, "devices", "tech1", f"{where} order: NEWEST", expected[::-1])


async def test_filters(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "UPDATE device SET connection = 'ONLINE', state = 'FAULT' WHERE id = $1", acme.keys["lift"])
    await owner(house, "UPDATE device SET status = 'OUT_OF_SERVICE' WHERE id = $1", acme.keys["recorder"])
    cases = {
        "kind: LIFT": ["lift"],
        'category: "客梯"': ["lift"],
        'category: "客"': [],
        "connection: ONLINE": ["device", "lift"],
        "connection: NEVER_SEEN": ["recorder"],
        "state: FAULT": ["lift"],
        "status: OUT_OF_SERVICE": ["recorder"],
        "status: IN_SERVICE, kind: RECORDER": [],
        'search: "sn-2020"': ["lift"],
        'search: "号"': ["lift"],
        'search: "ACME 录"': ["recorder"],
        'search: "%"': [],
        'search: "  "': ["device", "lift", "recorder"],
    }
    for chosen, expected in cases.items():
        data = await client.data(
            f'{{ devices(propertyId: "{acme.id("home")}", filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}'
        )
        assert [node["id"] for node in data["devices"]["nodes"]] == [acme.id(name) for name in expected], chosen
    long = "x" * 81
    query = f'{{ devices(propertyId: "{acme.id("home")}", filter: {{ search: "{long}" }}) {{ nodes {{ id }} }} }}'
    assert await client.codes(query) == ["BAD_USER_INPUT"]


async def test_a_file_is_opened_with_all_it_says(client: Client, house: House) -> None:
    acme = client.world.acme
    wish: dict[str, Any] = {
        "category": "生活水泵",
        "brand": "格兰富",
        "model": "CR-10",
        "serial": "A1",
        "location": "泵房",
        "supplier": "某公司",
        "purchasedOn": "2024-01-02",
        "installedOn": "2024-02-03",
        "warrantyUntil": "2027-01-01",
        "expectedLifeMonths": 120,
        "cost": {"amount": "89000.50"},
        "notes": " 每月检查 ",
        "heartbeatSeconds": 300,
        "unitId": acme.id("unit2"),
    }
    answer = await create(client, **wish)
    assert errors(answer) == []
    device = answer["data"]["deviceCreate"]["device"]
    assert {name: device[name] for name in wish if name not in ("cost", "notes", "unitId")} == {
        name: value for name, value in wish.items() if name not in ("cost", "notes", "unitId")
    }
    assert device["cost"] == {"amount": "89000.50", "currency": "CNY"}
    assert (device["notes"], device["unit"]["id"], device["building"]["id"]) == (
        "每月检查",
        acme.id("unit2"),
        acme.id("building"),
    )
    assert (device["status"], device["state"], device["connection"]) == ("IN_SERVICE", "UNKNOWN", "NEVER_SEEN")
    assert (device["version"], device["stateVersion"], device["lastSeenAt"]) == (1, 1, None)
    (audit,) = await audits(house, "device.create")
    assert (audit["account_id"], audit["after"]["cost"]) == (acme.keys["manager"], 8_900_050)


async def test_supplier_and_cost_are_for_who_manages_devices(client: Client) -> None:
    query = "query ($id: ID!) { device(id: $id) { name supplier cost { amount } viewerCanManage } }"
    for who, supplier, cost, manages in (
        ("manager", "acme 供应商", {"amount": "186500.50"}, True),
        ("admin", "acme 供应商", {"amount": "186500.50"}, True),
        ("control", None, None, False),
        ("tech1", None, None, False),
    ):
        data = await client.data(query, who, id=client.world.acme.id("lift"))
        expected = {"name": "acme 1 号梯", "supplier": supplier, "cost": cost, "viewerCanManage": manages}
        assert data["device"] == expected, who


async def test_an_update_changes_what_was_sent_and_empties_what_is_null(client: Client, house: House) -> None:
    acme = client.world.acme
    answer = await update(client, brand="通力", serial=None, heartbeatSeconds=30)
    device = answer["data"]["deviceUpdate"]["device"]
    assert (device["brand"], device["serial"], device["heartbeatSeconds"], device["version"]) == ("通力", None, 30, 2)
    assert (device["name"], device["category"], device["building"]["id"]) == (
        "acme 1 号梯",
        "客梯",
        acme.id("building"),
    )
    (audit,) = await audits(house, "device.update")
    assert (audit["before"]["serial"], audit["after"]["serial"]) == ("SN-2020-A7", None)
    assert "name" not in audit["after"]


async def test_bad_files_are_refused(client: Client, house: House) -> None:
    acme = client.world.acme
    before = await dump(house)
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"name": " "}, ("BAD_USER_INPUT", "name")),
        ({"name": "x" * 81}, ("BAD_USER_INPUT", "name")),
        ({"name": "acme 录像机"}, ("NAME_TAKEN", "name")),
        ({"notes": "x" * 2_001}, ("BAD_USER_INPUT", "notes")),
        ({"heartbeatSeconds": 9}, ("BAD_USER_INPUT", "heartbeatSeconds")),
        ({"heartbeatSeconds": 86_401}, ("BAD_USER_INPUT", "heartbeatSeconds")),
        ({"expectedLifeMonths": 0}, ("BAD_USER_INPUT", "expectedLifeMonths")),
        ({"cost": {"amount": "0.00"}}, ("BAD_USER_INPUT", "cost")),
        ({"status": "RETIRED"}, ("BAD_USER_INPUT", "status")),
        ({"buildingId": acme.id("away_building")}, ("NOT_FOUND", "buildingId")),
        ({"unitId": acme.id("away_unit0")}, ("NOT_FOUND", "unitId")),
    ]
    for wish, (code, field) in cases:
        for answer in (await create(client, "chief", **wish), await update(client, who="chief", **wish)):
            assert errors(answer) == [(code, ["input", field])], wish
    for field in ("name", "kind", "status", "heartbeatSeconds"):
        nothing: dict[str, Any] = {field: None}
        assert errors(await update(client, **nothing)) == [("BAD_USER_INPUT", ["input", field])]
    assert await dump(house) == before


async def test_a_name_is_given_once_even_at_the_same_moment(client: Client) -> None:
    answers = await asyncio.gather(*(create(client) for _ in range(6)))
    found = sorted(errors(answer)[0] if errors(answer) else ("", None) for answer in answers)
    assert found == [("", None)] + [("NAME_TAKEN", ["input", "name"])] * 5


async def test_an_old_version_is_a_conflict(client: Client, house: House) -> None:
    assert errors(await update(client, brand="通力")) == []
    before = await dump(house)
    for answer, verb in (
        (await update(client, brand="日立"), "deviceUpdate"),
        (await retire(client), "deviceRetire"),
    ):
        assert errors(answer) == [("CONFLICT", ["input", "expectedVersion"])]
        assert answer["data"][verb]["device"]["version"] == 2
    assert await dump(house) == before


async def test_what_the_machine_reports_is_no_conflict(client: Client, house: House) -> None:
    keys = client.world.acme.keys
    async with system_unit(house, keys["organization"]) as unit:
        await seen(unit, [keys["lift"]])
    device = (await update(client, brand="通力"))["data"]["deviceUpdate"]["device"]
    assert (device["connection"], device["stateVersion"], device["version"]) == ("ONLINE", 2, 2)


async def test_who_may_not_changes_nothing_and_learns_nothing(client: Client, house: House) -> None:
    acme = client.world.acme
    before = await dump(house)
    for who, code in (
        ("control", "FORBIDDEN"),
        ("tech1", "FORBIDDEN"),
        ("cashier", "NOT_FOUND"),
        ("resident", "NOT_FOUND"),
        ("away_manager", "NOT_FOUND"),
        (None, "UNAUTHENTICATED"),
    ):
        for answer in (
            await update(client, who=who, version=9, name=""),
            await retire(client, who=who, version=9),
            await client.post(ISSUE, who, id=acme.id("lift")),
        ):
            assert [found for found, _ in errors(answer)] == [code], who
    for who, code in (("control", "FORBIDDEN"), ("resident", "FORBIDDEN"), ("away_manager", "NOT_FOUND")):
        assert [found for found, _ in errors(await create(client, who, name=""))] == [code], who
    for who in ("control", "tech1", "away_manager"):
        answer = await client.post(REVOKE, who, id=acme.id("credential"))
        assert errors(answer) == [("NOT_FOUND", ["id"])], who
    assert await dump(house) == before


async def test_out_of_service_its_own_alarms_end_and_come_back(client: Client, house: House) -> None:
    keys = client.world.acme.keys
    await owner(house, "UPDATE device SET connection = 'OFFLINE', state = 'FAULT' WHERE id = $1", keys["lift"])
    sql = "SELECT type FROM alarm WHERE device_id = $1 AND cleared_at IS NULL ORDER BY type"
    for version, status, expected in (
        (1, "UNDER_REPAIR", ["LIFT"]),
        (2, "IN_SERVICE", ["DEVICE_FAULT", "DEVICE_OFFLINE", "LIFT"]),
        (3, "OUT_OF_SERVICE", ["LIFT"]),
    ):
        assert errors(await update(client, version=version, status=status)) == []
        assert [alarm["type"] for alarm in await owner(house, sql, keys["lift"])] == expected


async def test_a_retired_device_is_closed_and_its_name_is_free(client: Client, house: House) -> None:
    acme = client.world.acme
    assert (await client.ingest())["results"] == []
    answer = await retire(client, "device", reason="已换新")
    device = answer["data"]["deviceRetire"]["device"]
    assert (device["status"], device["retiredAt"], device["notes"], device["viewerCanManage"]) == (
        "RETIRED",
        "2026-11-22T02:00:00.000000Z",
        "已换新",
        False,
    )
    assert (await row(house, "device_credential", acme.keys["credential"]))["revoked_at"] is not None
    response = await client.http.post(
        "/ingest/events", json={"messages": []}, headers={"authorization": f"Bearer {acme.device_token}"}
    )
    assert response.status_code == 401
    before = await dump(house)
    for again in (await update(client, "device", version=2, brand="x"), await retire(client, "device", version=2)):
        assert errors(again) == [("DEVICE_RETIRED", ["id"])]
    assert errors(await client.post(ISSUE, id=acme.id("device"))) == [("DEVICE_RETIRED", ["input", "deviceId"])]
    assert await dump(house) == before
    assert errors(await create(client, name="东门控制器")) == []


async def test_a_secret_is_shown_once_and_opens_until_it_is_revoked(client: Client, house: House) -> None:
    acme = client.world.acme
    issued = (await client.data(ISSUE, id=acme.id("device")))["deviceCredentialIssue"]
    token, credential = issued["token"], issued["credential"]["id"]
    assert issued["credential"] == {"id": credential, "revokedAt": None, "device": {"id": acme.id("device")}}
    for shown in (token, acme.device_token):
        response = await client.http.post(
            "/ingest/events", json={"messages": []}, headers={"authorization": f"Bearer {shown}"}
        )
        assert response.status_code == 200, "the old one stays"
    secret = token.partition(".")[2]
    assert not any(secret in text for rows in (await dump(house)).values() for text in rows)
    (audit,) = await audits(house, "deviceCredential.issue")
    assert "secret_hash" not in audit["after"]
    query = "query ($id: ID!) { device(id: $id) { credentials { nodes { id revokedAt } } } }"
    listed = (await client.data(query, id=acme.id("device")))["device"]["credentials"]["nodes"]
    assert {node["id"] for node in listed} == {credential, acme.id("credential")}
    hidden = (await client.data(query, "control", id=acme.id("device")))["device"]["credentials"]["nodes"]
    assert hidden == []
    for _ in range(2):
        answer = (await client.data(REVOKE, id=credential))["deviceCredentialRevoke"]
        assert answer["credential"]["revokedAt"] == "2026-11-22T02:00:00.000000Z"
    assert len(await audits(house, "deviceCredential.revoke")) == 1
    response = await client.http.post(
        "/ingest/events", json={"messages": []}, headers={"authorization": f"Bearer {token}"}
    )
    assert response.status_code == 401


async def opening(client: Client, house: House, *tokens: str) -> list[bool]:
    """Which of these credentials hold, over HTTP and over MQTT alike."""
    over_http = []
    for token in tokens:
        sent = await client.http.post(
            "/ingest/events", headers={"authorization": f"Bearer {token}"}, json={"messages": []}
        )
        over_http.append(sent.status_code == 200)
    door = MqttDoor(IngestDoor(house, explain), 1_000)
    assert [await door.authorise(token) is not None for token in tokens] == over_http
    return over_http


async def test_a_credential_is_rotated_with_overlap_and_bound_to_its_property(client: Client, house: House) -> None:
    acme = client.world.acme
    rotate = """mutation ($id: ID!, $hours: Int!) { deviceCredentialRotate(id: $id, input: { overlapHours: $hours }) {
      token credential { id property { id } lastUsedOn expiresAt } userErrors { code field } } }"""
    shown = "query ($id: ID!) { deviceCredential(id: $id) { lastUsedOn expiresAt revokedAt } }"

    old = acme.id("credential")
    first = (await client.data(rotate, id=old, hours=2))["deviceCredentialRotate"]
    assert first["credential"]["property"] == {"id": acme.id("home")}
    assert await opening(client, house, acme.device_token, first["token"]) == [True, True]
    assert (await client.data(shown, id=old))["deviceCredential"] == {
        "lastUsedOn": "2026-11-22",
        "expiresAt": "2026-11-22T04:00:00.000000Z",
        "revokedAt": None,
    }
    statement = "SELECT last_used_on FROM device_credential WHERE last_used_on IS NOT NULL"
    assert len(await owner(house, statement)) == 2
    before = await dump(house)
    assert errors(await client.post(rotate, id=old, hours=2)) == [("NOT_FOUND", ["id"])], "a third is not made"
    for hours in (-1, 169):
        answer = await client.post(rotate, id=first["credential"]["id"], hours=hours)
        assert errors(answer) == [("BAD_USER_INPUT", ["input", "overlapHours"])]
    assert await opening(client, house, acme.device_token) == [True]
    assert await dump(house) == before, "nor is the same day written twice"
    house.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]  # held
    assert await opening(client, house, acme.device_token, first["token"]) == [False, True]
    second = (await client.data(rotate, id=first["credential"]["id"], hours=0))["deviceCredentialRotate"]
    assert await opening(client, house, first["token"], second["token"]) == [False, True]
    await owner(house, "UPDATE device SET property_id = $1 WHERE id = $2", acme.keys["away"], acme.keys["device"])
    assert await opening(client, house, second["token"]) == [False], "moved to another Property it needs a new one"


async def test_a_device_leads_to_its_gates_and_cameras(client: Client) -> None:
    acme = client.world.acme
    query = "query ($id: ID!) { gate(id: $id) { device { id gates { nodes { id } } } } }"
    device = (await client.data(query, "control", id=acme.id("gate0")))["gate"]["device"]
    assert device["id"] == acme.id("device")
    assert {gate["id"] for gate in device["gates"]["nodes"]} == {acme.id(f"gate{n}") for n in range(3)}
    assert (await client.data(query, "resident", id=acme.id("gate0")))["gate"]["device"] is None
    query = "query ($id: ID!) { device(id: $id) { cameras { nodes { id } } } }"
    cameras = (await client.data(query, "control", id=acme.id("recorder")))["device"]["cameras"]["nodes"]
    assert [camera["id"] for camera in cameras] == [acme.id("camera0"), acme.id("camera1")]
