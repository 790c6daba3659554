"""Inputs: typed references, and an input object as the keyword arguments of a use-case."""

from __future__ import annotations

import dataclasses
from typing import Any

import strawberry

from schema.base.geo import GeoPointInput, spot
from schema.base.money import MoneyInput, taken
from schema.base.node import decode


def ref(type_: str, description: str, *, optional: bool = False) -> Any:
    """An input field that holds a node id (or a list of them) of `type_`; `values` decodes it."""
    extra: dict[str, Any] = {"default": None} if optional else {}
    return strawberry.field(description=description, metadata={"ref": type_}, **extra)


def text(description: str, *, optional: bool = False, default: Any = dataclasses.MISSING) -> Any:
    """A described input field."""
    if optional:
        default = None
    return strawberry.field(description=description, default=default)


def changed(description: str, *, type_: str | None = None) -> Any:
    """A field of an update: left as it is when not sent, emptied by null. `type_` as in `ref`."""
    metadata = {"ref": type_} if type_ else {}
    return strawberry.field(description=description, default=strawberry.UNSET, metadata=metadata)


def values(input_: Any) -> dict[str, Any]:
    """The fields of an input object by Python name. Raises Refusal BAD_USER_INPUT.

    Ids are decoded, Money is whole fen, a point is a Spot.
    What the client did not send is left out where the declaration tells it from null (`changed`).
    """
    result: dict[str, Any] = {}
    for field in dataclasses.fields(input_):
        value = getattr(input_, field.name)
        if value is strawberry.UNSET:
            continue
        type_ = field.metadata.get("ref")
        if type_ is not None and isinstance(value, list):
            value = [decode(type_, item, field.name) for item in value]
        elif type_ is not None and value is not None:
            value = decode(type_, value, field.name)
        elif isinstance(value, MoneyInput):
            value = taken(value, field.name, positive=not field.metadata.get("signed"))
        elif isinstance(value, GeoPointInput):
            value = spot(value, field.name)
        result[field.name] = value
    return result
