"""Cameras through the public endpoint."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.client import Client
from tests.dump import audits, dump, owner
from tests.paging import check_paging
from tests.test_device import errors

if TYPE_CHECKING:
    from resolvers.ports import House

FIELDS = "id name kind location sourceKey connection archivedAt version building { id } device { id }"
CREATE = f"""mutation ($input: CameraCreateInput!) {{ cameraCreate(input: $input) {{
  camera {{ {FIELDS} }} userErrors {{ code field }} }} }}"""
UPDATE = f"""mutation ($id: ID!, $input: CameraUpdateInput!) {{ cameraUpdate(id: $id, input: $input) {{
  camera {{ {FIELDS} }} userErrors {{ code field }} }} }}"""
ARCHIVE = f"""mutation ($id: ID!, $input: CameraArchiveInput!) {{ cameraArchive(id: $id, input: $input) {{
  camera {{ {FIELDS} }} userErrors {{ code field }} }} }}"""


async def create(client: Client, who: str | None = "manager", **wish: Any) -> dict[str, Any]:
    acme = client.world.acme
    wanted = {"propertyId": acme.id("home"), "deviceId": acme.id("recorder"), "name": "南门", "kind": "PTZ", **wish}
    return await client.post(CREATE, who, input=wanted)


async def update(
    client: Client, camera: str = "camera0", who: str | None = "manager", version: int = 1, **wish: Any
) -> dict[str, Any]:
    return await client.post(UPDATE, who, id=client.world.acme.id(camera), input={"expectedVersion": version, **wish})


async def archive(
    client: Client, camera: str = "camera0", who: str | None = "manager", version: int = 1
) -> dict[str, Any]:
    return await client.post(ARCHIVE, who, id=client.world.acme.id(camera), input={"expectedVersion": version})


async def test_lists_page_in_every_order(client: Client) -> None:
    acme = client.world.acme
    where, expected = f'propertyId: "{acme.id("home")}"', [acme.id("camera0"), acme.id("camera1")]
    await check_paging(client, "cameras", "control", f"{where} order: OLDEST", expected)
    await check_paging(client, "cameras", "control", f"{where} order: NEWEST", expected[::-1])


async def test_filters(client: Client) -> None:
    acme = client.world.acme
    assert errors(await archive(client, "camera1")) == []
    cases = {
        "kind: DOME": ["camera0", "camera1"],
        "kind: PTZ": [],
        f'buildingId: "{acme.id("building")}"': ["camera0"],
        f'deviceId: "{acme.id("recorder")}"': ["camera0", "camera1"],
        f'deviceId: "{acme.id("lift")}"': [],
        "archived: true": ["camera1"],
        "archived: false": ["camera0"],
    }
    for chosen, expected in cases.items():
        data = await client.data(
            f'{{ cameras(propertyId: "{acme.id("home")}", filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}'
        )
        assert [node["id"] for node in data["cameras"]["nodes"]] == [acme.id(name) for name in expected], chosen


async def test_its_connection_is_its_devices(client: Client, house: House) -> None:
    acme = client.world.acme
    query = "query ($id: ID!) { camera(id: $id) { connection } }"
    for state in ("NEVER_SEEN", "ONLINE", "OFFLINE"):
        await owner(house, "UPDATE device SET connection = $1 WHERE id = $2", state, acme.keys["recorder"])
        assert (await client.data(query, "control", id=acme.id("camera0")))["camera"] == {"connection": state}


async def test_a_camera_is_entered_changed_and_taken_down(client: Client, house: House) -> None:
    acme = client.world.acme
    answer = await create(client, sourceKey=" south ", location="岗亭", buildingId=acme.id("building"))
    camera = answer["data"]["cameraCreate"]["camera"]
    assert (camera["sourceKey"], camera["location"], camera["version"]) == ("south", "岗亭", 1)
    assert (camera["device"]["id"], camera["building"]["id"]) == (acme.id("recorder"), acme.id("building"))
    camera = (await update(client, name="北门", buildingId=None))["data"]["cameraUpdate"]["camera"]
    assert (camera["name"], camera["building"], camera["sourceKey"], camera["version"]) == ("北门", None, "cam0", 2)
    camera = (await archive(client, version=2))["data"]["cameraArchive"]["camera"]
    assert (camera["archivedAt"], camera["version"]) == ("2026-11-22T02:00:00.000000Z", 3)
    verbs = ("camera.create", "camera.update", "camera.archive")
    found = [(await audits(house, verb))[0]["account_id"] for verb in verbs]
    assert found == [acme.keys["manager"]] * 3
    before = await dump(house)
    for again in (await archive(client, version=3), await update(client, version=3, name="x")):
        assert errors(again) == [("CAMERA_ARCHIVED", ["id"])]
    assert await dump(house) == before
    assert errors(await create(client, name="北门", sourceKey="cam0")) == [], "name and key are free again"


async def test_bad_cameras_are_refused(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "UPDATE device SET retired_at = $1 WHERE id = $2", house.clock.now(), acme.keys["lift"])
    before = await dump(house)
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"name": ""}, "BAD_USER_INPUT", "name"),
        ({"location": "x" * 81}, "BAD_USER_INPUT", "location"),
        ({"name": "acme 摄像头 1"}, "NAME_TAKEN", "name"),
        ({"sourceKey": "cam1"}, "NAME_TAKEN", "sourceKey"),
        ({"deviceId": acme.id("away_pump")}, "NOT_FOUND", "deviceId"),
        ({"deviceId": acme.id("lift")}, "DEVICE_RETIRED", "deviceId"),
        ({"buildingId": acme.id("away_building")}, "NOT_FOUND", "buildingId"),
    ]
    for wish, code, field in cases:
        for answer in (await create(client, "chief", **wish), await update(client, who="chief", **wish)):
            assert errors(answer) == [(code, ["input", field])], wish
    for field in ("name", "kind", "deviceId"):
        nothing: dict[str, Any] = {field: None}
        assert errors(await update(client, **nothing)) == [("BAD_USER_INPUT", ["input", field])]
    for answer in (await update(client, version=2, name="x"), await archive(client, version=2)):
        assert errors(answer) == [("CONFLICT", ["input", "expectedVersion"])]
    assert await dump(house) == before


async def test_a_key_is_given_once_even_at_the_same_moment(client: Client) -> None:
    answers = await asyncio.gather(*(create(client, name=f"门 {n}", sourceKey="x") for n in range(4)))
    found = sorted(errors(answer)[0] if errors(answer) else ("", None) for answer in answers)
    assert found == [("", None)] + [("NAME_TAKEN", ["input", "sourceKey"])] * 3


async def test_who_may_not_changes_nothing(client: Client, house: House) -> None:
    before = await dump(house)
    for who, on_home, on_camera in (
        ("control", "FORBIDDEN", "FORBIDDEN"),
        ("tech1", "FORBIDDEN", "NOT_FOUND"),
        ("resident", "FORBIDDEN", "NOT_FOUND"),
        ("away_manager", "NOT_FOUND", "NOT_FOUND"),
        (None, "UNAUTHENTICATED", "UNAUTHENTICATED"),
    ):
        assert [code for code, _ in errors(await create(client, who, name=""))] == [on_home], who
        for answer in (await update(client, who=who, version=9), await archive(client, who=who, version=9)):
            assert [code for code, _ in errors(answer)] == [on_camera], who
    assert await dump(house) == before
