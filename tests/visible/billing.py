"""Who sees the money of the world, by hand.

- Bills with their lines, payments and allocations: all with bill.read there. A resident the bills he pays, and of a
  Unit that he holds those whose payer holds it too; the payments that he made, and what went where of both.
- Charge items: with bill.read there, and a resident those of the Properties in which he holds a Unit.
- The ledger: all of it with ledger.read there. A resident the own prepayment, and what is open of the bills he sees.
"""

from __future__ import annotations

HOME_BILLS = {"bill0", "bill1"}
HOME_MONEY = {
    "charge_item",
    "bill0_line",
    "bill1_line",
    "payment",
    "allocation",
} | HOME_BILLS
HOME_ACCOUNTS = {"income", "cash", "prepayment", "bill0_receivable", "bill1_receivable"}
HOME_POSTINGS = {"bill0_posting", "bill1_posting", "payment_posting"}
HOME_ENTRIES = {
    "bill0_posting_bill0_receivable",
    "bill0_posting_income",
    "bill1_posting_bill1_receivable",
    "bill1_posting_income",
    "payment_posting_cash",
    "payment_posting_bill1_receivable",
    "payment_posting_prepayment",
}
AWAY_MONEY = {"away_charge_item", "away_bill", "away_bill_line"}
AWAY_ACCOUNTS = {"away_income", "away_bill_receivable"}
AWAY_BOOKS = {"away_bill_posting", "away_bill_posting_away_bill_receivable", "away_bill_posting_away_income"}

_HOME = HOME_MONEY | HOME_ACCOUNTS | HOME_POSTINGS | HOME_ENTRIES
_AWAY = AWAY_MONEY | AWAY_ACCOUNTS | AWAY_BOOKS

SEES: dict[str, set[str]] = {
    "resident": {"charge_item", "bill0", "bill0_line", "bill0_receivable"},
    "neighbour": {
        "charge_item",
        "bill1",
        "bill1_line",
        "bill1_receivable",
        "payment",
        "allocation",
        "prepayment",
    },
    "away_resident": AWAY_MONEY | {"away_bill_receivable"},
    "manager": _HOME,
    "cashier": _HOME,
    "away_manager": _AWAY,
    "chief": _HOME | _AWAY,
    "admin": _HOME | _AWAY,
    "desk": HOME_MONEY | {"bill0_receivable", "bill1_receivable"},  # bill.read without ledger.read
    "auditor": _HOME,
}

ROOT_LISTS: dict[str, set[str]] = {}
PROPERTY_LISTS = {
    "chargeItems": ({"charge_item"}, {"away_charge_item"}),
    "bills": (HOME_BILLS, {"away_bill"}),
    "payments": ({"payment"}, set[str]()),
    "ledgerAccounts": (HOME_ACCOUNTS, AWAY_ACCOUNTS),
    "postings": (HOME_POSTINGS, {"away_bill_posting"}),
}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {
    "chargeItem": "ChargeItem",
    "bill": "Bill",
    "payment": "Payment",
    "ledgerAccount": "LedgerAccount",
    "posting": "Posting",
}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """The verbs of bills and payments, each with one foreign id at a time."""
    amount, version = 'amount: { amount: "1.00" }', "expectedVersion: 1"
    period = 'periodFrom: "2026-01-01", periodUntil: "2026-01-31", dueOn: "2026-02-10"'
    rest = f'{period}, lines: [{{ description: "x", quantity: "1", unitPrice: "1" }}]'
    parties = {"unitId": "unit0", "chargeItemId": "charge_item", "payerId": "resident_person"}
    asked = [
        ("chargeItemCreate", f'input: {{ propertyId: "{of["home"]}", code: "x", name: "x" }}'),
        ("chargeItemArchive", f'id: "{of["charge_item"]}", input: {{ {version} }}'),
        ("billCredit", f'id: "{of["bill0"]}", input: {{ {version}, {amount}, reason: "x" }}'),
        ("paymentReverse", f'id: "{of["payment"]}", input: {{ {version}, reason: "x" }}'),
    ]
    for foreign in parties:
        ids = ", ".join(f'{name}: "{(of if name == foreign else own)[row]}"' for name, row in parties.items())
        asked.append(("billCreate", f"input: {{ {ids}, {rest} }}"))
    billed = 'lines: [{ description: "x", quantity: "1", unitPrice: "1" }], dueOn: "2026-02-10"'
    for wrong in ("order1", "charge_item", "resident_person", "material"):
        order, item, who, used = (
            (of if row == wrong else own)[row] for row in ("order1", "charge_item", "resident_person", "material")
        )
        named = f'chargeItemId: "{item}", payerId: "{who}", materials: [{{ materialId: "{used}", unitPrice: "1" }}]'
        asked.append(("workOrderCharge", f'id: "{order}", input: {{ {version}, {named}, {billed} }}'))
    for verb, person, extra in (("paymentRecord", "payerId", f", {amount}"), ("prepaymentApply", "personId", "")):
        for home, payer, bill in ((of, own, own), (own, of, own), (own, own, of)):
            ids = f'propertyId: "{home["home"]}", {person}: "{payer["neighbour_person"]}", billIds: ["{bill["bill1"]}"]'
            asked.append((verb, f"input: {{ {ids}{extra} }}"))
    return asked
