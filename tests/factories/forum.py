"""The forum of each company: boards, posts in every status, replies, a report and a word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import models
from models.rules.forum import ForumBoardPosting, ForumReportReason, ForumReportStatus, ForumStatus
from models.rules.search import tokens
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder


def build_forum(builder: Builder) -> None:
    """Two boards (one closed) and the posts of home; one post of away."""
    slug, keys = builder.tenant.slug, builder.tenant.keys
    live = _board(builder, "board", "home", f"{slug} 邻里")
    closed = _board(builder, "closed_board", "home", f"{slug} 旧闻", archived_at=NOW)
    away = _board(builder, "away_board", "away", f"{slug} 公告", posting=ForumBoardPosting.STAFF_ONLY)
    shown = _post(builder, "post", live, "resident", f"{slug} 电梯又停了", reply_count=1)
    _post(builder, "neighbour_post", live, "neighbour", f"{slug} 停车位出租")
    _post(builder, "held_post", live, "resident", f"{slug} 赌博", status=ForumStatus.HELD)
    hidden = _post(builder, "hidden_post", live, "resident", f"{slug} 广告", status=ForumStatus.HIDDEN, reply_count=1)
    _post(builder, "deleted_post", live, "resident", f"{slug} 不说了", status=ForumStatus.DELETED)
    _post(builder, "closed_post", closed, "neighbour", f"{slug} 去年的事")
    _post(builder, "away_post", away, "away_resident", f"{slug} 漏水", place="away")
    _reply(builder, "reply", shown, "neighbour")
    _reply(builder, "hidden_reply", shown, "neighbour", status=ForumStatus.HIDDEN)
    _reply(builder, "buried_reply", hidden, "neighbour")
    builder.add(
        "report",
        models.ForumReport,
        property_id=keys["home"],
        account_id=keys["neighbour"],
        person_id=keys["neighbour_person"],
        post_id=shown,
        reply_id=None,
        reason=ForumReportReason.OTHER,
        text=f"{slug} 不对",
        status=ForumReportStatus.OPEN,
        note=None,
        resolved_at=None,
    )
    builder.add("word", models.ForumWord, word="赌博", removed_at=None)


def _board(builder: Builder, name: str, place: str, title: str, **values: object) -> UUID:
    shown = {"description": "", "posting": ForumBoardPosting.EVERYBODY, "position": 0, "archived_at": None, **values}
    return builder.add(name, models.ForumBoard, property_id=builder.tenant.keys[place], name=title, **shown)


def _author(builder: Builder, login: str) -> dict[str, object]:
    keys = builder.tenant.keys
    return {"author_id": keys[login], "person_id": keys[f"{login}_person"], "staff_id": None, "author_name": "王**"}


def _post(
    builder: Builder, name: str, board: UUID, login: str, title: str, place: str = "home", **values: object
) -> UUID:
    home = builder.tenant.keys[place]
    counters = {"reply_count": 0, "like_count": 0, "active_at": NOW, "moderation_note": None, "pinned_at": None}
    stated = {"status": ForumStatus.VISIBLE, "official": False, **counters, **values}
    text = f"{title}，有人知道吗？"
    post = builder.add(
        name,
        models.ForumPost,
        property_id=home,
        board_id=board,
        title=title,
        text=text,
        **_author(builder, login),
        **stated,
    )
    for token in sorted(tokens(title, text)) if stated["status"] is not ForumStatus.DELETED else ():
        found = {"property_id": home, "post_id": post, "token": token, "current": True}
        builder.rows.append(models.ForumToken(organization_id=builder.tenant.keys["organization"], **found))
    return post


def _reply(builder: Builder, name: str, post: UUID, login: str, **values: object) -> None:
    stated = {"status": ForumStatus.VISIBLE, "official": False, "like_count": 0, "moderation_note": None, **values}
    builder.add(
        name,
        models.ForumReply,
        property_id=builder.tenant.keys["home"],
        post_id=post,
        quoted_reply_id=None,
        text=f"{builder.tenant.slug} 我家也是",
        **_author(builder, login),
        **stated,
    )
