"""Money in the contract: an amount as a string and its currency; whole fen in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from models.errors import ErrorCode, Refusal
from models.rules.money import CurrencyCode, fen
from schema.base.convert import Always, Parts, Scaled
from schema.base.field import column
from schema.base.scalar import Decimal2

if TYPE_CHECKING:
    from models.rules.permission import Permission


@strawberry.type(description="An amount of money.")
class Money:
    """An amount of money."""

    amount: Decimal2 = strawberry.field(description='In the currency\'s main unit, two places: "89.50".')
    currency: CurrencyCode = strawberry.field(description="Which currency.")


@strawberry.input(description="An amount of money.")
class MoneyInput:
    """An amount of money."""

    amount: Decimal2 = strawberry.field(description='In the currency\'s main unit, as a string: "89.50".')
    currency: CurrencyCode = strawberry.field(default=CurrencyCode.CNY, description="Which currency.")


# Whole fen as Money.
shown = Parts(Money, {"amount": Scaled(2), "currency": Always(CurrencyCode.CNY)})


def money(description: str, *, source: str, permission: Permission | None = None) -> Any:
    """A column of whole fen as Money."""
    return column(description, source=source, convert=shown, permission=permission)


def taken(amount: MoneyInput, field: str, *, positive: bool = True) -> int:
    """Whole fen of an input. Raises Refusal BAD_USER_INPUT naming `field`."""
    try:
        whole = fen(amount.amount)
    except ValueError:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="AMOUNT_TOO_LARGE") from None
    if positive and whole <= 0:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="AMOUNT_NOT_POSITIVE")
    return whole
