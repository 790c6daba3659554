"""What a viewer reads of the forum, in their scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import ForumBoard, ForumPost, ForumReply, ForumReport, ForumToken, ForumWord
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, all_of, eq, exists, is_in, is_null, negate
from models.query import Order, Query
from models.rules.search import MAX_QUERY, query_tokens
from models.scope import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.rules.forum import ForumReportStatus, ForumStatus
    from models.viewer import Viewer

IN_PLACE = Order("position")


def boards(viewer: Viewer | None, property_id: UUID, *, archived: bool | None = None) -> Query:
    """Boards of a Property in their place; archived ones are a moderator's."""
    return Query(ForumBoard, visible(ForumBoard, viewer), IN_PLACE).only(
        eq("property_id", property_id), _null("archived_at", None if archived is None else not archived)
    )


@dataclass(frozen=True, kw_only=True)
class PostFilter:
    """Which posts; all without a wish."""

    board_id: UUID | None = None
    search: str | None = None
    authored: bool = False
    statuses: Sequence[ForumStatus] | None = None
    pinned: bool | None = None


def posts(viewer: Viewer | None, property_id: UUID, order: Order, wanted: PostFilter) -> Query:
    """Posts of a Property. Raises Refusal BAD_USER_INPUT for a search without a letter or digit, or too long."""
    return Query(ForumPost, visible(ForumPost, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if wanted.board_id is None else eq("board_id", wanted.board_id),
        EVERYTHING if wanted.search is None else found(property_id, wanted.search),
        eq("author_id", viewer.account_id) if wanted.authored and viewer else EVERYTHING,
        EVERYTHING if wanted.statuses is None else is_in("status", [status.value for status in wanted.statuses]),
        _null("pinned_at", None if wanted.pinned is None else not wanted.pinned),
    )


def found(property_id: UUID, search: str) -> Predicate:
    """Posts that have every token of `search` (models/rules/search.py): one range of the token table's key each."""
    if not 1 <= len(search.strip()) <= MAX_QUERY:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="search", message="TEXT_LENGTH", low=1, high=MAX_QUERY)
    wanted = query_tokens(search)
    if not wanted:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="search", message="SEARCH_WITHOUT_WORDS")
    here = all_of(eq("property_id", property_id), eq("current", True))
    return all_of(*(exists(ForumToken, "post_id", all_of(here, eq("token", token))) for token in wanted))


def replies(viewer: Viewer | None, post_id: UUID, order: Order) -> Query:
    """Replies to a post."""
    return Query(ForumReply, visible(ForumReply, viewer), order).only(eq("post_id", post_id))


def reports(
    viewer: Viewer | None, property_id: UUID, order: Order, statuses: Sequence[ForumReportStatus] | None = None
) -> Query:
    """What was reported in a Property; a moderator's."""
    return Query(ForumReport, visible(ForumReport, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if statuses is None else is_in("status", [status.value for status in statuses]),
    )


def words(viewer: Viewer | None, order: Order) -> Query:
    """The Organization's words that hold a text for moderation; a moderator's."""
    return Query(ForumWord, visible(ForumWord, viewer), order)


def _null(column: str, wanted: bool | None) -> Predicate:
    if wanted is None:
        return EVERYTHING
    return is_null(column) if wanted else negate(is_null(column))
