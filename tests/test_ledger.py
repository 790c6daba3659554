"""The ledger through the public endpoint: who reads it, what it proves, and what the database itself refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from models.rules.ledger import Move, PostingKind
from resolvers.ledger import Booking, post
from resolvers.unit import system_unit
from tests.dump import dump, owner
from tests.money import CHECK, Till, made
from tests.paging import check_paging

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client


@pytest.fixture
def till(client: Client) -> Till:
    return Till(client)


async def test_the_proof(till: Till) -> None:
    assert await till.check() == {
        "balanced": True,
        "debits": {"amount": "517.86"},  # 342.86 and 100.00 owed, 75.00 taken
        "credits": {"amount": "517.86"},
        "accounts": 5,
        "differingAccounts": 0,
        "differingPostings": 0,
        "differingBills": 0,
    }
    assert (await till.check("away", "chief"))["debits"] == {"amount": "50.00"}


@pytest.mark.parametrize("who", ["resident", "control", "tech1", "away_manager", None])
async def test_who_may_not_read_the_books_gets_no_proof(till: Till, who: str | None) -> None:
    assert await till.client.data(CHECK, who, id=till.id("home")) == {"ledgerCheck": None}
    rival = till.client.world.rival
    for login in ("chief", "cashier"):
        assert await till.client.data(CHECK, login, id=rival.id("home")) == {"ledgerCheck": None}


WRONG = [
    ("UPDATE ledger_account SET balance = balance + 1 WHERE id = $1", "cash", {"differingAccounts": 1}),
    ("UPDATE ledger_account SET balance = balance - 1 WHERE id = $1", "bill0_receivable",
     {"differingAccounts": 1, "differingBills": 1}),
    ("UPDATE bill SET amount = amount + 1 WHERE id = $1", "bill1", {"differingBills": 1}),
    ("UPDATE bill_line SET amount = amount + 1 WHERE id = $1", "bill1_line", {"differingBills": 1}),
    ("UPDATE allocation SET amount = amount + 1 WHERE id = $1", "allocation", {"differingBills": 1}),
    ("UPDATE entry SET amount = amount + 1 WHERE id = $1", "payment_posting_cash",
     {"differingAccounts": 1, "differingPostings": 1}),
    ("DELETE FROM entry WHERE posting_id = $1", "bill0_posting", {"differingAccounts": 2, "differingPostings": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "row", "wrong"), WRONG)
async def test_the_proof_finds_what_was_tampered_with(
    till: Till, house: House, sql: str, row: str, wrong: dict[str, int]
) -> None:
    await owner(house, sql, till.client.world.acme.keys[row])
    found = (await till.client.data(CHECK, "cashier", id=till.id("home")))["ledgerCheck"]
    assert found["balanced"] is False
    counts = {name: found[name] for name in ("differingAccounts", "differingPostings", "differingBills")}
    assert counts == {"differingAccounts": 0, "differingPostings": 0, "differingBills": 0, **wrong}


async def test_a_posting_tells_its_story(till: Till) -> None:
    bill = made(await till.bill())
    query = """query ($id: ID!) { postings(propertyId: $id, order: OLDEST, first: 100) { nodes {
        kind occurredAt bill { id } payment { id } account { login }
        entries { nodes { amount { amount } ledgerAccount { kind balance { amount } chargeItem { id }
            person { id } bills { id } } } } } } }"""
    nodes = (await till.client.data(query, "admin", id=till.id("home")))["postings"]["nodes"]
    (posting,) = (node for node in nodes if node["bill"] == {"id": bill["id"]})
    assert (posting["kind"], posting["account"], posting["payment"]) == ("BILL_ISSUED", {"login": "manager"}, None)
    item = {"id": till.id("charge_item")}
    assert posting["entries"]["nodes"] == [
        {
            "amount": {"amount": "100.00"},
            "ledgerAccount": {
                "kind": "RECEIVABLE",
                "balance": {"amount": "100.00"},
                "chargeItem": None,
                "person": None,
                "bills": [{"id": bill["id"]}],
            },
        },
        {
            "amount": {"amount": "-100.00"},
            "ledgerAccount": {
                "kind": "INCOME",
                "balance": {"amount": "542.86"},
                "chargeItem": item,
                "person": None,
                "bills": [],
            },
        },
    ]


async def test_lists_page_and_filter(till: Till) -> None:
    where = f'propertyId: "{till.id("home")}"'
    for name in ("ledgerAccounts", "postings"):
        data = await till.client.data(f"{{ {name}({where} order: OLDEST first: 100) {{ nodes {{ id }} }} }}")
        oldest = [node["id"] for node in data[name]["nodes"]]
        await check_paging(till.client, name, "manager", f"{where} order: OLDEST", oldest)
        await check_paging(till.client, name, "manager", f"{where} order: NEWEST", oldest[::-1])
    chosen = f"{where} filter: {{ kinds: [CASH, PREPAYMENT] }}"
    data = await till.client.data(f"{{ ledgerAccounts({chosen}) {{ nodes {{ kind balance {{ amount }} }} }} }}")
    found = {node["kind"]: node["balance"]["amount"] for node in data["ledgerAccounts"]["nodes"]}
    assert found == {"CASH": "75.00", "PREPAYMENT": "15.00"}


async def test_what_does_not_balance_is_never_posted(till: Till, house: House) -> None:
    keys = till.client.world.acme.keys
    before = await dump(house)
    moves = [Move(keys["cash"], 5), Move(keys["income"], -4)]
    with pytest.raises(ValueError, match="must balance"):
        await _post(house, keys, moves)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await _post(house, keys, [Move(keys["cash"], 5), Move(keys["home"], -5)])
    with pytest.raises(ValueError, match="not there"):  # the other company's
        await _post(house, keys, [Move(keys["cash"], 5), Move(till.client.world.rival.keys["income"], -5)])
    assert await dump(house) == before


async def _post(house: House, keys: dict[str, Any], moves: list[Move]) -> None:
    async with system_unit(house, keys["organization"]) as unit:
        booking = Booking(kind=PostingKind.BILL_ISSUED, moves=moves, bill_id=keys["bill0"])
        await post(unit, keys["home"], [booking])


@pytest.mark.parametrize(
    ("account", "amount"), [("cash", -7_501), ("bill0_receivable", -34_287), ("prepayment", 1_501), ("income", 44_287)]
)
async def test_the_database_lets_no_balance_below_zero(till: Till, house: House, account: str, amount: int) -> None:
    keys = till.client.world.acme.keys
    other = "bill1_receivable" if amount < 0 else "away_income"
    before = await dump(house)
    with pytest.raises(Exception, match=r"(?i)check constraint"):
        await _post(house, keys, [Move(keys[account], amount), Move(keys[other], -amount)])
    assert await dump(house) == before


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_postgres_itself_refuses_a_posting_that_does_not_balance(till: Till, house: House) -> None:
    keys = till.client.world.acme.keys
    sql = (
        "INSERT INTO entry (id, organization_id, amount, ledger_account_id, posting_id, property_id, created_at)"
        " SELECT gen_random_uuid(), organization_id, 1, ledger_account_id, posting_id, property_id, created_at"
        " FROM entry WHERE id = $1"
    )
    before = await dump(house)
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await owner(house, sql, keys["payment_posting_cash"])
    assert await dump(house) == before
