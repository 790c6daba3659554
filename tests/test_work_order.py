"""Work orders through the public endpoint: every step, every refusal, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from models.rules.work_order import WorkOrderStatus
from tests.client import Client
from tests.dump import audits, dump, owner, row
from tests.factories.world import NOW
from tests.rules.test_work_order import LEGAL, TICKET, WHY
from tests.rules.test_work_order import WHO as PEOPLE

if TYPE_CHECKING:
    from resolvers.ports import House

FIELDS = "workOrder { id version status assignee { id } } userErrors { code message field }"
VERBS = {verb: verb.capitalize() for verb, who in PEOPLE.items() if who not in "rh"}
STAMPS = {
    "ASSIGN": "assigned_at",
    "ACCEPT": "accepted_at",
    "DECLINE": "declined_at",
    "DEPART": "departed_at",
    "START": "started_at",
    "WAIT": "waiting_at",
    "COMPLETE": "completed_at",
    "VERIFY": "verified_at",
    "RETURN": "reopened_at",
    "CLOSE": "closed_at",
    "CANCEL": "cancelled_at",
    "REOPEN": "reopened_at",
}
STEPS = [pair for pair in LEGAL if pair[0] in VERBS]
READY = {verb: status for verb, status in LEGAL if verb in VERBS} | {"ACCEPT": "ASSIGNED", "START": "ACCEPTED"}
WHO = {verb: {"m": "manager", "a": "tech1", "v": "desk", "c": "desk"}[PEOPLE[verb]] for verb in VERBS}


async def take(
    client: Client, verb: str, who: str | None = None, order: str = "order1", version: int = 1, **changes: Any
) -> dict[str, Any]:
    """Ask for a step; the whole answer."""
    name = VERBS[verb]
    extra: dict[str, Any] = {}
    if verb == "ASSIGN":
        extra["staffId"] = client.world.acme.id("tech1_staff")
    if verb == "COMPLETE":
        extra["result"] = "换了阀门"
    if any(step == verb for step, _ in WHY):
        extra["note"] = "原因"
    return await client.post(
        f"mutation ($id: ID!, $input: WorkOrder{name}Input!) {{"
        f" x: workOrder{name}(id: $id, input: $input) {{ {FIELDS} }} }}",
        who or WHO[verb],
        id=client.world.acme.id(order),
        input={"expectedVersion": version, **extra, **changes},
    )


def codes(answer: dict[str, Any]) -> list[str]:
    """Top-level codes, or those of userErrors."""
    if "errors" in answer:
        return [error["extensions"]["code"] for error in answer["errors"]]
    return [error["code"] for error in answer["data"]["x"]["userErrors"]]


async def stand(house: House, client: Client, status: str, order: str = "order1") -> None:
    """Put an order into a status behind the product's back, with tech1 as its assignee."""
    keys = client.world.acme.keys
    await owner(
        house,
        "UPDATE work_order SET status = $1, assignee_id = $2 WHERE id = $3",
        status,
        keys["tech1_staff"],
        keys[order],
    )


async def test_no_illegal_step_is_taken(client: Client, house: House) -> None:
    refused = 0
    for status in WorkOrderStatus:
        await stand(house, client, status.value)
        before = await dump(house)
        for verb in VERBS:
            if (verb, status.value) in LEGAL:
                continue
            answer = await take(client, verb)
            assert codes(answer) == ["TRANSITION_NOT_ALLOWED"], (verb, status)
            assert answer["data"]["x"]["userErrors"][0]["field"] == ["id"]
            assert answer["data"]["x"]["workOrder"]["status"] == status.value
            refused += 1
        assert await dump(house) == before
    assert refused == 11 * len(VERBS) - len(STEPS)


async def test_a_legal_step_leaves_its_traces(client: Client, house: House) -> None:
    keys, version = client.world.acme.keys, 1
    for n, (verb, status) in enumerate(STEPS, start=1):
        target = LEGAL[verb, status]
        await stand(house, client, status)
        await owner(house, "UPDATE ticket SET status = 'OPEN' WHERE id = $1", keys["ticket1"])
        answer = await take(client, verb, version=version)
        assert codes(answer) == [], (verb, status)
        version += 1
        assert answer["data"]["x"]["workOrder"] == {
            "id": client.world.acme.id("order1"),
            "version": version,
            "status": target,
            "assignee": None if target == "CREATED" else {"id": client.world.acme.id("tech1_staff")},
        }
        audit = (await audits(house, f"workOrder.{verb.lower()}"))[-1]
        assert (audit["account_id"], audit["actor"]) == (keys[WHO[verb]], "account")
        assert (audit["subject_type"], audit["subject_id"]) == ("WorkOrder", keys["order1"])
        assert (audit["before"]["version"], audit["after"]["version"]) == (version - 1, version)
        assert (audit["before"].get("status", status), audit["after"].get("status", status)) == (status, target)
        steps = await owner(house, "SELECT * FROM work_order_step ORDER BY id")
        step, actor = steps[-1], (str(keys[f"{WHO[verb]}_staff"]), "None")
        assert (step["verb"], step["from_status"], step["to_status"]) == (verb, status, target)
        assert (str(step["staff_id"]), str(step["person_id"])) == actor
        assert (await row(house, "work_order", keys["order1"]))[STAMPS[verb]] is not None
        assert (await row(house, "ticket", keys["ticket1"]))["status"] == TICKET[target]
        events = await owner(
            house, "SELECT * FROM event WHERE type <> 'notification.received' ORDER BY stream_id, position"
        )
        told = ["ticket.changed"] if TICKET[target] != "OPEN" else []  # where the ticket stood
        assert [event["type"] for event in events][-1 - len(told) :] == [*told, "work_order.changed"], (verb, status)
        entries = await owner(house, "SELECT * FROM ticket_entry ORDER BY id")
        assert (len(steps), len(entries)) == (n, n)
        assert (entries[-1]["kind"], entries[-1]["work_order_step_id"]) == ("STEP", step["id"])


async def test_going_on_after_waiting_keeps_the_beginning(client: Client, house: House) -> None:
    await stand(house, client, "WAITING_FOR_PARTS")
    order = client.world.acme.keys["order1"]
    await owner(house, "UPDATE work_order SET started_at = $1 WHERE id = $2", NOW - timedelta(days=1), order)
    assert codes(await take(client, "START")) == []
    began = (await row(house, "work_order", order))["started_at"]
    assert house.database.value("DatetimeField", began) == NOW - timedelta(days=1)


async def test_two_verbs_in_one_document_each_show_their_own_result(client: Client) -> None:
    acme = client.world.acme
    answer = await client.data(
        """mutation ($id: ID!, $a: WorkOrderAcceptInput!, $s: WorkOrderStartInput!) {
            a: workOrderAccept(id: $id, input: $a) { workOrder { status version } }
            s: workOrderStart(id: $id, input: $s) { workOrder { status version } } }""",
        "tech1",
        id=acme.id("order1"),
        a={"expectedVersion": 1},
        s={"expectedVersion": 2},
    )
    assert answer["a"]["workOrder"] == {"status": "ACCEPTED", "version": 2}
    assert answer["s"]["workOrder"] == {"status": "IN_PROGRESS", "version": 3}


async def test_a_stale_version_is_a_conflict_with_the_order_as_it_is(client: Client, house: House) -> None:
    for verb in VERBS:
        await stand(house, client, READY[verb])
        before = await dump(house)
        for version in (0, 2, -1):
            answer = await take(client, verb, version=version)
            assert codes(answer) == ["CONFLICT"]
            assert answer["data"]["x"]["userErrors"][0]["field"] == ["input", "expectedVersion"]
            assert answer["data"]["x"]["workOrder"]["version"] == 1
        assert await dump(house) == before


# Who may not, and how it looks: an order out of sight is NOT_FOUND, one in sight FORBIDDEN.
FOREIGN = {"neighbour": "NOT_FOUND", "tech2": "NOT_FOUND", "away_manager": "NOT_FOUND"}
# By the person of the step, see PEOPLE; the others, who see the order: FORBIDDEN.
MAY = {"m": {"manager", "chief"}, "a": {"tech1"}, "v": {"manager", "chief", "desk"}, "c": {"manager", "chief", "desk"}}
SEEING = ("resident", "control", "manager", "chief", "desk", "tech1", "auditor")
DENIED = [
    (verb, who, code)
    for verb in VERBS
    for who, code in ({who: "FORBIDDEN" for who in SEEING if who not in MAY[PEOPLE[verb]]} | FOREIGN).items()
]


async def test_the_wrong_person_changes_nothing(client: Client, house: House) -> None:
    for verb in VERBS:
        await stand(house, client, READY[verb])
        before = await dump(house)
        for who, code in ((who, code) for denied, who, code in DENIED if denied == verb):
            # Nothing but the denial may be learnt: not the version, not whether the rest of the input holds.
            bad: dict[str, Any] = {"result": ""} if verb == "COMPLETE" else {"note": "x" * 3000}
            for changes in ({}, {"version": 7, **bad}):
                assert codes(await take(client, verb, who, **changes)) == [code], (verb, who)
        assert await dump(house) == before, verb


async def test_a_technician_and_manager_in_one_is_still_not_the_assignee(client: Client, house: House) -> None:
    """He sees the order as a manager and works as a technician, but it is another's."""
    keys = client.world.acme.keys
    await owner(house, "UPDATE role_assignment SET property_id = NULL WHERE id = $1", keys["chief_role"])
    await owner(
        house,
        "INSERT INTO role_assignment (id, organization_id, role, valid_from, account_id, created_at)"
        " VALUES ($1, $2, 'TECHNICIAN', $3, $4, $3)",
        house.identity.uuid(),
        keys["organization"],
        NOW,
        keys["chief"],
    )
    before = await dump(house)
    answer = await take(client, "ACCEPT", "chief")
    assert codes(answer) == ["FORBIDDEN"]
    assert "assigned" in answer["errors"][0]["message"]
    assert await dump(house) == before


async def test_nobody_is_told_to_sign_in(client: Client, house: House) -> None:
    before = await dump(house)
    for name in VERBS.values():
        answer = await client.codes(
            f"mutation ($id: ID!, $input: WorkOrder{name}Input!) {{"
            f" workOrder{name}(id: $id, input: $input) {{ userErrors {{ code }} }} }}",
            None,
            id=client.world.acme.id("order1"),
            input={
                "expectedVersion": 1,
                **({"staffId": client.world.acme.id("tech1_staff")} if name == "Assign" else {}),
                **({"result": ""} if name == "Complete" else {}),
                **({"note": ""} if any(verb.capitalize() == name for verb, _ in WHY) else {}),
            },
        )
        assert answer == ["UNAUTHENTICATED"]
    assert await dump(house) == before


async def test_only_technicians_are_eligible(client: Client, house: House) -> None:
    for who in ("manager_staff", "control_staff", "away_manager_staff", "chief_staff"):
        assert await refused(client, house, who) == INELIGIBLE


INELIGIBLE = [{"code": "STAFF_NOT_ELIGIBLE", "field": ["input", "staffId"]}]


async def refused(client: Client, house: House, who: str) -> list[dict[str, Any]]:
    """Why the order is not assigned to them; nothing changes."""
    before = await dump(house)
    answer = await take(client, "ASSIGN", staffId=client.world.acme.id(who))
    assert await dump(house) == before
    return [{name: error[name] for name in ("code", "field")} for error in answer["data"]["x"]["userErrors"]]


TECH2 = {
    "left yesterday": ("UPDATE staff SET employed_until = $1 WHERE id = $2", date(2026, 11, 21), "tech2_staff"),
    "begins tomorrow": ("UPDATE staff SET employed_from = $1 WHERE id = $2", date(2026, 11, 23), "tech2_staff"),
    "role over": ("UPDATE role_assignment SET valid_until = $1 WHERE id = $2", NOW, "tech2_role"),
    "role to come": (
        "UPDATE role_assignment SET valid_from = $1 WHERE id = $2",
        NOW + timedelta(seconds=1),
        "tech2_role",
    ),
    "account off": ("UPDATE account SET disabled_at = $1 WHERE id = $2", NOW, "tech2"),
}


@pytest.mark.parametrize("case", TECH2)
async def test_a_technician_who_is_not_there_is_not_eligible(client: Client, house: House, case: str) -> None:
    sql, value, name = TECH2[case]
    await owner(house, sql, value, client.world.acme.keys[name])
    assert await refused(client, house, "tech2_staff") == INELIGIBLE


async def test_a_technician_of_another_property_is_not_eligible(client: Client, house: House) -> None:
    keys = client.world.acme.keys
    await owner(house, "UPDATE role_assignment SET property_id = $1 WHERE id = $2", keys["away"], keys["tech2_role"])
    assert await refused(client, house, "tech2_staff") == INELIGIBLE


@pytest.mark.parametrize(
    ("until", "eligible"),
    [(date(2026, 11, 22), False), (date(2026, 11, 23), True)],
)
async def test_the_last_day_of_work_is_a_day_of_the_property(
    client: Client, house: House, until: date, eligible: bool
) -> None:
    house.clock.move(timedelta(hours=20))  # type: ignore[attr-defined]  # 22:00 UTC: the 23rd in Shanghai
    await owner(
        house, "UPDATE staff SET employed_until = $1 WHERE id = $2", until, client.world.acme.keys["tech2_staff"]
    )
    answer = await take(client, "ASSIGN", staffId=client.world.acme.id("tech2_staff"))
    assert codes(answer) == ([] if eligible else ["STAFF_NOT_ELIGIBLE"])


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("ASSIGN", {"note": "x" * 2_001}, "note"),
    ("ASSIGN", {"staffId": "nonsense"}, "staffId"),
    ("ACCEPT", {"note": "x" * 2_001}, "note"),
    ("ACCEPT", {"location": {"latitude": 90.1, "longitude": 0}}, "location"),
    ("DEPART", {"location": {"latitude": 0, "longitude": -180.1}}, "location"),
    ("START", {"note": "x" * 2_001}, "note"),
    *((verb, {"note": " \n"}, "note") for verb in ("DECLINE", "WAIT", "RETURN", "CANCEL", "REOPEN")),
    ("COMPLETE", {"result": ""}, "result"),
    ("COMPLETE", {"result": " \n"}, "result"),
    ("COMPLETE", {"result": "x" * 2_001}, "result"),
    ("COMPLETE", {"photoIds": ["nonsense"]}, "photoIds"),
]


async def test_a_bad_field_is_named(client: Client, house: House) -> None:
    for verb in {verb for verb, _, _ in BAD}:
        await stand(house, client, READY[verb])
        before = await dump(house)
        for changes, field in ((changes, field) for bad, changes, field in BAD if bad == verb):
            answer = await take(client, verb, **changes)
            assert codes(answer) == ["BAD_USER_INPUT"], (verb, field)
            assert answer["data"]["x"]["userErrors"][0]["field"] == ["input", field]
        assert await dump(house) == before


async def test_an_id_of_another_type_is_no_order(client: Client, house: House) -> None:
    before = await dump(house)
    answer = await take(client, "ACCEPT", order="ticket1")
    assert codes(answer) == ["BAD_USER_INPUT"]
    assert answer["data"]["x"]["userErrors"][0]["field"] == ["id"]
    assert await dump(house) == before


async def test_buttons_are_what_the_verbs_obey(client: Client, house: House) -> None:
    buttons = " ".join(f"viewerCan{name}" for name in VERBS.values())
    for status in WorkOrderStatus:
        await stand(house, client, status.value)
        for who in SEEING:
            shown = await client.data(
                f"query ($id: ID!) {{ workOrder(id: $id) {{ {buttons} }} }}", who, id=client.world.acme.id("order1")
            )
            for verb, name in VERBS.items():
                expected = (verb, status.value) in LEGAL and who in MAY[PEOPLE[verb]]
                assert shown["workOrder"][f"viewerCan{name}"] is expected, (status, who, verb)
