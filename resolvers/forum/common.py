"""What the verbs of the forum share: who writes, what a text may be, which row, how often, and the counters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from models import Account, ForumPost, ForumReply, ForumWord, Person, Staff
from models.errors import ErrorCode, Refusal
from models.predicate import to_q
from models.rules.forum import (
    LEGAL,
    MAX_WORDS,
    ForumStatus,
    ForumVerb,
    company_name,
    finds_word,
    masked,
    writes_as_staff,
)
from models.rules.permission import Permission
from models.rules.search import tokens
from models.scope import visible

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.unit import Unit


def member(unit: Unit) -> Viewer:
    """The viewer of this transaction."""
    assert unit.viewer is not None  # noqa: S101 - unit_of_work gave it
    return unit.viewer


def checked(text: str, field: str, most: int) -> str:
    """The text without outer spaces. Raises Refusal BAD_USER_INPUT unless it has 1 to `most` characters."""
    stripped = text.strip()
    if not 1 <= len(stripped) <= most:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=1, high=most)
    return stripped


def check_legal(verb: ForumVerb, row: ForumPost | ForumReply, field: str = "id") -> None:
    """Raise Refusal TRANSITION_NOT_ALLOWED when a post or reply as it stands does not take this verb."""
    if row.status not in LEGAL[verb]:
        raise Refusal(
            ErrorCode.TRANSITION_NOT_ALLOWED,
            field=field,
            message="FORUM_NOT_IN_THIS_STATUS",
            current=row.id,
            status=row.status,
            verb=verb,
        )


async def signature(unit: Unit, property_id: UUID) -> dict[str, Any]:
    """The columns that say who wrote: neighbours see a masked family name, or what a member of staff does."""
    viewer = member(unit)
    if writes_as_staff(viewer, property_id):
        staff = await Staff.get(id=viewer.staff_id)
        shown = {"staff_id": staff.id, "author_name": company_name(staff.title), "official": True}
    elif viewer.person_id is not None:
        person = await Person.get(id=viewer.person_id)
        shown = {"person_id": person.id, "author_name": masked(person.name), "official": False}
    else:
        shown = {"author_name": company_name(""), "official": False}
    return {"author_id": viewer.account_id, **shown}


async def check_flood(unit: Unit) -> None:
    """Raise Refusal FORUM_FLOOD when the account wrote as much in the last minute as it may.

    The account's row is locked, so that texts sent at once are counted one after the other.
    """
    viewer, most = member(unit), unit.house.settings.limits.forum_writes_per_minute
    await Account.filter(id=viewer.account_id).select_for_update(no_key=True).get()
    recent = {"author_id": viewer.account_id, "created_at__gt": unit.now - timedelta(minutes=1)}
    if await ForumPost.filter(**recent).count() + await ForumReply.filter(**recent).count() >= most:
        raise Refusal(ErrorCode.FORUM_FLOOD, max=most)


async def status_of(unit: Unit, property_id: UUID, *texts: str) -> ForumStatus:
    """HELD when a text has one of the Organization's words; what a moderator writes is never held."""
    if member(unit).may(Permission.FORUM_MODERATE, property_id):
        return ForumStatus.VISIBLE
    kept = ForumWord.filter(organization_id=unit.organization_id, removed_at=None).limit(MAX_WORDS)
    words = [str(word) for word in await kept.values_list("word", flat=True)]
    return ForumStatus.HELD if any(finds_word(text, words) for text in texts) else ForumStatus.VISIBLE


async def find_reply(unit: Unit, id_: UUID | None, field: str = "id") -> tuple[ForumReply, ForumPost]:
    """A reply and its post, both locked, the post first: every verb takes them in this order."""
    seen = await ForumReply.filter(to_q(visible(ForumReply, unit.viewer))).filter(id=id_).get_or_none()
    if seen is None:
        raise Refusal(ErrorCode.NOT_FOUND, field=field)
    post = await ForumPost.filter(id=seen.post_id).select_for_update().get()
    return await unit.find(ForumReply, id_, field), post


async def count_reply(unit: Unit, post_id: UUID, by: int, at: datetime | None = None) -> None:
    """Keep the post's counter and activity in step with its visible replies; `at` is a new reply's instant."""
    if at is not None:
        await unit.tx.fetch(
            "UPDATE forum_post SET reply_count = reply_count + $1, active_at = $2 WHERE id = $3", by, at, post_id
        )
        return
    await unit.tx.fetch(
        "UPDATE forum_post SET reply_count = reply_count + $1, active_at = COALESCE((SELECT MAX(r.created_at)"
        " FROM forum_reply r WHERE r.post_id = forum_post.id AND r.status = 'VISIBLE'), created_at) WHERE id = $2",
        by,
        post_id,
    )


_FOUND_BY = {
    "sqlite": "INSERT INTO forum_token (organization_id, property_id, post_id, token, current)"
    " SELECT $1, $2, $3, value, TRUE FROM json_each($4) WHERE TRUE"
    " ON CONFLICT (property_id, token, post_id) DO UPDATE SET current = TRUE",
    "postgres": "INSERT INTO forum_token (organization_id, property_id, post_id, token, current)"
    " SELECT $1::uuid, $2::uuid, $3::uuid, value, TRUE FROM jsonb_array_elements_text($4::jsonb)"
    " ON CONFLICT (property_id, token, post_id) DO UPDATE SET current = TRUE",
}


async def index_post(unit: Unit, post: ForumPost) -> None:
    """Let a search find the post by what it says now; a deleted one is found by nothing."""
    await unit.tx.fetch("UPDATE forum_token SET current = FALSE WHERE post_id = $1 AND current", post.id)
    if post.status is not ForumStatus.DELETED:
        found = orjson.dumps(sorted(tokens(post.title, post.text))).decode()
        sql = _FOUND_BY[unit.house.database.dialect]
        await unit.tx.fetch(sql, post.organization_id, post.property_id, post.id, found)
