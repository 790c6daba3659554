"""Tickets: which ones a viewer lists, raising one, and what its resident and staff do with it afterwards."""

from resolvers.ticket.classifying import classify
from resolvers.ticket.life import answer, await_resident, cancel, comment, follow_up, rate, reopen, resume
from resolvers.ticket.opening import open_work_order
from resolvers.ticket.raising import Draft, create
from resolvers.ticket.reading import changes, in_property, viewer_can, viewer_can_comment

__all__ = [
    "Draft",
    "answer",
    "await_resident",
    "cancel",
    "changes",
    "classify",
    "comment",
    "create",
    "follow_up",
    "in_property",
    "open_work_order",
    "rate",
    "reopen",
    "resume",
    "viewer_can",
    "viewer_can_comment",
]
