"""Predicates: one frozen expression tree and what it compiles to (SQL, Tortoise's Q, Python over an audience or a row).

Scope, filters and audiences are written in it and in nothing else (design.md section 2).
"""

from models.predicate.audience import Foothold, footholds, hears
from models.predicate.look import Beside, Look, look_for
from models.predicate.orm import to_q
from models.predicate.row import holds
from models.predicate.sql import Params, to_sql
from models.predicate.tree import (
    EVERYTHING,
    NOTHING,
    Among,
    And,
    Contains,
    Eq,
    Exists,
    In,
    IsNull,
    Lt,
    Not,
    Or,
    Predicate,
    Starts,
    all_of,
    among,
    any_of,
    contains,
    eq,
    exists,
    is_in,
    is_null,
    less,
    negate,
    starts,
    wanted,
)

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "Among",
    "And",
    "Beside",
    "Contains",
    "Eq",
    "Exists",
    "Foothold",
    "In",
    "IsNull",
    "Look",
    "Lt",
    "Not",
    "Or",
    "Params",
    "Predicate",
    "Starts",
    "all_of",
    "among",
    "any_of",
    "contains",
    "eq",
    "exists",
    "footholds",
    "hears",
    "holds",
    "is_in",
    "is_null",
    "less",
    "look_for",
    "negate",
    "starts",
    "to_q",
    "to_sql",
    "wanted",
]
