"""What members do: write, like, report: inputs and payloads."""

from __future__ import annotations

import strawberry

from models.rules.forum import ForumReportReason
from schema.base import Payload, ref, text
from schema.forum.type import ForumPost, ForumReply

AFTER = "As it is after the verb; on CONFLICT and TRANSITION_NOT_ALLOWED as it is now."
MADE = "As it is after the verb."
GONE = "Null for an author who does not moderate: it is out of sight. On TRANSITION_NOT_ALLOWED as it is now."


@strawberry.input(description="A new post.")
class ForumPostCreateInput:
    """A new post."""

    board_id: strawberry.ID = ref("ForumBoard", "The board.")
    title: str = text("1 to 100 characters.")
    text: str = strawberry.field(description="1 to 5,000 characters.")
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 9 files of fileUpload, the viewer's own and not yet used.",
        default_factory=list,
        metadata={"ref": "File"},
    )


@strawberry.type(description="Answer to forumPostCreate.")
class ForumPostCreatePayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=MADE)


@strawberry.input(description="What the post is to say.")
class ForumPostUpdateInput:
    """What the post is to say."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    title: str | None = text("1 to 100 characters; as it is without it.", optional=True)
    text: str | None = strawberry.field(description="1 to 5,000 characters; as it is without it.", default=None)


@strawberry.type(description="Answer to forumPostUpdate.")
class ForumPostUpdatePayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.type(description="Answer to forumPostDelete.")
class ForumPostDeletePayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=GONE)


@strawberry.type(description="Answer to forumPostLike.")
class ForumPostLikePayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.type(description="Answer to forumPostUnlike.")
class ForumPostUnlikePayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="What is wrong with the post.")
class ForumPostReportInput:
    """What is wrong with the post."""

    reason: ForumReportReason = text("What is wrong.")
    text: str | None = strawberry.field(description="In own words; at most 500 characters.", default=None)


@strawberry.type(description="Answer to forumPostReport.")
class ForumPostReportPayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="A new reply.")
class ForumReplyCreateInput:
    """A new reply."""

    post_id: strawberry.ID = ref("ForumPost", "What it answers.")
    text: str = strawberry.field(description="1 to 2,000 characters.")
    quoted_reply_id: strawberry.ID | None = ref(
        "ForumReply", "A visible reply to the same post that it refers to.", optional=True
    )
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 9 files of fileUpload, the viewer's own and not yet used.",
        default_factory=list,
        metadata={"ref": "File"},
    )


@strawberry.type(description="Answer to forumReplyCreate.")
class ForumReplyCreatePayload(Payload):
    """After the verb."""

    forum_reply: ForumReply | None = strawberry.field(default=None, description=MADE)


@strawberry.type(description="Answer to forumReplyDelete.")
class ForumReplyDeletePayload(Payload):
    """After the verb."""

    forum_reply: ForumReply | None = strawberry.field(default=None, description=GONE)


@strawberry.type(description="Answer to forumReplyLike.")
class ForumReplyLikePayload(Payload):
    """After the verb."""

    forum_reply: ForumReply | None = strawberry.field(default=None, description=AFTER)


@strawberry.type(description="Answer to forumReplyUnlike.")
class ForumReplyUnlikePayload(Payload):
    """After the verb."""

    forum_reply: ForumReply | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="What is wrong with the reply.")
class ForumReplyReportInput:
    """What is wrong with the reply."""

    reason: ForumReportReason = text("What is wrong.")
    text: str | None = strawberry.field(description="In own words; at most 500 characters.", default=None)


@strawberry.type(description="Answer to forumReplyReport.")
class ForumReplyReportPayload(Payload):
    """After the verb."""

    forum_reply: ForumReply | None = strawberry.field(default=None, description=AFTER)
