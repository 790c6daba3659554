"""The ledger in the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

import models
from models.query import Query as Rows
from models.rules.ledger import LedgerAccountKind, PostingKind, natural
from models.rules.permission import Permission
from resolvers import ledger as usecase
from schema.account import Account
from schema.base import (
    Connection,
    Info,
    ListOrder,
    Money,
    Node,
    column,
    computed,
    decode,
    many,
    money,
    node,
    one,
    text,
    to_many,
    to_one,
)
from schema.base.argument import ARGUMENTS
from schema.base.money import shown
from schema.bill import Bill
from schema.charge_item import ChargeItem
from schema.payment import Payment
from schema.person import Person
from schema.place import Property


def _balance(row: dict[str, Any], _viewer: object) -> Money:
    return shown(natural(LedgerAccountKind(row["kind"]), row["balance"]))


@node(models.Entry, "分录: an amount that a Posting moves on an account.")
class Entry(Node):
    """An amount that a Posting moves on an account."""

    posting: Posting | None = to_one("The posting; its entries sum to zero.")
    ledger_account: LedgerAccount | None = to_one("The account.")
    amount: Money = money("Above zero a debit (借), below zero a credit (贷).", source="amount")
    occurred_at: datetime = column("When it happened.", source="created_at")


@node(models.LedgerAccount, "账户: cash, the receivable of one Bill, income of a charge item, or a prepayment.")
class LedgerAccount(Node):
    """An account of the ledger."""

    property: Property | None = to_one("The estate; null for a payer who has left it.")
    kind: LedgerAccountKind = column("What it counts.")
    charge_item: ChargeItem | None = to_one("Whose income it is.")
    person: Person | None = to_one("Whose prepayment it is.")
    bills: list[Bill] = to_many(
        "The one bill whose receivable it is.", "Bill", "receivable_id", page=1, connection=False
    )
    balance: Money = computed(
        "What it holds on its own side (debit for cash and receivables, credit for income and prepayments): never"
        " below zero, and the sum of its entries at any time.",
        needs=("kind", "balance"),
        compute=_balance,
    )
    entries: Connection[Entry] = to_many("What moved it, oldest first.", "Entry", "ledger_account_id", page=500)
    created_at: datetime = column("When it was opened.")


@node(models.Posting, "凭证: what happened to money; its entries sum to zero.")
class Posting(Node):
    """What happened to money."""

    property: Property | None = to_one("The estate.")
    kind: PostingKind = column("Why it was made.")
    account: Account | None = to_one("Who did it; null for the house itself, or when out of sight.")
    bill: Bill | None = to_one("The bill it is about.")
    payment: Payment | None = to_one("The payment it is about.")
    entries: Connection[Entry] = to_many("What it moved.", "Entry", "posting_id", page=500)
    occurred_at: datetime = column("When it happened.", source="created_at")


@strawberry.type(description="对账: what the books of a Property say at one instant, every entry added up anew.")
class LedgerCheck:
    """What the books of a Property say."""

    balanced: bool = strawberry.field(description="Whether debits are credits and nothing differs.")
    debits: Money = strawberry.field(description="The sum of all debits.")
    credits: Money = strawberry.field(description="The sum of all credits.")
    accounts: int = strawberry.field(description="How many accounts there are.")
    differing_accounts: int = strawberry.field(description="Accounts whose balance is not the sum of their entries.")
    differing_postings: int = strawberry.field(description="Postings whose entries do not sum to zero.")
    differing_bills: int = strawberry.field(
        description="Bills that are not the sum of their lines, or of which more or less is open than was not paid."
    )


@strawberry.input(description="Which accounts of the ledger.")
class LedgerAccountFilter:
    """Which accounts of the ledger."""

    kinds: list[LedgerAccountKind] | None = text("Only these kinds.", optional=True)


@strawberry.type
class LedgerQuery:
    """Reads of the ledger."""

    @many(
        "Accounts of a Property's ledger; a resident sees the own prepayment and what is open of the bills in sight.",
        LedgerAccount,
        page=500,
    )
    def ledger_accounts(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: LedgerAccountFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Accounts of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.accounts(info.context.viewer, place, order.order, filter.kinds if filter else None)

    @many("Postings of a Property's ledger; needs ledger.read.", Posting, page=500)
    def postings(self, info: Info, property_id: strawberry.ID, order: ListOrder = ListOrder.NEWEST) -> Rows:
        """Postings of a Property."""
        return usecase.postings(info.context.viewer, decode("Property", property_id, "property_id"), order.order)

    @strawberry.field(
        description="The proof of a Property's books; null without ledger.read there.",
        metadata={"scopes": frozenset({Permission.LEDGER_READ})},
    )
    async def ledger_check(
        self,
        info: Info,
        property_id: Annotated[strawberry.ID, strawberry.argument(description=ARGUMENTS["property_id"])],
    ) -> LedgerCheck | None:
        """The proof of a Property's books."""
        context = info.context
        place = decode("Property", property_id, "property_id")
        if context.viewer is None or await context.show("Property", place) is None:
            return None
        found = await usecase.check(context.viewer, context.house, place)
        if found is None:
            return None
        return LedgerCheck(
            balanced=found.balanced,
            debits=shown(found.debits),
            credits=shown(found.credits),
            accounts=found.accounts,
            differing_accounts=found.differing_accounts,
            differing_postings=found.differing_postings,
            differing_bills=found.differing_bills,
        )

    ledger_account: LedgerAccount | None = one("An account of the ledger.", "LedgerAccount")
    posting: Posting | None = one("A Posting.", "Posting")
