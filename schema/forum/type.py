"""Boards, posts, replies, reports and words as the contract shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models.query import Order
from models.rules.forum import (
    LEGAL,
    ForumBoardPosting,
    ForumReportReason,
    ForumReportStatus,
    ForumStatus,
    ForumVerb,
)
from models.rules.permission import Permission
from resolvers.forum.board import viewer_can_post
from resolvers.forum.post import is_author
from schema.base import (
    Connection,
    Cursor,
    Event,
    Node,
    column,
    computed,
    event,
    has,
    live_cursor,
    node,
    part,
    subject,
    to_many,
    to_one,
)
from schema.file import File
from schema.person import Person
from schema.place import Property
from schema.staff import Staff
from subscriptions import ForumReplyPosted as Posted

if TYPE_CHECKING:
    from models.viewer import Viewer

AUTHOR = ("author_id", "author_name", "person_id", "staff_id", "property_id")
STATED = ("status", "property_id", "author_id")


def _unless_deleted(name: str, description: str) -> Any:
    """A text that is gone once its author took it back."""
    return computed(
        description,
        needs=(name, "status"),
        personal=False,
        compute=lambda row, _viewer: None if ForumStatus(row["status"]) is ForumStatus.DELETED else row[name],
    )


def _stated(row: dict[str, Any], viewer: Viewer) -> str | None:
    """Why a moderator hid or restored it: for its author and the moderators."""
    concerned = is_author(row, viewer) or viewer.may(Permission.FORUM_MODERATE, row["property_id"])
    note: str | None = row["moderation_note"] if concerned else None
    return note


def _note() -> Any:
    return computed(
        "Why a moderator hid or restored it, at most 500 characters; null for others than its author and moderators.",
        needs=("moderation_note", *STATED),
        compute=_stated,
    )


def _can_delete(row: dict[str, Any], viewer: Viewer) -> bool:
    may = viewer.may(Permission.FORUM_WRITE, row["property_id"]) and is_author(row, viewer)
    return may and ForumStatus(row["status"]) in LEGAL[ForumVerb.DELETE]


def _can_reply(row: dict[str, Any], viewer: Viewer) -> bool:
    return (
        viewer.may(Permission.FORUM_WRITE, row["property_id"]) and ForumStatus(row["status"]) in LEGAL[ForumVerb.REPLY]
    )


def _can_moderate(row: dict[str, Any], viewer: Viewer) -> bool:
    return viewer.may(Permission.FORUM_MODERATE, row["property_id"])


@strawberry.type(description="作者: who wrote a ForumPost or ForumReply, as far as the viewer may know.")
class ForumAuthor:
    """Who wrote it."""

    display_name: str = column(
        "Of a resident the family name, masked: 王**. Of staff what they do: 物业·维修技师. As it was then.",
        source="author_name",
    )
    is_staff: bool = computed(
        "Whether the company wrote it.",
        needs=AUTHOR,
        personal=False,
        compute=lambda row, _viewer: row["staff_id"] is not None,
    )
    is_viewer: bool = computed("Whether the viewer wrote it.", needs=AUTHOR, compute=is_author)
    person: Person | None = to_one(
        "The resident; null for a viewer without forum.moderate there.", permission=Permission.FORUM_MODERATE
    )
    staff: Staff | None = to_one(
        "The member of staff; null for a viewer without forum.moderate there.", permission=Permission.FORUM_MODERATE
    )


@node(models.ForumBoard, "版块: a part of a Property's forum.")
class ForumBoard(Node):
    """A part of a Property's forum."""

    property: Property = to_one("The estate.")
    name: str = column("Unique among the live boards of the Property; at most 40 characters.")
    description: str = column("What it is for; at most 300 characters.")
    posting: ForumBoardPosting = column("Who may open a post.")
    position: int = column("Its place among the boards, ascending; 0 to 10,000.")
    archived_at: datetime | None = column("When it was closed; null while it is live. Only moderators see closed ones.")
    posts: Connection[Annotated[ForumPost, strawberry.lazy("schema.forum.type")]] = to_many(
        "Its posts, newest first.", "ForumPost", "board_id", order=Order(descending=True)
    )
    viewer_can_post: bool = computed(
        "Whether the viewer may open a post here now.",
        needs=("archived_at", "posting", "property_id"),
        compute=viewer_can_post,
    )
    created_at: datetime = column("When it was made.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@node(models.ForumReply, "回复: an answer to a ForumPost.")
class ForumReply(Node):
    """An answer to a ForumPost."""

    property: Property = to_one("The estate.")
    post: Annotated[ForumPost, strawberry.lazy("schema.forum.type")] | None = to_one("What it answers.")
    quoted_reply: Annotated[ForumReply, strawberry.lazy("schema.forum.type")] | None = to_one(
        "The reply it refers to; null when there is none, or it is hidden or gone."
    )
    author: ForumAuthor = part("Who wrote it.", needs=AUTHOR)
    text: str | None = _unless_deleted("text", "At most 2,000 characters; null once its author took it back.")
    photos: list[File] = to_many("Up to 9 photos.", "File", "forum_reply_id", page=9, connection=False)
    status: ForumStatus = column("How it stands; what neighbours see is VISIBLE.")
    official: bool = column("官方回复: whether the company stands behind it.")
    like_count: int = column("How many accounts like it.")
    moderation_note: str | None = _note()
    viewer_has_liked: bool = has("Whether the viewer likes it.", models.ForumLike, "reply_id")
    viewer_can_delete: bool = computed("Whether the viewer may take it back.", needs=STATED, compute=_can_delete)
    viewer_can_moderate: bool = computed(
        "Whether the viewer may hide, restore and mark it.", needs=STATED, compute=_can_moderate
    )
    created_at: datetime = column("When it was written.")
    updated_at: datetime = column("When it last changed; likes are no change.")
    version: int = column("Grows by one with each change; likes are no change.")


@node(models.ForumPost, "帖子: what somebody tells the neighbours or the company.")
class ForumPost(Node):
    """What somebody tells the neighbours or the company."""

    property: Property = to_one("The estate.")
    board: ForumBoard | None = to_one("The board it stands on.")
    author: ForumAuthor = part("Who wrote it.", needs=AUTHOR)
    title: str | None = _unless_deleted("title", "At most 100 characters; null once its author took it back.")
    text: str | None = _unless_deleted("text", "At most 5,000 characters; null once its author took it back.")
    photos: list[File] = to_many("Up to 9 photos.", "File", "forum_post_id", page=9, connection=False)
    status: ForumStatus = column("How it stands; what neighbours see is VISIBLE.")
    official: bool = column("官方: whether the company stands behind it.")
    pinned: bool = computed(
        "置顶: whether it is on top.",
        needs=("pinned_at",),
        personal=False,
        compute=lambda row, _viewer: row["pinned_at"] is not None,
    )
    reply_count: int = column("How many visible replies it has.")
    like_count: int = column("How many accounts like it.")
    last_reply_at: datetime | None = computed(
        "When the newest visible reply was written; null without one.",
        needs=("active_at", "reply_count"),
        personal=False,
        compute=lambda row, _viewer: row["active_at"] if row["reply_count"] else None,
    )
    replies: Connection[ForumReply] = to_many("Its replies, oldest first.", "ForumReply", "post_id")
    moderation_note: str | None = _note()
    viewer_has_liked: bool = has("Whether the viewer likes it.", models.ForumLike, "post_id")
    viewer_can_reply: bool = computed(
        "Whether the viewer may reply to it (when its board is live).", needs=STATED, compute=_can_reply
    )
    viewer_can_delete: bool = computed("Whether the viewer may take it back.", needs=STATED, compute=_can_delete)
    viewer_can_moderate: bool = computed(
        "Whether the viewer may hide, restore, pin and mark it.", needs=STATED, compute=_can_moderate
    )
    live_cursor: Cursor = live_cursor(
        "Where its live stream stood before this operation read anything: subscribe to forumReplyPosted with `after`"
        " from here and no reply is missed. A reply after it may already be in this answer: compare ids.",
        source="property_id",
    )
    created_at: datetime = column("When it was written.")
    updated_at: datetime = column("When it last changed; replies and likes are no change.")
    version: int = column("Grows by one with each change; replies and likes are no change.")


@node(models.ForumReport, "举报: somebody says what is wrong with a post or a reply. Moderators see it.")
class ForumReport(Node):
    """Somebody says what is wrong."""

    property: Property = to_one("The estate.")
    post: ForumPost | None = to_one("The reported post; null when a reply was reported.")
    reply: ForumReply | None = to_one("The reported reply; null when a post was reported.")
    reporter: Person | None = to_one("Who reported it; null for staff.", source="person")
    reason: ForumReportReason = column("What is wrong.")
    text: str | None = column("In the reporter's words; at most 500 characters.")
    status: ForumReportStatus = column("What became of it.")
    note: str | None = column("What the moderator says; at most 500 characters.")
    resolved_at: datetime | None = column("When it was upheld or dismissed.")
    created_at: datetime = column("When it was reported.")
    version: int = column("Grows by one with each change.")


@node(models.ForumWord, "敏感词: a text with this word waits for a moderator. Of the Organization; moderators see it.")
class ForumWord(Node):
    """A word that holds a text."""

    word: str = column("In lower case and half width; at most 30 characters.")
    created_at: datetime = column("When it was added.")


@event(Posted, "A reply to a ForumPost became visible for the first time.")
class ForumReplyPosted(Event):
    """A reply became visible."""

    forum_reply: ForumReply | None = subject("The reply; null when hidden or taken back meanwhile.", "ForumReply")
