"""Reading the forum, and hearing new replies."""

from __future__ import annotations

from enum import Enum

import strawberry

from models.errors import ErrorCode, Refusal
from models.query import Order
from models.query import Query as Rows
from models.rules.forum import ForumReportStatus, ForumStatus
from resolvers.forum import read
from resolvers.forum.reply import replies_posted
from schema.base import Cursor, Info, ListOrder, decode, live, many, one, text
from schema.forum.type import ForumBoard, ForumPost, ForumReply, ForumReplyPosted, ForumReport, ForumWord


@strawberry.enum(description="The order of forum posts.")
class ForumPostOrder(Enum):
    """The order of forum posts."""

    NEWEST = strawberry.enum_value("NEWEST", description="The one that was written last comes first.")
    OLDEST = strawberry.enum_value("OLDEST", description="The one that was written first comes first.")
    LAST_REPLIED = strawberry.enum_value(
        "LAST_REPLIED",
        description="The one with the newest visible reply comes first; one without counts by its own time.",
    )

    @property
    def order(self) -> Order:
        """As the read engine takes it."""
        if self is ForumPostOrder.LAST_REPLIED:
            return Order("active_at", descending=True)
        return Order(descending=self is ForumPostOrder.NEWEST)


@strawberry.input(description="Which boards.")
class ForumBoardFilter:
    """Which boards."""

    archived: bool | None = text("True: only closed ones (for moderators); false: only live ones.", optional=True)


@strawberry.input(description="Which posts.")
class ForumPostFilter:
    """Which posts."""

    board_id: strawberry.ID | None = text("Only on this board.", optional=True)
    search: str | None = text(
        "Only with all of these words in title and text, 1 to 60 characters. Chinese by pairs of characters, so 电梯"
        " is found; other words as a whole, in any case and width.",
        optional=True,
    )
    authored_by_viewer: bool = text("True: only the viewer's own.", default=False)
    status: list[ForumStatus] | None = text("Only with these statuses.", optional=True)
    pinned: bool | None = text(
        "True: only pinned ones, false: only others. Show pinned posts first by asking twice under two aliases; so each"
        " list keeps one order that cursors hold in.",
        optional=True,
    )


@strawberry.input(description="Which reports.")
class ForumReportFilter:
    """Which reports."""

    status: list[ForumReportStatus] | None = text("Only with these statuses; OPEN ones wait.", optional=True)


@strawberry.type
class ForumQuery:
    """Reads of the forum."""

    @many("Boards of a Property's forum, in their place.", ForumBoard)
    def forum_boards(self, info: Info, property_id: strawberry.ID, filter: ForumBoardFilter | None = None) -> Rows:
        """Boards of a Property."""
        place = decode("Property", property_id, "property_id")
        return read.boards(info.context.viewer, place, archived=filter.archived if filter else None)

    @many("Posts of a Property's forum that the viewer may see.", ForumPost)
    def forum_posts(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: ForumPostFilter | None = None,
        order: ForumPostOrder = ForumPostOrder.NEWEST,
    ) -> Rows:
        """Posts of a Property."""
        wanted = filter or ForumPostFilter()
        return read.posts(
            info.context.viewer,
            decode("Property", property_id, "property_id"),
            order.order,
            read.PostFilter(
                board_id=decode("ForumBoard", wanted.board_id, "board_id") if wanted.board_id else None,
                search=wanted.search,
                authored=wanted.authored_by_viewer,
                statuses=wanted.status,
                pinned=wanted.pinned,
            ),
        )

    @many("Replies to a post.", ForumReply)
    def forum_replies(self, info: Info, post_id: strawberry.ID, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Replies to a post."""
        return read.replies(info.context.viewer, decode("ForumPost", post_id, "post_id"), order.order)

    @many("What was reported in a Property's forum; for moderators.", ForumReport)
    def forum_reports(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: ForumReportFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Reports of a Property."""
        place = decode("Property", property_id, "property_id")
        return read.reports(info.context.viewer, place, order.order, filter.status if filter else None)

    @many("The Organization's words that hold a text for moderation; for moderators.", ForumWord)
    def forum_words(self, info: Info, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Words of the Organization."""
        return read.words(info.context.viewer, order.order)

    forum_board: ForumBoard | None = one("A ForumBoard.", "ForumBoard")
    forum_post: ForumPost | None = one("A ForumPost.", "ForumPost")
    forum_reply: ForumReply | None = one("A ForumReply.", "ForumReply")
    forum_report: ForumReport | None = one("A ForumReport.", "ForumReport")
    forum_word: ForumWord | None = one("A ForumWord.", "ForumWord")


@strawberry.type
class ForumSubscription:
    """The forum live."""

    @live("New replies to a post that the viewer sees; a held one when a moderator lets it pass.", ForumReplyPosted)
    async def forum_reply_posted(self, info: Info, post_id: strawberry.ID, after: Cursor | None = None) -> object:
        """New replies."""
        key = decode("ForumPost", post_id, "post_id")
        if info.context.viewer is None:
            raise Refusal(ErrorCode.UNAUTHENTICATED)
        post = await info.context.show("ForumPost", key)
        if post is None:
            raise Refusal(ErrorCode.NOT_FOUND, field="post_id")
        return replies_posted(info.context.viewer, post.values["property_id"], key, after)
