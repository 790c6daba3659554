"""The words that hold a text for moderation: the Organization's, so whoever moderates all of it keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import ForumWord, Organization
from models.errors import ErrorCode, Refusal
from models.rules.forum import MAX_WORD, MAX_WORDS, folded, runs
from models.rules.permission import Permission
from resolvers.forum.common import checked, member
from resolvers.unit import Unit, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


async def add(viewer: Viewer | None, house: House, word: str) -> ForumWord:
    """A word, in its folded spelling; one that is there already is given back."""
    async with unit_of_work(house, viewer) as unit:
        _require(unit)
        spelled = checked(folded(word), "word", MAX_WORD)
        if not list(runs(spelled)):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="word", message="SEARCH_WITHOUT_WORDS")
        # Locked: the same word twice at once is one, and the number holds.
        await Organization.filter(id=unit.organization_id).select_for_update(no_key=True).get()
        kept = ForumWord.filter(organization_id=unit.organization_id, removed_at=None)
        if (there := await kept.filter(word=spelled).get_or_none()) is not None:
            return there
        if await kept.count() >= MAX_WORDS:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="word", message="FORUM_TOO_MANY_WORDS", max=MAX_WORDS)
        row = await unit.add(ForumWord, word=spelled)
        unit.audit("forumWord.add", None, row)
    return row


async def remove(viewer: Viewer | None, house: House, id_: UUID) -> ForumWord:
    """Texts with the word are held no longer; what is held already stays with the moderators."""
    async with unit_of_work(house, viewer) as unit:
        row = await unit.find(ForumWord, id_, "id")
        _require(unit)
        before = row.clone(pk=row.id)
        row.removed_at = unit.now
        await row.save(update_fields=["removed_at"])
        unit.audit("forumWord.remove", before, row)
    return row


def _require(unit: Unit) -> None:
    """Raise Refusal FORBIDDEN unless the viewer moderates every Property of the Organization."""
    if Permission.FORUM_MODERATE not in member(unit).everywhere:
        raise Refusal(ErrorCode.FORBIDDEN, permission=Permission.FORUM_MODERATE.value)
