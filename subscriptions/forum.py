"""The forum live: new replies, to whoever reads the forum of the Property."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import ForumReply


@dataclass(frozen=True, kw_only=True)
class ForumReplyPosted(DomainEvent):
    """A reply to a post became visible for the first time."""

    TYPE: ClassVar[str] = "forum_reply.posted"


AUDIENCE = ("property_id", "post_id")


def posted(reply: ForumReply, at: datetime) -> ForumReplyPosted:
    """The event of one reply, on the stream of its Property."""
    return ForumReplyPosted(
        stream=reply.property_id,
        subject_id=reply.id,
        occurred_at=at,
        heard_by=audience(reply, columns=AUDIENCE),
    )
