"""Nodes: opaque, type-checked ids, and the registry of the types that have them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import strawberry

from models.errors import ErrorCode, Refusal
from schema.base.field import HouseField, node_id
from schema.batch.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.base import Model

T = TypeVar("T")


def encode(name: str, id_: UUID) -> str:
    """The node id of a row: base64 of `Type:` and the key's 36 characters, 3 bytes at a time without a rest.

    Colons fill the name up to a multiple of 3, so that it is the same text in all ids of a type, nothing is padded,
    and the database writes an id by one call (schema/base/leaf.py).
    """
    return beginning(name) + base64.b64encode(str(id_).encode()).decode()


@cache
def beginning(name: str) -> str:
    """What all ids of a type begin with."""
    return base64.b64encode((name + ":" * (3 - len(name) % 3)).encode()).decode()


def decode(name: str | None, text: str, field: str = "id") -> UUID:
    """The key in a node id of type `name`. Raises Refusal BAD_USER_INPUT naming `field`."""
    found, id_ = split(text)
    if id_ is None or found not in NODES or (name is not None and found != name):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="BAD_ID", type=name or "Node")
    return id_


def split(text: str) -> tuple[str, UUID | None]:
    """Type and key of a node id; no key when it is none of ours."""
    try:
        name, _, key = binascii.a2b_base64(text[:200]).decode("ascii").partition(":")
        return name, UUID(key) if len(key := key.lstrip(":")) == 36 else None
    except (binascii.Error, ValueError):
        return "", None


@dataclass(frozen=True)
class NodeType:
    """A type of the contract and the table behind it."""

    name: str
    model: type[Model]
    columns: tuple[str, ...]  # what its declarations read


NODES: dict[str, NodeType] = {}


@strawberry.interface(description="Anything with an id.")
class Node:
    """Anything with an id."""

    id: strawberry.ID = node_id()


def node(model: type[Model], description: str) -> Callable[[type[T]], type[T]]:
    """Declare a type of the contract over a table. Its scope is models/scope's."""

    def declare(cls: type[T]) -> type[T]:
        name = cls.__name__
        cls.is_type_of = staticmethod(lambda obj, _info: type(obj) is Row and obj.node.name == name)  # type: ignore[attr-defined]
        typed = strawberry.type(cls, description=description)
        NODES[name] = NodeType(name, model, _columns(model, typed))
        return typed

    return declare


def _columns(model: type[Model], typed: Any) -> tuple[str, ...]:
    needed = {"id"}
    for field in typed.__strawberry_definition__.fields:
        if isinstance(field, HouseField):
            needed |= field.spec.needs(field.python_name)
    known = set(model._meta.fields_db_projection)
    if not needed <= known:
        raise TypeError(f"{model.__name__} has no column {sorted(needed - known)}")
    if "property_id" in known:
        needed.add("property_id")  # field permissions ask for it
    return tuple(sorted(needed))
