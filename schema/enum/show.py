"""Shows an enum of the rules in the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from schema.messages.word import learn

if TYPE_CHECKING:
    from enum import Enum


def show(enum: type[Enum], description: str, **values: str) -> None:
    """Show `enum` in the contract; `values` describes each member by name."""
    missing = {member.name for member in enum} ^ set(values)
    if missing:
        raise TypeError(f"{enum.__name__}: describe exactly its members, not {sorted(missing)}")
    for member in enum:
        learn(member, values[member.name])
    shown: Any = strawberry.enum(enum, description=description)
    for value in shown.__strawberry_definition__.values:
        value.description = values[value.name]
