"""Likes: one an account and subject, whatever happens at once; the database's key and one atomic statement say so."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from models import ForumLike, ForumPost, ForumReply
from models.rules.forum import ForumVerb
from models.rules.permission import Permission
from resolvers.forum.common import check_legal, member
from resolvers.unit import Unit, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from models.viewer import Viewer
    from resolvers.ports import House


async def post(viewer: Viewer | None, house: House, id_: UUID, *, liked: bool) -> ForumPost:
    """Like a post, or no longer; again is no error and changes nothing."""
    async with unit_of_work(house, viewer) as unit:
        row = await unit.find(ForumPost, id_, "id")
        await _set(unit, row, "post_id", "forumPost", liked=liked)
    return row


async def reply(viewer: Viewer | None, house: House, id_: UUID, *, liked: bool) -> ForumReply:
    """Like a reply, or no longer; again is no error and changes nothing."""
    async with unit_of_work(house, viewer) as unit:
        row = await unit.find(ForumReply, id_, "id")
        await _set(unit, row, "reply_id", "forumReply", liked=liked)
    return row


async def _set(unit: Unit, row: ForumPost | ForumReply, column: str, noun: str, *, liked: bool) -> None:
    require(member(unit), Permission.FORUM_READ, row.property_id)
    if liked:
        check_legal(ForumVerb.LIKE, row)  # an old like can be withdrawn whatever became of its subject
    like = ForumLike(
        id=unit.house.identity.uuid(),
        organization_id=unit.organization_id,
        property_id=row.property_id,
        account_id=member(unit).account_id,
        created_at=unit.now,
        withdrawn_at=None if liked else unit.now,
        **{column: row.id},
    )
    changed = await (_like if liked else _unlike)(unit, like, column, row.id)
    if changed is None:
        return
    like.id = changed
    sql = f"UPDATE {row._meta.db_table} SET like_count = like_count + $1 WHERE id = $2"  # noqa: S608 - a table of ours
    await unit.tx.fetch(sql, 1 if liked else -1, row.id)
    unit.audit(f"{noun}.{'like' if liked else 'unlike'}", None, like)


async def _like(unit: Unit, like: ForumLike, column: str, subject_id: UUID) -> UUID | None:
    """The like's id when it is new or given again."""
    rows = await unit.tx.fetch(
        f"INSERT INTO forum_like (id, organization_id, property_id, account_id, {column}, created_at)"  # noqa: S608 - a column of ours
        f" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, {column}) WHERE {column} IS NOT NULL"
        " DO UPDATE SET withdrawn_at = NULL WHERE forum_like.withdrawn_at IS NOT NULL RETURNING id",
        like.id,
        like.organization_id,
        like.property_id,
        like.account_id,
        subject_id,
        like.created_at,
    )
    return UUID(str(rows[0]["id"])) if rows else None


async def _unlike(unit: Unit, like: ForumLike, column: str, subject_id: UUID) -> UUID | None:
    """The like's id when there was one."""
    rows = await unit.tx.fetch(
        f"UPDATE forum_like SET withdrawn_at = $1 WHERE account_id = $2 AND {column} = $3"  # noqa: S608 - a column of ours
        " AND withdrawn_at IS NULL RETURNING id",
        like.withdrawn_at,
        like.account_id,
        subject_id,
    )
    return UUID(str(rows[0]["id"])) if rows else None
