"""What becomes of a ticket: who may do what, and that a refusal changes nothing; categories and windows."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from models.rules.ticket import TICKET_VERBS, CategoryRule, TicketKind, TicketStatus, TicketVerb, classify
from resolvers.jobs.ticket import close_tickets
from tests.dump import audits, dump, owner, row
from tests.work import carry_out, do, order_of, refused

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

# Verb, status: legal. Written by hand; whether an order allows it is the orders' matter.
LEGAL = {
    *product(["CANCEL", "AWAIT", "RESUME"], ["OPEN", "IN_PROGRESS"]),
    *product(["REOPEN", "RATE", "FOLLOW_UP"], ["RESOLVED", "CLOSED"]),
    *product(["COMMENT", "ANSWER"], ["OPEN", "IN_PROGRESS", "RESOLVED"]),
    *product(["OPEN_WORK_ORDER", "CLASSIFY"], ["OPEN", "IN_PROGRESS"]),
}
WISHES: dict[str, tuple[str, dict[str, Any]]] = {
    "CANCEL": ("ticketCancel", {"reason": "自己修好了"}),
    "REOPEN": ("ticketReopen", {"reason": "没好"}),
    "RATE": ("ticketRate", {"stars": 3}),
    "COMMENT": ("ticketComment", {"text": "请快些"}),
    "ANSWER": ("ticketAnswer", {"text": "已安排", "expectedVersion": 1}),
    "FOLLOW_UP": ("ticketFollowUp", {"outcome": "NO_ANSWER"}),
    "AWAIT": ("ticketAwaitResident", {"text": "几点在家？", "expectedVersion": 1}),
    "RESUME": ("ticketResume", {"expectedVersion": 1}),
    "OPEN_WORK_ORDER": ("ticketOpenWorkOrder", {"expectedVersion": 1}),
    "CLASSIFY": ("ticketClassify", {"priority": "HIGH", "expectedVersion": 1}),
}
OWN = {"CANCEL", "REOPEN", "RATE"}


def test_the_table_is_the_one_written_by_hand() -> None:
    table = {(verb.value, status.value) for verb in TicketVerb for status in TICKET_VERBS[verb]}
    assert table == LEGAL


async def test_every_verb_in_every_status_by_everybody(client: Client, house: House) -> None:
    acme = client.world.acme
    ticket, done = acme.id("ticket0"), 0
    for verb, status in product(WISHES, [status.value for status in TicketStatus]):
        await owner(house, "UPDATE ticket SET status = $1 WHERE id = $2", status, acme.keys["ticket0"])
        name, wish = WISHES[verb]
        if (verb, status) not in LEGAL:
            who = "resident" if verb in OWN else "desk"
            assert await refused(client, name, who, ticket, **wish) == "TRANSITION_NOT_ALLOWED", (verb, status)
            done += 1
    assert done == len(WISHES) * len(TicketStatus) - len(LEGAL)
    assert await owner(house, "SELECT * FROM ticket_entry") == []
    await owner(house, "UPDATE ticket SET status = 'RESOLVED' WHERE id = $1", acme.keys["ticket0"])
    before = await dump(house)
    for verb, (name, wish) in WISHES.items():
        others = ("desk", "manager", "tech1") if verb in OWN else ("control", "auditor")
        if verb == "OPEN_WORK_ORDER":
            others = ("auditor", "resident")  # the control room opens orders
        for who, code in {**dict.fromkeys(others, "FORBIDDEN"), "neighbour": "NOT_FOUND", "tech2": "NOT_FOUND"}.items():
            expected = "NOT_FOUND" if who == "tech1" else code  # the other order is his
            assert await refused(client, name, who, ticket, **wish) == expected, (verb, who)
    assert await refused(client, "ticketComment", "resident", ticket, text="x", internal=True) == "FORBIDDEN"
    assert await refused(client, "ticketAnswer", "desk", ticket, text="x", expectedVersion=9) == "CONFLICT"
    for name, wish in (
        ("ticketRate", {"stars": 0}),
        ("ticketRate", {"stars": 6}),
        ("ticketRate", {"stars": 1, "text": "x" * 501}),
        ("ticketReopen", {"reason": " "}),
    ):
        assert await refused(client, name, "resident", ticket, **wish) == "BAD_USER_INPUT", (name, wish)
    assert await dump(house) == before


async def test_cancelling_calls_its_orders_off_unless_work_has_begun(client: Client, house: House) -> None:
    acme = client.world.acme
    ticket, order = acme.id("ticket0"), acme.id("order0")
    await carry_out(client, order, 1, until="Start")
    before = await dump(house)
    assert await refused(client, "ticketCancel", "resident", ticket) == "TRANSITION_NOT_ALLOWED"
    assert await dump(house) == before
    other = acme.id("ticket1")
    assert (await do(client, "ticketCancel", "resident", other, reason="不用了"))["status"] == "CANCELLED"
    assert (await order_of(client, other))["status"] == "CANCELLED"
    (withdrawn,) = await audits(house, "workOrder.withdraw")
    assert withdrawn["account_id"] == acme.keys["resident"]
    assert (await row(house, "ticket", acme.keys["ticket1"]))["status"] == "CANCELLED"


async def test_an_answer_settles_a_question_and_it_closes_by_itself(client: Client, house: House) -> None:
    acme = client.world.acme
    days: dict[str, Any] = {"expectedVersion": 1, "reopenDays": 2, "closeDays": 3}
    await do(client, "propertySetTicketDays", "manager", acme.id("home"), **days)
    wish: dict[str, Any] = {"propertyId": acme.id("home"), "kind": "INQUIRY", "text": "几点收垃圾"}
    asked = await do(client, "ticketCreate", "resident", None, **wish)
    assert (await client.data("query ($id: ID!) { ticket(id: $id) { category } }", id=asked["id"]))["ticket"] == {
        "category": "未分类"
    }
    answered = await do(client, "ticketAnswer", "desk", asked["id"], text="早上八点", expectedVersion=1)
    assert answered["status"] == "RESOLVED"
    house.clock.move(timedelta(days=3))  # type: ignore[attr-defined]
    await close_tickets(house)
    (closed,) = await audits(house, "ticket.close")
    assert (closed["actor"], closed["after"]["status"]) == ("job", "CLOSED")
    assert await refused(client, "ticketCancel", "resident", asked["id"]) == "TRANSITION_NOT_ALLOWED"
    house.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    assert (await do(client, "ticketReopen", "resident", asked["id"], reason="没回答完"))["status"] == "OPEN"
    again = {"text": "八点到九点", "expectedVersion": 4}
    assert (await do(client, "ticketAnswer", "desk", asked["id"], **again))["status"] == "RESOLVED"


async def test_floods_and_duplicates(client: Client, house: House) -> None:
    acme = client.world.acme
    wish: dict[str, Any] = {"propertyId": acme.id("home"), "kind": "COMPLAINT", "text": "吵"}
    for n in range(10):
        await do(client, "ticketCreate", "neighbour", None, **wish, category=f"噪音 {n}")
    before = await dump(house)
    assert await refused(client, "ticketCreate", "neighbour", None, **wish, category="别的") == "TICKET_FLOOD"
    assert await dump(house) == before
    house.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
    assert await refused(client, "ticketCreate", "neighbour", None, **wish, category="噪音 0") == "TICKET_DUPLICATE"
    at_home = {**wish, "unitId": acme.id("unit1")}
    await do(client, "ticketCreate", "neighbour", None, **at_home, category="噪音 0")  # elsewhere: another matter
    await do(client, "ticketCreate", "resident", None, **wish, category="噪音 0")  # somebody else's


async def test_categories(client: Client, house: House) -> None:
    acme = client.world.acme
    top, below, home = acme.id("category0"), acme.id("category1"), {"propertyId": acme.id("home")}
    before = await dump(house)
    for wish, code in (
        ({"name": " "}, "BAD_USER_INPUT"),
        ({"name": "x", "parentId": below}, "BAD_USER_INPUT"),  # a third level
        ({"name": "x", "parentId": acme.id("away_category")}, "NOT_FOUND"),
        ({"name": "x", "closeDays": 0}, "BAD_USER_INPUT"),
        ({"name": "x", "keywords": ["k" * 41]}, "BAD_USER_INPUT"),
        ({"name": "acme 类别 0"}, "NAME_TAKEN"),
        ({"name": "acme 类别 1", "parentId": top}, "NAME_TAKEN"),
    ):
        assert await refused(client, "ticketCategoryCreate", "manager", None, **home, **wish) == code, wish
    stale: dict[str, Any] = {"expectedVersion": 1}
    assert await refused(client, "ticketCategoryArchive", "manager", top, **stale) == "BAD_USER_INPUT"  # in use below
    assert await refused(client, "ticketCategoryUpdate", "manager", below, **stale, name=None) == "BAD_USER_INPUT"
    assert await dump(house) == before
    renamed = await do(client, "ticketCategoryUpdate", "manager", below, **stale, name="门窗", kind="REPAIR")
    assert (renamed["name"], renamed["version"]) == ("门窗", 2)
    raised: dict[str, Any] = {**home, "text": "关不上", "categoryId": below}
    assert await refused(client, "ticketCreate", "resident", None, **raised, kind="INQUIRY") == "BAD_USER_INPUT"
    await do(client, "ticketCategoryArchive", "manager", below, expectedVersion=2)
    code = await refused(client, "ticketCreate", "resident", None, **raised, kind="REPAIR")
    assert code == "TICKET_CATEGORY_ARCHIVED"
    away = {**raised, "categoryId": acme.id("away_category")}
    assert await refused(client, "ticketCreate", "manager", None, **away, kind="REPAIR") == "NOT_FOUND"
    lists = "query ($p: ID!) { ticketCategories(propertyId: $p, filter: { archived: false }) { nodes { name } } }"
    named = (await client.data(lists, "resident", p=acme.id("home")))["ticketCategories"]["nodes"]
    assert named == [{"name": "acme 类别 0"}]


RULES = [
    CategoryRule(UUID(int=3), TicketKind.REPAIR, ("电梯", "Lift"), 2),
    CategoryRule(UUID(int=2), None, ("电梯困人",), 3),
    CategoryRule(UUID(int=5), TicketKind.COMPLAINT, ("吵", "噪音"), 1),
    CategoryRule(UUID(int=4), TicketKind.COMPLAINT, ("狗叫",), 1),
    CategoryRule(UUID(int=1), None, (), 0),
]


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("REPAIR", "二号楼电梯不动", 3),
        ("REPAIR", "二号楼电梯困人了", 2),  # the longer word
        ("REPAIR", "the LIFT is stuck", 3),
        ("REPAIR", "隔壁太吵", None),  # a complaint's word
        ("COMPLAINT", "太吵", 5),
        ("COMPLAINT", "狗叫", 4),
        ("COMPLAINT", "噪音和狗叫", 4),  # as long, at the same place: by id
        ("COMPLAINT", "吵吵吵狗叫", 4),  # a word counts once
        ("SUGGESTION", "多种些花", None),
    ],
)
def test_keywords_classify(kind: str, text: str, found: int | None) -> None:
    expected = None if found is None else UUID(int=found)
    assert classify(TicketKind(kind), text, RULES) == expected
    assert classify(TicketKind(kind), text, reversed(RULES)) == expected


async def test_the_desk_says_anew_what_a_ticket_is_about(client: Client, house: House) -> None:
    """It goes to whom that category is for; an order that nobody works on yet follows, one under work does not."""
    acme = client.world.acme
    made = await do(
        client, "ticketCategoryCreate", "manager", None, propertyId=acme.id("home"), name="电梯", skill="lifts",
        department="工程部", handlerId=acme.id("manager_staff"), afterPhoto=True,
    )  # fmt: skip
    shown = """query ($id: ID!) { ticket(id: $id) { category department priority handler { id } viewerCanClassify
      workOrders { nodes { id skill priority needsAfterPhoto version } } timeline { nodes { kind } } } }"""
    ticket, order = acme.id("ticket0"), acme.id("order0")
    assert await refused(client, "ticketClassify", "desk", ticket, expectedVersion=1) == "BAD_USER_INPUT"
    wish = {"expectedVersion": 1, "categoryId": made["id"], "priority": "URGENT"}
    for who, code in (("resident", "FORBIDDEN"), ("neighbour", "NOT_FOUND"), ("tech1", "NOT_FOUND")):
        assert await refused(client, "ticketClassify", who, ticket, **wish) == code, who
    await do(client, "ticketClassify", "desk", ticket, **wish)
    assert await refused(client, "ticketClassify", "desk", ticket, **wish) == "CONFLICT"
    seen = (await client.data(shown, "desk", id=ticket))["ticket"]
    assert (seen["category"], seen["department"], seen["priority"]) == ("电梯", "工程部", "URGENT")
    assert (seen["handler"], seen["viewerCanClassify"]) == ({"id": acme.id("manager_staff")}, True)
    (one,) = seen["workOrders"]["nodes"]
    assert one == {"id": order, "skill": "lifts", "priority": "URGENT", "needsAfterPhoto": True, "version": 2}
    assert seen["timeline"]["nodes"][-1]["kind"] == "CLASSIFIED"
    told = await owner(house, "SELECT account_id FROM notification WHERE kind = 'TICKET_ROUTED'")
    assert [str(one["account_id"]) for one in told] == [str(acme.keys["manager"])]
    await carry_out(client, order, 2, "Start")
    await do(client, "ticketClassify", "desk", ticket, expectedVersion=3, priority="LOW")
    (one,) = (await client.data(shown, "desk", id=ticket))["ticket"]["workOrders"]["nodes"]
    assert (one["priority"], one["skill"]) == ("URGENT", "lifts"), "it is under work"
    assert (
        await refused(client, "ticketClassify", "desk", ticket, expectedVersion=4, categoryId=acme.id("away_category"))
        == "NOT_FOUND"
    )
