"""Replies: answering a post, taking the answer back, hearing new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import ForumBoard, ForumPost, ForumReply
from models.errors import ErrorCode, Refusal
from models.predicate import all_of, eq
from models.rules.forum import MAX_REPLY_TEXT, ForumStatus, ForumVerb
from models.rules.permission import Permission
from models.scope.word import where
from resolvers.file import attach_photos
from resolvers.forum.common import (
    check_flood,
    check_legal,
    checked,
    count_reply,
    find_reply,
    member,
    signature,
    status_of,
)
from resolvers.unit import Unit, unit_of_work
from resolvers.viewer import require
from subscriptions.feed import Cursor, Feed
from subscriptions.forum import ForumReplyPosted, posted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


async def create(
    viewer: Viewer | None,
    house: House,
    post_id: UUID,
    text: str,
    quoted_reply_id: UUID | None = None,
    photo_ids: Sequence[UUID] = (),
) -> ForumReply:
    """Answer a post; a reply with a held word is neither counted nor heard until a moderator lets it pass."""
    async with unit_of_work(house, viewer) as unit:
        post = await unit.find(ForumPost, post_id, "post_id")
        require(member(unit), Permission.FORUM_WRITE, post.property_id)
        check_legal(ForumVerb.REPLY, post, "post_id")
        if not await ForumBoard.filter(id=post.board_id, archived_at=None).exists():
            raise Refusal(ErrorCode.FORUM_BOARD_ARCHIVED, field="post_id")
        await _check_quoted(unit, post, quoted_reply_id)
        text = checked(text, "text", MAX_REPLY_TEXT)
        await check_flood(unit)
        reply = await unit.add(
            ForumReply,
            property_id=post.property_id,
            post_id=post.id,
            quoted_reply_id=quoted_reply_id,
            text=text,
            status=await status_of(unit, post.property_id, text),
            **await signature(unit, post.property_id),
        )
        unit.audit("forumReply.create", None, reply)
        await attach_photos(unit, photo_ids, forum_reply_id=reply.id, property_id=reply.property_id)
        if reply.status is ForumStatus.VISIBLE:
            await count_reply(unit, post.id, 1, at=unit.now)
            unit.announce(posted(reply, unit.now))
    return reply


async def delete(viewer: Viewer | None, house: House, id_: UUID) -> ForumReply:
    """The author takes the reply back: the row stays, its text is shown no longer."""
    async with unit_of_work(house, viewer) as unit:
        reply, post = await find_reply(unit, id_)
        require(member(unit), Permission.FORUM_WRITE, reply.property_id)
        if reply.author_id != member(unit).account_id:
            raise Refusal(ErrorCode.FORBIDDEN, message="NOT_AUTHOR")
        check_legal(ForumVerb.DELETE, reply)
        before = await unit.change(reply, status=ForumStatus.DELETED)
        unit.audit("forumReply.delete", before, reply)
        if before.status is ForumStatus.VISIBLE:
            await count_reply(unit, post.id, -1)
    return reply


def replies_posted(viewer: Viewer | None, property_id: UUID, post_id: UUID, after: str | None) -> Feed:
    """New replies to a post that the viewer was found to see.

    They are on the Property's stream: a stream for each post would make `liveCursor` read the heads of them all. A
    reply that a moderator hid meanwhile is delivered as null.
    """
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=property_id,
        type=ForumReplyPosted.TYPE,
        where=all_of(
            eq("organization_id", viewer.organization_id),
            where(viewer, Permission.FORUM_READ),
            eq("post_id", post_id),
        ),
        after=Cursor.decode(after) if after else None,
    )


async def _check_quoted(unit: Unit, post: ForumPost, quoted_reply_id: UUID | None) -> None:
    """Raise Refusal NOT_FOUND unless the quoted reply is a visible one to the same post."""
    if quoted_reply_id is None:
        return
    quoted = await unit.find(ForumReply, quoted_reply_id, "quoted_reply_id")
    if quoted.post_id != post.id or quoted.status is not ForumStatus.VISIBLE:
        raise Refusal(ErrorCode.NOT_FOUND, field="quoted_reply_id")
