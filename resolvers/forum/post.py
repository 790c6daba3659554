"""Posts: writing one, changing it for a while, taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import ForumBoard, ForumPost
from models.errors import ErrorCode, Refusal
from models.rules.forum import MAX_POST_TEXT, MAX_TITLE, ForumStatus, ForumVerb
from models.rules.permission import Permission
from resolvers.file import attach_photos
from resolvers.forum.board import may_post
from resolvers.forum.common import check_flood, check_legal, checked, index_post, member, signature, status_of
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


async def create(
    viewer: Viewer | None, house: House, board_id: UUID, title: str, text: str, photo_ids: Sequence[UUID] = ()
) -> ForumPost:
    """Write a post. One with a held word waits for a moderator (HELD); what staff write is official."""
    async with unit_of_work(house, viewer) as unit:
        board = await unit.find(ForumBoard, board_id, "board_id")
        require(member(unit), Permission.FORUM_WRITE, board.property_id)
        if not may_post(board.posting, member(unit), board.property_id):
            raise Refusal(ErrorCode.FORBIDDEN, message="FORUM_STAFF_ONLY")
        if board.archived_at is not None:
            raise Refusal(ErrorCode.FORUM_BOARD_ARCHIVED, field="board_id")
        title, text = checked(title, "title", MAX_TITLE), checked(text, "text", MAX_POST_TEXT)
        await check_flood(unit)
        post = await unit.add(
            ForumPost,
            property_id=board.property_id,
            board_id=board.id,
            title=title,
            text=text,
            status=await status_of(unit, board.property_id, title, text),
            active_at=unit.now,
            **await signature(unit, board.property_id),
        )
        unit.audit("forumPost.create", None, post)
        await attach_photos(unit, photo_ids, forum_post_id=post.id, property_id=post.property_id)
        await index_post(unit, post)
    return post


async def update(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    title: str | None = None,
    text: str | None = None,
) -> ForumPost:
    """The author changes title or text within the edit window; a held word holds it (again)."""
    async with unit_of_work(house, viewer) as unit:
        post = await _own(unit, id_)
        check_version(post, expected_version)
        check_legal(ForumVerb.UPDATE, post)
        minutes = house.settings.limits.forum_edit_minutes
        if not may_edit(post.created_at, unit.now, minutes):
            raise Refusal(ErrorCode.FORUM_EDIT_WINDOW_OVER, field="id", current=post.id, minutes=minutes)
        title = post.title if title is None else checked(title, "title", MAX_TITLE)
        text = post.text if text is None else checked(text, "text", MAX_POST_TEXT)
        status = post.status
        if status is ForumStatus.VISIBLE:
            status = await status_of(unit, post.property_id, title, text)
        before = await unit.change(post, title=title, text=text, status=status)
        unit.audit("forumPost.update", before, post)
        await index_post(unit, post)
    return post


async def delete(viewer: Viewer | None, house: House, id_: UUID) -> ForumPost:
    """The author takes the post back: the row stays, its text, photos and replies are shown no longer."""
    async with unit_of_work(house, viewer) as unit:
        post = await _own(unit, id_)
        check_legal(ForumVerb.DELETE, post)
        before = await unit.change(post, status=ForumStatus.DELETED, pinned_at=None)
        unit.audit("forumPost.delete", before, post)
        await index_post(unit, post)
    return post


def may_edit(created_at: datetime, now: datetime, minutes: int) -> bool:
    """Whether the edit window is still open."""
    return now <= created_at + timedelta(minutes=minutes)


def is_author(row: dict[str, Any], viewer: Viewer) -> bool:
    """Whether the viewer wrote a post or reply."""
    return viewer.account_id is not None and row["author_id"] == viewer.account_id


async def _own(unit: Unit, id_: UUID) -> ForumPost:
    post = await unit.find(ForumPost, id_, "id")
    require(member(unit), Permission.FORUM_WRITE, post.property_id)
    if post.author_id != member(unit).account_id:
        raise Refusal(ErrorCode.FORBIDDEN, message="NOT_AUTHOR")
    return post
