"""Giving orders to people: the rule of a Property, what was decided, and when the house looks (docs/dispatch.md)."""

from resolvers.dispatch.calling import soon
from resolvers.dispatch.decision import by_hand
from resolvers.dispatch.reading import queue, rules
from resolvers.dispatch.rule import Wanted, set_rule, to_be_accepted

__all__ = ["Wanted", "by_hand", "queue", "rules", "set_rule", "soon", "to_be_accepted"]
