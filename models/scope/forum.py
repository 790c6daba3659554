"""Who may see the forum: members what is visible, authors their own, moderators all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.forum import ForumBoard, ForumLike, ForumPost, ForumReply, ForumReport, ForumToken, ForumWord
from models.predicate import EVERYTHING, NOTHING, Predicate, all_of, any_of, eq, exists, is_null, negate
from models.rules.forum import ForumStatus
from models.rules.permission import Permission
from models.scope.word import Scopes, where

if TYPE_CHECKING:
    from models.viewer import Viewer

_P = Permission
_VISIBLE = eq("status", ForumStatus.VISIBLE.value)
_KEPT = negate(eq("status", ForumStatus.DELETED.value))


def _board(viewer: Viewer) -> Predicate:
    return any_of(all_of(where(viewer, _P.FORUM_READ), is_null("archived_at")), where(viewer, _P.FORUM_MODERATE))


def _post(viewer: Viewer) -> Predicate:
    live = exists(ForumBoard, "id", is_null("archived_at"), outer="board_id")
    return any_of(
        where(viewer, _P.FORUM_MODERATE),
        all_of(
            where(viewer, _P.FORUM_READ),
            any_of(all_of(_VISIBLE, live), all_of(eq("author_id", viewer.account_id), _KEPT)),
        ),
    )


def _reply(viewer: Viewer) -> Predicate:
    """A reply is seen only by whoever sees its post."""
    return any_of(
        where(viewer, _P.FORUM_MODERATE),
        all_of(
            where(viewer, _P.FORUM_READ),
            any_of(_VISIBLE, all_of(eq("author_id", viewer.account_id), _KEPT)),
            exists(ForumPost, "id", _post(viewer), outer="post_id"),
        ),
    )


def _like(viewer: Viewer) -> Predicate:
    return all_of(eq("account_id", viewer.account_id), is_null("withdrawn_at"))


def _report(viewer: Viewer) -> Predicate:
    return where(viewer, _P.FORUM_MODERATE)


def _word(viewer: Viewer) -> Predicate:
    return is_null("removed_at") if viewer.may(_P.FORUM_MODERATE) else NOTHING


def forum_file(viewer: Viewer) -> Predicate:
    """Photos of what the viewer sees in the forum; those of a deleted text are shown no longer."""
    return any_of(
        exists(ForumPost, "id", all_of(_post(viewer), _KEPT), outer="forum_post_id"),
        exists(ForumReply, "id", all_of(_reply(viewer), _KEPT), outer="forum_reply_id"),
    )


SCOPES: Scopes = {
    ForumBoard: _board,
    ForumPost: _post,
    ForumReply: _reply,
    ForumLike: _like,
    ForumReport: _report,
    ForumWord: _word,
    ForumToken: lambda _viewer: EVERYTHING,  # only asked together with a ForumPost that the viewer sees
}
