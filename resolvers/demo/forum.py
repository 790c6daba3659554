"""A year of the forum: boards, what neighbours and the company wrote, likes, a few reports."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.demo.chat import ANSWERS, BOARDS, OFFICIAL, PLACES, TOPICS, WORDS
from models import ForumBoard, ForumLike, ForumPost, ForumReply, ForumReport, ForumWord, Person
from models.rules.forum import (
    ForumBoardPosting,
    ForumReportReason,
    ForumReportStatus,
    ForumStatus,
    company_name,
    masked,
)
from resolvers.forum.common import index_post
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models import Account, Property, Staff
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

POSTS = {"YGHY": 100, "BJZX": 30, "NHLJ": 20}
OFFICIAL_SHARE = 0.14


async def write_forum(load: Load, crew: Crew) -> str:
    """Write it; what was written, in words."""
    async with system_unit(load.house, load.organization_id):
        people = await Person.filter(organization_id=load.organization_id).values_list("id", "name")
    forum = _Forum(load, crew, dict(people))
    for code, place in load.properties.items():
        forum.write(code, place)
    await load.save(forum.words, forum.boards, forum.posts, forum.replies, forum.likes, forum.reports)
    async with system_unit(load.house, load.organization_id) as unit:
        for post in forum.posts:
            await index_post(unit, post)
    return f"{len(forum.posts)} forum posts, {len(forum.replies)} replies, {len(forum.likes)} likes"


class _Forum:
    def __init__(self, load: Load, crew: Crew, names: dict[UUID, str]) -> None:
        self.boards: list[ForumBoard] = []
        self.posts: list[ForumPost] = []
        self.replies: list[ForumReply] = []
        self.likes: list[ForumLike] = []
        self.reports: list[ForumReport] = []
        self._load = load
        self._crew = crew
        self._names = names
        self._chance = load.chance("forum")
        begun = load.clock.now()
        self.words = [load.row(ForumWord, begun, word=word, removed_at=None) for word in WORDS]

    def write(self, code: str, place: Property) -> None:
        """The forum of one estate, oldest post first."""
        boards = {name: self._board(place, n) for n, (name, _, _) in enumerate(BOARDS)}
        self.boards += boards.values()
        drafts = [(topic.board, title, text, topic.replies) for topic in TOPICS for title, text in topic.posts]
        days = (self._load.today - self._load.begun).days
        for day in sorted(self._chance.randrange(1, days) for _ in range(POSTS[code])):
            at = self._load.at(self._load.begun + timedelta(days=day), self._chance.uniform(8, 22) * 3600)
            if self._chance.random() < OFFICIAL_SHARE:
                title, text = self._chance.choice(OFFICIAL)
                self._post(place, boards[BOARDS[-1][0]], title, text, at, staff=self._crew.of(code, "经理")[0])
                continue
            board, title, text, answers = self._chance.choice(drafts)
            spot = self._chance.choice(PLACES[code])
            post = self._post(place, boards[board], title.format(place=spot), text.format(place=spot), at)
            self._answer(code, place, post, answers)
        newest = [post for post in self.posts if post.property_id == place.id and post.official][-1]
        newest.pinned_at = newest.created_at
        self._report(place)

    def _board(self, place: Property, n: int) -> ForumBoard:
        name, description, everybody = BOARDS[n]
        return self._load.row(
            ForumBoard,
            self._load.clock.now(),
            property_id=place.id,
            name=name,
            description=description,
            posting=ForumBoardPosting.EVERYBODY if everybody else ForumBoardPosting.STAFF_ONLY,
            position=n,
            archived_at=None,
        )

    def _author(self, place: Property, staff: Staff | None) -> dict[str, Any]:
        if staff is not None:
            account = self._crew.account_of(staff)
            shown = {"staff_id": staff.id, "person_id": None, "author_name": company_name(staff.title)}
            return {"author_id": account.id, "official": True, **shown}
        account = self._resident(place)
        name = masked(self._names[account.person_id]) if account.person_id else ""
        return {"author_id": account.id, "official": False, "staff_id": None} | {
            "person_id": account.person_id,
            "author_name": name,
        }

    def _resident(self, place: Property) -> Account:
        return self._chance.choice(self._crew.residents[place.id])

    def _post(
        self, place: Property, board: ForumBoard, title: str, text: str, at: datetime, staff: Staff | None = None
    ) -> ForumPost:
        post = self._load.row(
            ForumPost,
            at,
            property_id=place.id,
            board_id=board.id,
            title=title,
            text=text,
            status=ForumStatus.VISIBLE,
            pinned_at=None,
            moderation_note=None,
            reply_count=0,
            active_at=at,
            **self._author(place, staff),
        )
        post.like_count = self._like(place, at, post_id=post.id)
        self.posts.append(post)
        return post

    def _answer(self, code: str, place: Property, post: ForumPost, answers: tuple[str, ...]) -> None:
        """Neighbours answer within hours, at times the company too."""
        at, count = post.created_at, self._chance.choice((0, 1, 1, 2, 2, 3, 4, 6))
        for n in range(count):
            at += timedelta(minutes=self._chance.randint(3, 400))
            if at >= self._load.now:
                return
            company = n == count - 1 and self._chance.random() < 0.4
            staff = self._crew.of(code, "经理")[0] if company else None
            text = self._chance.choice(ANSWERS if company else answers)
            reply = self._load.row(
                ForumReply,
                at,
                property_id=place.id,
                post_id=post.id,
                quoted_reply_id=None,
                text=text,
                status=ForumStatus.VISIBLE,
                moderation_note=None,
                **self._author(place, staff),
            )
            reply.like_count = self._like(place, at, reply_id=reply.id) if self._chance.random() < 0.3 else 0
            self.replies.append(reply)
            post.reply_count, post.active_at = post.reply_count + 1, at

    def _like(self, place: Property, since: datetime, **subject: UUID) -> int:
        """Different accounts, each once; how many."""
        wanted = self._chance.choice((0, 0, 1, 2, 3, 5, 8))
        accounts = {account.id: account for account in (self._resident(place) for _ in range(wanted))}
        what = {"post_id": None, "reply_id": None, **subject}
        for n, account in enumerate(accounts.values()):
            at = min(since + timedelta(minutes=7 * (n + 1)), self._load.now)
            row = self._load.row(ForumLike, at, property_id=place.id, account_id=account.id, withdrawn_at=None, **what)
            self.likes.append(row)
        return len(accounts)

    def _report(self, place: Property) -> None:
        """Two reports: one dismissed long ago, one that waits."""
        mine = [post for post in self.posts if post.property_id == place.id and not post.official]
        for post, status in ((mine[0], ForumReportStatus.DISMISSED), (mine[-1], ForumReportStatus.OPEN)):
            account = self._resident(place)
            at = min(post.created_at + timedelta(hours=1), self._load.now)
            closed = status is not ForumReportStatus.OPEN
            self.reports.append(
                self._load.row(
                    ForumReport,
                    at,
                    property_id=place.id,
                    account_id=account.id,
                    person_id=account.person_id,
                    post_id=post.id,
                    reply_id=None,
                    reason=ForumReportReason.OTHER,
                    text="内容与事实不符。",
                    status=status,
                    note="内容属实，不予处理。" if closed else None,
                    resolved_at=at + timedelta(hours=2) if closed else None,
                )
            )
