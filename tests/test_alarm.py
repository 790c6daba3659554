"""Alarms through the public endpoint: listed, acknowledged, cleared, raised by hand, made a work order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.client import Client
from tests.dump import audits, dump, owner, row
from tests.paging import check_paging
from tests.test_device import errors

if TYPE_CHECKING:
    from resolvers.ports import House

FIELDS = """id type severity summary count active acknowledged acknowledgedAt acknowledgedBy { id } acknowledgeNote
  clearedAt clearedBy { id } clearReason escalationLevel version workOrder { id } device { id } camera { id }
  building { id } viewerCanAcknowledge viewerCanClear viewerCanOpenWorkOrder"""


def document(verb: str, further: str = "") -> str:
    name = f"alarm{verb}"
    return f"""mutation ($id: ID!, $input: Alarm{verb}Input!) {{ {name}(id: $id, input: $input) {{
      alarm {{ {FIELDS} }} {further} userErrors {{ code field message }} }} }}"""


RAISE = f"""mutation ($input: AlarmRaiseInput!) {{ alarmRaise(input: $input) {{
  alarm {{ {FIELDS} photos {{ nodes {{ id }} }} }} userErrors {{ code field }} }} }}"""
ORDER = "workOrder { id number summary status priority unit { id } building { id } alarm { id } }"


async def do(
    client: Client, verb: str, alarm: str = "alarm0", who: str | None = "control", **wish: Any
) -> dict[str, Any]:
    further = ORDER if verb == "OpenWorkOrder" else ""
    return await client.post(document(verb, further), who, id=client.world.acme.id(alarm), input=wish)


async def raised(client: Client, who: str | None = "control", **wish: Any) -> dict[str, Any]:
    home = client.world.acme.id("home")
    wanted = {"propertyId": home, "type": "FIRE", "severity": "MAJOR", "summary": "冒烟", **wish}
    return await client.post(RAISE, who, input=wanted)


async def test_lists_page_in_every_order(client: Client) -> None:
    acme = client.world.acme
    where = f'propertyId: "{acme.id("home")}"'
    for order, names in (
        ("NEWEST", ["alarm2", "alarm1", "alarm0"]),
        ("OLDEST", ["alarm0", "alarm1", "alarm2"]),
        ("LAST_REPORTED", ["alarm1", "alarm2", "alarm0"]),
        ("MOST_SEVERE", ["alarm0", "alarm1", "alarm2"]),
    ):
        await check_paging(client, "alarms", "control", f"{where} order: {order}", [acme.id(name) for name in names])


async def test_filters(client: Client) -> None:
    acme = client.world.acme
    assert errors(await do(client, "Acknowledge", "alarm1")) == []
    cases = {
        "active: true": ["alarm0", "alarm1"],
        "active: false": ["alarm2"],
        "acknowledged: true": ["alarm1"],
        "acknowledged: false": ["alarm0", "alarm2"],
        "active: true, acknowledged: false": ["alarm0"],
        "minSeverity: INFO": ["alarm0", "alarm1", "alarm2"],
        "minSeverity: MAJOR": ["alarm0", "alarm1"],
        "minSeverity: CRITICAL": ["alarm0"],
        "type: LIFT": ["alarm0", "alarm2"],
        f'deviceId: "{acme.id("lift")}"': ["alarm0", "alarm2"],
        f'cameraId: "{acme.id("camera0")}"': ["alarm1"],
        f'cameraId: "{acme.id("camera1")}"': [],
    }
    for chosen, expected in cases.items():
        data = await client.data(
            f'{{ alarms(propertyId: "{acme.id("home")}", order: OLDEST, filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}'
        )
        assert [node["id"] for node in data["alarms"]["nodes"]] == [acme.id(name) for name in expected], chosen


async def test_taking_note_and_clearing_are_two_axes(client: Client, house: House) -> None:
    acme = client.world.acme
    alarm = (await do(client, "Clear", reason=" 误报 "))["data"]["alarmClear"]["alarm"]
    assert (alarm["active"], alarm["acknowledged"], alarm["clearReason"]) == (False, False, "误报")
    assert (alarm["clearedBy"]["id"], alarm["clearedAt"]) == (acme.id("control_staff"), "2026-11-22T02:00:00.000000Z")
    assert (alarm["viewerCanAcknowledge"], alarm["viewerCanClear"]) == (True, False)
    alarm = (await do(client, "Acknowledge", note="已派人查看"))["data"]["alarmAcknowledge"]["alarm"]
    assert (alarm["active"], alarm["acknowledged"], alarm["acknowledgeNote"]) == (False, True, "已派人查看")
    assert (alarm["acknowledgedBy"]["id"], alarm["version"]) == (acme.id("control_staff"), 3)
    alarm = (await do(client, "Acknowledge", "alarm1"))["data"]["alarmAcknowledge"]["alarm"]
    assert (alarm["active"], alarm["acknowledged"]) == (True, True)
    for verb in ("alarm.clear", "alarm.acknowledge"):
        audit = (await audits(house, verb))[0]
        assert (audit["account_id"], audit["subject_id"], audit["actor"]) == (
            acme.keys["control"],
            acme.keys["alarm0"],
            "account",
        )


async def test_whoever_is_second_is_told_so(client: Client, house: House) -> None:
    both = await asyncio.gather(*(do(client, "Acknowledge", who=who) for who in ("control", "manager")))
    assert sorted(len(errors(answer)) for answer in both) == [0, 1]
    assert errors(await do(client, "Clear", reason="r")) == []
    before = await dump(house)
    answer = await do(client, "Acknowledge")
    assert errors(answer) == [("ALARM_ALREADY_ACKNOWLEDGED", ["id"])]
    assert answer["data"]["alarmAcknowledge"]["alarm"]["acknowledged"] is True
    assert errors(await do(client, "Clear", reason="r")) == [("ALARM_ALREADY_CLEARED", ["id"])]
    assert await dump(house) == before


async def test_bad_input_is_refused(client: Client, house: House) -> None:
    acme = client.world.acme
    before = await dump(house)
    for verb, wish, field in (
        ("Clear", {"reason": " "}, "reason"),
        ("Clear", {"reason": "x" * 201}, "reason"),
        ("Acknowledge", {"note": "x" * 2_001}, "note"),
        ("OpenWorkOrder", {"summary": ""}, "summary"),
    ):
        assert errors(await do(client, verb, **wish)) == [("BAD_USER_INPUT", ["input", field])]
    for verb in ("Clear", "Acknowledge", "OpenWorkOrder"):
        answer = await do(client, verb, expectedVersion=2, **({"reason": "r"} if verb == "Clear" else {}))
        assert errors(answer) == [("CONFLICT", ["input", "expectedVersion"])]
        assert answer["data"][f"alarm{verb}"]["alarm"]["version"] == 1
    both = {"deviceId": acme.id("lift"), "cameraId": acme.id("camera0")}
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"summary": ""}, "BAD_USER_INPUT", "summary"),
        ({"summary": "x" * 201}, "BAD_USER_INPUT", "summary"),
        (both, "BAD_USER_INPUT", "cameraId"),
        ({"deviceId": acme.id("away_pump")}, "NOT_FOUND", "deviceId"),
        ({"buildingId": acme.id("away_building")}, "NOT_FOUND", "buildingId"),
    ]
    for wish, code, field in cases:
        assert errors(await raised(client, "chief", **wish)) == [(code, ["input", field])], wish
    assert await dump(house) == before


async def test_raised_by_hand_of_whatever_it_is_about(client: Client, house: House) -> None:
    acme = client.world.acme
    for wish, place, source in (
        ({}, None, f"property:{acme.keys['home'].hex}"),
        ({"buildingId": acme.id("building")}, "building", f"building:{acme.keys['building'].hex}"),
        ({"cameraId": acme.id("camera0")}, "building", f"camera:{acme.keys['camera0'].hex}"),
        ({"deviceId": acme.id("recorder")}, None, f"device:{acme.keys['recorder'].hex}"),
    ):
        answer = await raised(client, **wish)
        assert errors(answer) == []
        alarm = answer["data"]["alarmRaise"]["alarm"]
        assert (alarm["type"], alarm["severity"], alarm["summary"], alarm["count"]) == ("FIRE", "MAJOR", "冒烟", 1)
        assert (alarm["building"] or {}).get("id") == (acme.id(place) if place else None)
        (found,) = await owner(house, "SELECT * FROM alarm WHERE source_key = $1 AND type = 'FIRE'", source)
        assert found["version"] == 1
    again = (await raised(client, "manager", severity="CRITICAL", summary="明火"))["data"]["alarmRaise"]["alarm"]
    assert (again["count"], again["severity"], again["summary"], again["version"]) == (2, "CRITICAL", "明火", 2)
    assert len(await audits(house, "alarm.raise")) == 5, "what a person does is always in the audit"


async def test_one_click_makes_a_work_order_linked_both_ways(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "UPDATE device SET unit_id = $1 WHERE id = $2", acme.keys["unit2"], acme.keys["lift"])
    answer = (await do(client, "OpenWorkOrder"))["data"]["alarmOpenWorkOrder"]
    assert answer["userErrors"] == []
    alarm, order = answer["alarm"], answer["workOrder"]
    assert (alarm["workOrder"]["id"], order["alarm"]["id"]) == (order["id"], acme.id("alarm0"))
    assert (order["summary"], order["status"], order["priority"]) == ("acme LIFT", "CREATED", "URGENT")
    assert (order["unit"]["id"], alarm["active"], alarm["acknowledged"]) == (acme.id("unit2"), True, False)
    assert order["number"].startswith("261122-")
    assert (alarm["viewerCanOpenWorkOrder"], alarm["version"]) == (False, 2)
    before = await dump(house)
    again = await do(client, "OpenWorkOrder")
    assert errors(again) == [("ALARM_HAS_WORK_ORDER", ["id"])]
    assert again["data"]["alarmOpenWorkOrder"]["alarm"]["workOrder"] == {"id": order["id"]}
    assert await dump(house) == before
    answer = await do(client, "OpenWorkOrder", "alarm1", "manager", summary="去看看", priority="LOW")
    order = answer["data"]["alarmOpenWorkOrder"]["workOrder"]
    assert (order["summary"], order["priority"], order["building"]["id"]) == ("去看看", "LOW", acme.id("building"))
    assert [len(await audits(house, verb)) for verb in ("alarm.openWorkOrder", "workOrder.create")] == [2, 2]


async def test_two_clicks_at_once_are_one_order(client: Client, house: House) -> None:
    answers = await asyncio.gather(*(do(client, "OpenWorkOrder") for _ in range(5)))
    assert sorted(len(errors(answer)) for answer in answers) == [0, 1, 1, 1, 1]
    orders = await owner(house, "SELECT id FROM work_order WHERE alarm_id = $1", client.world.acme.keys["alarm0"])
    assert len(orders) == 1


async def test_a_technician_sees_the_alarm_of_the_order_that_is_his(client: Client) -> None:
    acme = client.world.acme
    order = (await do(client, "OpenWorkOrder"))["data"]["alarmOpenWorkOrder"]["workOrder"]["id"]
    query = "query ($id: ID!) { workOrder(id: $id) { alarm { id severity device { id } viewerCanClear } } }"
    assert (await client.data(query, "tech2", id=order))["workOrder"] is None
    assign = """mutation ($id: ID!, $input: WorkOrderAssignInput!) {
      workOrderAssign(id: $id, input: $input) { userErrors { code } } }"""
    await client.data(assign, "manager", id=order, input={"expectedVersion": 1, "staffId": acme.id("tech2_staff")})
    alarm = (await client.data(query, "tech2", id=order))["workOrder"]["alarm"]
    assert alarm == {
        "id": acme.id("alarm0"),
        "severity": "CRITICAL",
        "device": {"id": acme.id("lift")},
        "viewerCanClear": False,
    }
    assert errors(await do(client, "Acknowledge", who="tech2")) == [("FORBIDDEN", None)]
    mine = "query ($id: ID!) { alarms(propertyId: $id) { nodes { id } } }"
    data = await client.data(mine, "tech2", id=acme.id("home"))
    assert data["alarms"]["nodes"] == [{"id": acme.id("alarm0")}]


async def test_who_may_not_changes_nothing_and_learns_nothing(client: Client, house: House) -> None:
    before = await dump(house)
    for who, on_alarm, on_home in (
        ("tech1", "NOT_FOUND", "FORBIDDEN"),
        ("cashier", "NOT_FOUND", "FORBIDDEN"),
        ("resident", "NOT_FOUND", "FORBIDDEN"),
        ("away_manager", "NOT_FOUND", "NOT_FOUND"),
        (None, "UNAUTHENTICATED", "UNAUTHENTICATED"),
    ):
        for verb, wish in (("Clear", {"reason": ""}), ("Acknowledge", {}), ("OpenWorkOrder", {"summary": ""})):
            answer = await do(client, verb, who=who, expectedVersion=9, **wish)
            assert [code for code, _ in errors(answer)] == [on_alarm], (who, verb)
        assert [code for code, _ in errors(await raised(client, who, summary=""))] == [on_home], who
    assert await dump(house) == before


async def test_the_severity_is_a_number_in_the_database(client: Client, house: House) -> None:
    assert (await row(house, "alarm", client.world.acme.keys["alarm0"]))["severity"] == 5


SET = """mutation ($input: AlarmEscalationSetInput!) { alarmEscalationSet(input: $input) {
  alarmEscalation { id severity minutes effectiveFrom property { id } } userErrors { code field } } }"""


async def test_how_long_an_alarm_may_wait_is_set_from_an_instant_on(client: Client, house: House) -> None:
    acme = client.world.acme
    home, later = acme.id("home"), "2026-12-01T00:00:00.000000Z"
    wish: dict[str, Any] = {"severity": "MAJOR", "minutes": [5, 15]}
    answer = await client.post(SET, "manager", input={**wish, "propertyId": home, "effectiveFrom": later})
    assert errors(answer) == []
    made = answer["data"]["alarmEscalationSet"]["alarmEscalation"]
    assert made == {"id": made["id"], **wish, "effectiveFrom": later, "property": {"id": home}}
    everywhere = (await client.data(SET, "admin", input={**wish, "minutes": []}))["alarmEscalationSet"]
    assert everywhere["alarmEscalation"]["property"] is None
    assert everywhere["alarmEscalation"]["effectiveFrom"] == "2026-11-22T02:00:00.000000Z"
    nodes = (await client.data("{ alarmEscalations { nodes { id minutes } } }", "control"))["alarmEscalations"]["nodes"]
    waits = {node["id"]: node["minutes"] for node in nodes}
    assert (waits[everywhere["alarmEscalation"]["id"]], waits[made["id"]]) == ([], [5, 15])
    assert len(await audits(house, "alarmEscalation.set")) == 2


async def test_waits_that_cannot_be_are_refused(client: Client, house: House) -> None:
    home = client.world.acme.id("home")
    before = await dump(house)
    for wish, field in (
        ({"minutes": [0]}, "minutes"),
        ({"minutes": [10_081]}, "minutes"),
        ({"minutes": [1] * 6}, "minutes"),
        ({"minutes": [1], "effectiveFrom": "2026-11-22T01:59:59Z"}, "effectiveFrom"),
    ):
        answer = await client.post(SET, "manager", input={"severity": "MAJOR", "propertyId": home, **wish})
        assert errors(answer) == [("BAD_USER_INPUT", ["input", field])], wish
    for who, place, code in (
        ("control", home, "FORBIDDEN"),
        ("manager", None, "FORBIDDEN"),
        ("away_manager", home, "NOT_FOUND"),
        ("resident", None, "FORBIDDEN"),
        (None, None, "UNAUTHENTICATED"),
    ):
        answer = await client.post(SET, who, input={"severity": "MAJOR", "minutes": [0], "propertyId": place})
        assert [found for found, _ in errors(answer)] == [code], (who, place)
    assert await dump(house) == before
