"""The words every type of the contract is written in."""

from schema.base.connection import Connection, Edge, PageInfo
from schema.base.context import Context, Info
from schema.base.convert import Scaled
from schema.base.event import Event, Happening, event, happened, subject
from schema.base.field import column, computed, has, live_cursor, part, through, to_many, to_one
from schema.base.guard import guarded
from schema.base.input import changed, ref, text, values
from schema.base.money import Money, MoneyInput, money
from schema.base.node import Node, decode, encode, node
from schema.base.order import ChangeOrder, ListOrder
from schema.base.resolver import EVERY_PROGRAM, live, many, one, page_size
from schema.base.scalar import SCALARS, Cursor, Decimal2, Decimal3, Decimal4
from schema.base.verb import Payload, UserError, verb

__all__ = [
    "EVERY_PROGRAM",
    "SCALARS",
    "ChangeOrder",
    "Connection",
    "Context",
    "Cursor",
    "Decimal2",
    "Decimal3",
    "Decimal4",
    "Edge",
    "Event",
    "Happening",
    "Info",
    "ListOrder",
    "Money",
    "MoneyInput",
    "Node",
    "PageInfo",
    "Payload",
    "Scaled",
    "UserError",
    "changed",
    "column",
    "computed",
    "decode",
    "encode",
    "event",
    "guarded",
    "happened",
    "has",
    "live",
    "live_cursor",
    "many",
    "money",
    "node",
    "one",
    "page_size",
    "part",
    "ref",
    "subject",
    "text",
    "through",
    "to_many",
    "to_one",
    "values",
    "verb",
]
