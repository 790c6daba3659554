"""The hub: one execution per group and event, one ring per stream, one position per member. See docs/live-core.md."""

from subscriptions.hub.hub import Hub
from subscriptions.hub.member import Bundle, Member, Sink

__all__ = ["Bundle", "Hub", "Member", "Sink"]
