"""What moderators do: boards, hiding, pinning, marking, reports, words: inputs and payloads."""

from __future__ import annotations

import strawberry

from models.rules.forum import ForumBoardPosting, ForumReportDecision
from schema.base import Payload, ref, text
from schema.forum.type import ForumBoard, ForumPost, ForumReply, ForumReport, ForumWord

AFTER = "As it is after the verb; on CONFLICT and TRANSITION_NOT_ALLOWED as it is now."
MADE = "As it is after the verb."


@strawberry.input(description="A new board.")
class ForumBoardCreateInput:
    """A new board."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    name: str = text("1 to 40 characters, unique among the live boards.")
    description: str = text("What it is for; at most 300 characters.", default="")
    posting: ForumBoardPosting = text("Who may open a post.", default=ForumBoardPosting.EVERYBODY)
    position: int = text("Its place among the boards, ascending; 0 to 10,000.", default=0)


@strawberry.type(description="Answer to forumBoardCreate.")
class ForumBoardCreatePayload(Payload):
    """After the verb."""

    forum_board: ForumBoard | None = strawberry.field(default=None, description=MADE)


@strawberry.input(description="What the board is to be.")
class ForumBoardUpdateInput:
    """What the board is to be."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    name: str | None = text("1 to 40 characters, unique among the live boards; as it is without it.", optional=True)
    description: str | None = text("At most 300 characters; as it is without it.", optional=True)
    posting: ForumBoardPosting | None = text("Who may open a post; as it is without it.", optional=True)
    position: int | None = text("0 to 10,000; as it is without it.", optional=True)


@strawberry.type(description="Answer to forumBoardUpdate.")
class ForumBoardUpdatePayload(Payload):
    """After the verb."""

    forum_board: ForumBoard | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Whether the board is closed.")
class ForumBoardArchiveInput:
    """Whether the board is closed."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    archived: bool = text("False opens it again.", default=True)


@strawberry.type(description="Answer to forumBoardArchive.")
class ForumBoardArchivePayload(Payload):
    """After the verb."""

    forum_board: ForumBoard | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Why the post is hidden.")
class ForumPostHideInput:
    """Why the post is hidden."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    reason: str = text("Why, for the author and the record; 1 to 500 characters.")


@strawberry.type(description="Answer to forumPostHide.")
class ForumPostHidePayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Why the post is shown.")
class ForumPostRestoreInput:
    """Why the post is shown."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    reason: str = text("Why, for the author and the record; 1 to 500 characters.")


@strawberry.type(description="Answer to forumPostRestore.")
class ForumPostRestorePayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Which state of the post is meant.")
class ForumPostPinInput:
    """Which state of the post is meant."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to forumPostPin.")
class ForumPostPinPayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Which state of the post is meant.")
class ForumPostUnpinInput:
    """Which state of the post is meant."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to forumPostUnpin.")
class ForumPostUnpinPayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Whether the company stands behind it.")
class ForumPostMarkOfficialInput:
    """Whether the company stands behind it."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    official: bool = text("False takes the mark away.", default=True)


@strawberry.type(description="Answer to forumPostMarkOfficial.")
class ForumPostMarkOfficialPayload(Payload):
    """After the verb."""

    forum_post: ForumPost | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Why the reply is hidden.")
class ForumReplyHideInput:
    """Why the reply is hidden."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    reason: str = text("Why, for the author and the record; 1 to 500 characters.")


@strawberry.type(description="Answer to forumReplyHide.")
class ForumReplyHidePayload(Payload):
    """After the verb."""

    forum_reply: ForumReply | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Why the reply is shown.")
class ForumReplyRestoreInput:
    """Why the reply is shown."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    reason: str = text("Why, for the author and the record; 1 to 500 characters.")


@strawberry.type(description="Answer to forumReplyRestore.")
class ForumReplyRestorePayload(Payload):
    """After the verb."""

    forum_reply: ForumReply | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="Whether the company stands behind it.")
class ForumReplyMarkOfficialInput:
    """Whether the company stands behind it."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    official: bool = text("False takes the mark away.", default=True)


@strawberry.type(description="Answer to forumReplyMarkOfficial.")
class ForumReplyMarkOfficialPayload(Payload):
    """After the verb."""

    forum_reply: ForumReply | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="What becomes of the report.")
class ForumReportResolveInput:
    """What becomes of the report."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    decision: ForumReportDecision = text("Uphold or dismiss.")
    note: str | None = text("For the record, and for the author if upheld; at most 500 characters.", optional=True)


@strawberry.type(description="Answer to forumReportResolve.")
class ForumReportResolvePayload(Payload):
    """After the verb."""

    forum_report: ForumReport | None = strawberry.field(default=None, description=AFTER)


@strawberry.input(description="The word.")
class ForumWordAddInput:
    """The word."""

    word: str = text("1 to 30 characters; at most 1,000 words in an Organization.")


@strawberry.type(description="Answer to forumWordAdd.")
class ForumWordAddPayload(Payload):
    """After the verb."""

    forum_word: ForumWord | None = strawberry.field(default=None, description=MADE)


@strawberry.type(description="Answer to forumWordRemove.")
class ForumWordRemovePayload(Payload):
    """After the verb."""

    forum_word: ForumWord | None = strawberry.field(default=None, description=AFTER)
