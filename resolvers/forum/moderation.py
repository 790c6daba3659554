"""Moderation: hiding and restoring with a reason, pinning, and marking what the company says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import ForumPost, ForumReply
from models.rules.forum import MAX_NOTE, ForumStatus, ForumVerb
from models.rules.permission import Permission
from resolvers.forum.common import check_legal, checked, count_reply, find_reply, member
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require
from subscriptions.forum import posted

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


async def hide_post(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, reason: str) -> ForumPost:
    """Neighbours see the post and its replies no longer; its author sees why."""
    async with unit_of_work(house, viewer) as unit:
        post = await _post(unit, id_, expected_version, ForumVerb.HIDE)
        await put_away(unit, post, checked(reason, "reason", MAX_NOTE))
    return post


async def restore_post(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, reason: str) -> ForumPost:
    """A held or hidden post is shown (again)."""
    async with unit_of_work(house, viewer) as unit:
        post = await _post(unit, id_, expected_version, ForumVerb.RESTORE)
        note = checked(reason, "reason", MAX_NOTE)
        before = await unit.change(post, status=ForumStatus.VISIBLE, moderation_note=note)
        unit.audit("forumPost.restore", before, post)
    return post


async def pin_post(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, *, pinned: bool) -> ForumPost:
    """Put a post on top, or take it off; as it is already: nothing changes."""
    async with unit_of_work(house, viewer) as unit:
        post = await _post(unit, id_, expected_version, ForumVerb.PIN)
        if pinned is not (post.pinned_at is not None):
            before = await unit.change(post, pinned_at=unit.now if pinned else None)
            unit.audit("forumPost.pin" if pinned else "forumPost.unpin", before, post)
    return post


async def mark_post(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, *, official: bool
) -> ForumPost:
    """Say whether the company stands behind the post."""
    async with unit_of_work(house, viewer) as unit:
        post = await _post(unit, id_, expected_version, ForumVerb.MARK)
        await _mark(unit, post, official=official)
    return post


async def hide_reply(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, reason: str) -> ForumReply:
    """Neighbours see the reply no longer; its author sees why."""
    async with unit_of_work(house, viewer) as unit:
        reply = await _reply(unit, id_, expected_version, ForumVerb.HIDE)
        await put_away(unit, reply, checked(reason, "reason", MAX_NOTE))
    return reply


async def restore_reply(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, reason: str
) -> ForumReply:
    """A held or hidden reply is shown (again); one that was held is heard now, for the first time."""
    async with unit_of_work(house, viewer) as unit:
        reply = await _reply(unit, id_, expected_version, ForumVerb.RESTORE)
        note = checked(reason, "reason", MAX_NOTE)
        before = await unit.change(reply, status=ForumStatus.VISIBLE, moderation_note=note)
        unit.audit("forumReply.restore", before, reply)
        await count_reply(unit, reply.post_id, 1)
        if before.status is ForumStatus.HELD:
            unit.announce(posted(reply, unit.now))
    return reply


async def mark_reply(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, *, official: bool
) -> ForumReply:
    """Say whether the company stands behind the reply."""
    async with unit_of_work(house, viewer) as unit:
        reply = await _reply(unit, id_, expected_version, ForumVerb.MARK)
        await _mark(unit, reply, official=official)
    return reply


async def put_away(unit: Unit, row: ForumPost | ForumReply, reason: str) -> None:
    """Hide a post or reply (its post is locked), with audit and counter."""
    values: dict[str, Any] = {"status": ForumStatus.HIDDEN, "moderation_note": reason}
    if isinstance(row, ForumPost):
        before_post = await unit.change(row, **values, pinned_at=None)
        unit.audit("forumPost.hide", before_post, row)
        return
    before = await unit.change(row, **values)
    unit.audit("forumReply.hide", before, row)
    if before.status is ForumStatus.VISIBLE:
        await count_reply(unit, row.post_id, -1)


async def _post(unit: Unit, id_: UUID, expected: int, verb: ForumVerb) -> ForumPost:
    post = await unit.find(ForumPost, id_, "id")
    require(member(unit), Permission.FORUM_MODERATE, post.property_id)
    check_version(post, expected)
    check_legal(verb, post)
    return post


async def _reply(unit: Unit, id_: UUID, expected: int, verb: ForumVerb) -> ForumReply:
    reply, _ = await find_reply(unit, id_)
    require(member(unit), Permission.FORUM_MODERATE, reply.property_id)
    check_version(reply, expected)
    check_legal(verb, reply)
    return reply


async def _mark(unit: Unit, row: ForumPost | ForumReply, *, official: bool) -> None:
    if row.official is not official:
        before = await unit.change(row, official=official)
        noun = "forumPost" if isinstance(row, ForumPost) else "forumReply"
        unit.audit(f"{noun}.markOfficial", before, row)
