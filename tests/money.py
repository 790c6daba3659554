"""Says the verbs of bills and payments through the public endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema.base.node import split

if TYPE_CHECKING:
    from uuid import UUID

    from tests.client import Client

BILL = "id number version status amount { amount currency } openAmount { amount } viewerCanCredit"
PAYMENT = (
    "id number version method amount { amount } prepaidAmount { amount } receiptNumber reversedAt reverseReason"
    " viewerCanReverse allocations { nodes { amount { amount } reversedAt bill { id } } }"
)
ERRORS = "userErrors { code message field }"
CHECK = (
    "query ($id: ID!) { ledgerCheck(propertyId: $id) { balanced debits { amount } credits { amount } accounts"
    " differingAccounts differingPostings differingBills } }"
)
VERBS = {
    "chargeItemCreate": ("ChargeItemCreateInput!", "chargeItem { id code name rounding archivedAt version }"),
    "chargeItemArchive": ("ChargeItemArchiveInput!", "chargeItem { id archivedAt version }"),
    "billCreate": ("BillCreateInput!", f"bill {{ {BILL} }}"),
    "billCredit": ("BillCreditInput!", f"bill {{ {BILL} }}"),
    "paymentRecord": ("PaymentRecordInput!", f"payment {{ {PAYMENT} }}"),
    "paymentReverse": ("PaymentReverseInput!", f"payment {{ {PAYMENT} }}"),
    "prepaymentApply": ("PrepaymentApplyInput!", f"payment {{ {PAYMENT} }}"),
}


def yuan(amount: str) -> dict[str, str]:
    """A MoneyInput."""
    return {"amount": amount}


def codes(answer: dict[str, Any]) -> list[str]:
    """Top-level codes, or those of userErrors."""
    if "errors" in answer:
        return [error["extensions"]["code"] for error in answer["errors"]]
    return [error["code"] for error in answer["data"]["x"]["userErrors"]]


def field(answer: dict[str, Any]) -> list[str]:
    """The path of the input at fault."""
    (error,) = answer["data"]["x"]["userErrors"]
    path: list[str] = error["field"]
    return path


@dataclass
class Till:
    """The verbs, with what they mostly need. Each answers the whole answer, under `x`."""

    client: Client

    def id(self, name: str) -> str:
        """A node id of acme."""
        return self.client.world.acme.id(name)

    async def say(self, verb: str, who: str | None, input: dict[str, Any], id: str | None = None) -> dict[str, Any]:
        """Any of the verbs."""
        type_, shown = VERBS[verb]
        declared, given = ("$id: ID!, ", "id: $id, ") if id else ("", "")
        document = f"mutation ({declared}$input: {type_}) {{ x: {verb}({given}input: $input) {{ {shown} {ERRORS} }} }}"
        variables: dict[str, Any] = {"input": input, **({"id": id} if id else {})}
        return await self.client.post(document, who, **variables)

    async def bill(self, who: str | None = "manager", **changes: Any) -> dict[str, Any]:
        """Issue a bill of 100.00 for December on unit0 to the resident."""
        wish = {
            "unitId": self.id("unit0"),
            "chargeItemId": self.id("charge_item"),
            "payerId": self.id("resident_person"),
            "periodFrom": "2026-12-01",
            "periodUntil": "2026-12-31",
            "dueOn": "2026-12-10",
            "lines": [{"description": "12 月", "quantity": "50", "unitPrice": "2"}],
            **changes,
        }
        return await self.say("billCreate", who, wish)

    async def credit(
        self, bill: str, amount: str, version: int = 1, who: str | None = "manager", **changes: Any
    ) -> dict[str, Any]:
        """A credit note."""
        wish = {"expectedVersion": version, "amount": yuan(amount), "reason": "更正", **changes}
        return await self.say("billCredit", who, wish, bill)

    async def pay(self, amount: str, who: str | None = "cashier", **changes: Any) -> dict[str, Any]:
        """Cash of the resident."""
        wish = {
            "propertyId": self.id("home"),
            "payerId": self.id("resident_person"),
            "amount": yuan(amount),
            **changes,
        }
        return await self.say("paymentRecord", who, wish)

    async def reverse(
        self, payment: str, version: int = 1, who: str | None = "cashier", **changes: Any
    ) -> dict[str, Any]:
        """Take a payment back."""
        return await self.say("paymentReverse", who, {"expectedVersion": version, "reason": "找错", **changes}, payment)

    async def apply(self, who: str | None = "cashier", **changes: Any) -> dict[str, Any]:
        """From the neighbour's prepayment of 15.00."""
        wish = {"propertyId": self.id("home"), "personId": self.id("neighbour_person"), **changes}
        return await self.say("prepaymentApply", who, wish)

    async def shown(self, bill: str, who: str = "manager") -> tuple[str, str, str]:
        """Status, amount and what is open of a bill."""
        found = (await self.client.data(f"query ($id: ID!) {{ bill(id: $id) {{ {BILL} }} }}", who, id=bill))["bill"]
        return found["status"], found["amount"]["amount"], found["openAmount"]["amount"]

    async def check(self, place: str = "home", who: str = "cashier") -> dict[str, Any]:
        """The proof of the books; they must balance."""
        found: dict[str, Any] = (await self.client.data(CHECK, who, id=self.id(place)))["ledgerCheck"]
        assert found["balanced"], found
        assert found["debits"] == found["credits"]
        return found


def made(answer: dict[str, Any]) -> dict[str, Any]:
    """What a verb made; it must have been done."""
    assert codes(answer) == [], answer
    (found,) = (value for name, value in answer["data"]["x"].items() if name != "userErrors")
    result: dict[str, Any] = found
    return result


def key(id_: str) -> UUID:
    """The key in a node id."""
    found = split(id_)[1]
    assert found is not None
    return found
