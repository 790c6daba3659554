"""The double-entry ledger: accounts, postings and entries. Every balance of the house is here, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference
from models.rules.ledger import LedgerAccountKind, PostingKind

if TYPE_CHECKING:
    from uuid import UUID


class LedgerAccount(Record):
    """Cash of a Property, the receivable of one Bill, income of a ChargeItem, or a Person's prepayment there.

    `balance` is the sum of its entries in fen, debits positive; only postings change it.
    """

    property: Any = reference("Property")
    charge_item: Any = reference("ChargeItem", null=True)
    person: Any = reference("Person", null=True)
    kind = fields.CharEnumField(LedgerAccountKind, max_length=32)
    balance = fields.BigIntField()

    if TYPE_CHECKING:
        property_id: UUID
        charge_item_id: UUID | None
        person_id: UUID | None

    class Meta:
        table = "ledger_account"


class Posting(Record):
    """What happened, when, by whom (null: the house itself), about which Bill or Payment."""

    property: Any = reference("Property")
    account: Any = reference("Account", null=True)
    bill: Any = reference("Bill", null=True)
    payment: Any = reference("Payment", null=True)
    kind = fields.CharEnumField(PostingKind, max_length=32)

    class Meta:
        table = "posting"


class Entry(Record):
    """An amount on an account in fen: positive is a debit, negative a credit; those of a posting sum to zero."""

    property: Any = reference("Property")
    posting: Any = reference("Posting")
    ledger_account: Any = reference("LedgerAccount")
    amount = fields.BigIntField()

    if TYPE_CHECKING:
        posting_id: UUID
        ledger_account_id: UUID

    class Meta:
        table = "entry"
