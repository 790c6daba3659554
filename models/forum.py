"""The forum: ForumBoard (版块), ForumPost (帖子), ForumReply (回复) and what people do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import Model, fields

from models.base import Record, Versioned, reference
from models.rules.forum import ForumBoardPosting, ForumReportReason, ForumReportStatus, ForumStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class ForumBoard(Versioned):
    """A part of a Property's forum; `position` orders siblings, the name is unique among the live ones."""

    property: Any = reference("Property")
    name = fields.CharField(max_length=40)
    description = fields.CharField(max_length=300, default="")
    posting = fields.CharEnumField(ForumBoardPosting, max_length=32)
    position = fields.IntField(default=0)
    archived_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID

    class Meta:
        table = "forum_board"


class ForumPost(Versioned):
    """What somebody tells a Property. `author_name` is what neighbours see, as it was when it was written.

    `reply_count` counts visible replies and `like_count` likes; `active_at` is the newest visible reply's instant, else
    the post's own.
    """

    property: Any = reference("Property")
    board: Any = reference("ForumBoard")
    author: Any = reference("Account")
    person: Any = reference("Person", null=True)
    staff: Any = reference("Staff", null=True)
    author_name = fields.CharField(max_length=90)
    title = fields.CharField(max_length=100)
    text = fields.CharField(max_length=5_000)
    status = fields.CharEnumField(ForumStatus, max_length=32)
    official = fields.BooleanField(default=False)
    pinned_at: datetime | None = fields.DatetimeField(null=True)
    moderation_note = fields.CharField(max_length=500, null=True)
    reply_count = fields.IntField(default=0)
    like_count = fields.IntField(default=0)
    active_at = fields.DatetimeField()

    if TYPE_CHECKING:
        property_id: UUID
        board_id: UUID
        author_id: UUID
        person_id: UUID | None
        staff_id: UUID | None

    class Meta:
        table = "forum_post"


class ForumReply(Versioned):
    """An answer to a ForumPost, perhaps to another answer (`quoted_reply`)."""

    property: Any = reference("Property")
    post: Any = reference("ForumPost")
    quoted_reply: Any = reference("ForumReply", null=True)
    author: Any = reference("Account")
    person: Any = reference("Person", null=True)
    staff: Any = reference("Staff", null=True)
    author_name = fields.CharField(max_length=90)
    text = fields.CharField(max_length=2_000)
    status = fields.CharEnumField(ForumStatus, max_length=32)
    official = fields.BooleanField(default=False)
    moderation_note = fields.CharField(max_length=500, null=True)
    like_count = fields.IntField(default=0)

    if TYPE_CHECKING:
        property_id: UUID
        post_id: UUID
        quoted_reply_id: UUID | None
        author_id: UUID
        person_id: UUID | None
        staff_id: UUID | None

    class Meta:
        table = "forum_reply"


class ForumLike(Record):
    """An Account likes a post or a reply: one row each, withdrawn and given again."""

    property: Any = reference("Property")
    account: Any = reference("Account")
    post: Any = reference("ForumPost", null=True)
    reply: Any = reference("ForumReply", null=True)
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        account_id: UUID

    class Meta:
        table = "forum_like"


class ForumReport(Versioned):
    """An Account says what is wrong with a post or a reply: once each."""

    property: Any = reference("Property")
    account: Any = reference("Account")
    person: Any = reference("Person", null=True)
    post: Any = reference("ForumPost", null=True)
    reply: Any = reference("ForumReply", null=True)
    reason = fields.CharEnumField(ForumReportReason, max_length=32)
    text = fields.CharField(max_length=500, null=True)
    status = fields.CharEnumField(ForumReportStatus, max_length=32)
    note = fields.CharField(max_length=500, null=True)
    resolved_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        account_id: UUID
        post_id: UUID | None
        reply_id: UUID | None

    class Meta:
        table = "forum_report"


class ForumWord(Record):
    """A word that holds a text for moderation, in all of the Organization."""

    word = fields.CharField(max_length=30)
    removed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "forum_word"


class ForumToken(Model):
    """A token of a post's title and text (models/rules/search.py). The key is (property, token, post)."""

    organization: Any = reference("Organization")
    property: Any = reference("Property")
    post: Any = reference("ForumPost")
    token = fields.CharField(max_length=60, primary_key=True)
    current = fields.BooleanField(default=True, description="false when an edit took it away")

    class Meta:
        table = "forum_token"
