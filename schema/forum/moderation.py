"""What moderators do: boards, hiding, pinning, marking, reports, words."""

from __future__ import annotations

import strawberry

from models.rules.permission import Permission
from resolvers.forum import board, moderation, report, word
from schema.base import Info, decode, values, verb
from schema.forum.moderation_input import (
    ForumBoardArchiveInput,
    ForumBoardArchivePayload,
    ForumBoardCreateInput,
    ForumBoardCreatePayload,
    ForumBoardUpdateInput,
    ForumBoardUpdatePayload,
    ForumPostHideInput,
    ForumPostHidePayload,
    ForumPostMarkOfficialInput,
    ForumPostMarkOfficialPayload,
    ForumPostPinInput,
    ForumPostPinPayload,
    ForumPostRestoreInput,
    ForumPostRestorePayload,
    ForumPostUnpinInput,
    ForumPostUnpinPayload,
    ForumReplyHideInput,
    ForumReplyHidePayload,
    ForumReplyMarkOfficialInput,
    ForumReplyMarkOfficialPayload,
    ForumReplyRestoreInput,
    ForumReplyRestorePayload,
    ForumReportResolveInput,
    ForumReportResolvePayload,
    ForumWordAddInput,
    ForumWordAddPayload,
    ForumWordRemovePayload,
)


@strawberry.type
class ForumModerationMutation:
    """What moderators do: boards, hiding, pinning, marking, reports, words."""

    @verb("Make a board (forum.moderate).", permission=Permission.FORUM_MODERATE)
    async def forum_board_create(self, info: Info, input: ForumBoardCreateInput) -> ForumBoardCreatePayload | None:
        """Make a board."""
        context = info.context
        done = await board.create(context.viewer, context.house, **values(input))
        return ForumBoardCreatePayload(forum_board=await context.show("ForumBoard", done.id))

    @verb("Change a board (forum.moderate).", shows="ForumBoard", permission=Permission.FORUM_MODERATE)
    async def forum_board_update(
        self, info: Info, id: strawberry.ID, input: ForumBoardUpdateInput
    ) -> ForumBoardUpdatePayload | None:
        """Change a board."""
        context = info.context
        done = await board.update(context.viewer, context.house, decode("ForumBoard", id), **values(input))
        return ForumBoardUpdatePayload(forum_board=await context.show("ForumBoard", done.id))

    @verb(
        "Close a board (forum.moderate): residents see it and its posts no longer.",
        shows="ForumBoard",
        permission=Permission.FORUM_MODERATE,
    )
    async def forum_board_archive(
        self, info: Info, id: strawberry.ID, input: ForumBoardArchiveInput
    ) -> ForumBoardArchivePayload | None:
        """Close a board."""
        context = info.context
        done = await board.archive(context.viewer, context.house, decode("ForumBoard", id), **values(input))
        return ForumBoardArchivePayload(forum_board=await context.show("ForumBoard", done.id))

    @verb("Hide a post and its replies (forum.moderate).", shows="ForumPost", permission=Permission.FORUM_MODERATE)
    async def forum_post_hide(
        self, info: Info, id: strawberry.ID, input: ForumPostHideInput
    ) -> ForumPostHidePayload | None:
        """Hide a post and its replies."""
        context = info.context
        done = await moderation.hide_post(context.viewer, context.house, decode("ForumPost", id), **values(input))
        return ForumPostHidePayload(forum_post=await context.show("ForumPost", done.id))

    @verb(
        "Show a held or hidden post (again) (forum.moderate).", shows="ForumPost", permission=Permission.FORUM_MODERATE
    )
    async def forum_post_restore(
        self, info: Info, id: strawberry.ID, input: ForumPostRestoreInput
    ) -> ForumPostRestorePayload | None:
        """Show a held or hidden post."""
        context = info.context
        done = await moderation.restore_post(context.viewer, context.house, decode("ForumPost", id), **values(input))
        return ForumPostRestorePayload(forum_post=await context.show("ForumPost", done.id))

    @verb("Put a post on top (forum.moderate).", shows="ForumPost", permission=Permission.FORUM_MODERATE)
    async def forum_post_pin(
        self, info: Info, id: strawberry.ID, input: ForumPostPinInput
    ) -> ForumPostPinPayload | None:
        """Put a post on top."""
        context = info.context
        done = await moderation.pin_post(
            context.viewer, context.house, decode("ForumPost", id), **values(input), pinned=True
        )
        return ForumPostPinPayload(forum_post=await context.show("ForumPost", done.id))

    @verb("Take a post off the top (forum.moderate).", shows="ForumPost", permission=Permission.FORUM_MODERATE)
    async def forum_post_unpin(
        self, info: Info, id: strawberry.ID, input: ForumPostUnpinInput
    ) -> ForumPostUnpinPayload | None:
        """Take a post off the top."""
        context = info.context
        done = await moderation.pin_post(
            context.viewer, context.house, decode("ForumPost", id), **values(input), pinned=False
        )
        return ForumPostUnpinPayload(forum_post=await context.show("ForumPost", done.id))

    @verb("Mark a post as the company's (forum.moderate).", shows="ForumPost", permission=Permission.FORUM_MODERATE)
    async def forum_post_mark_official(
        self, info: Info, id: strawberry.ID, input: ForumPostMarkOfficialInput
    ) -> ForumPostMarkOfficialPayload | None:
        """Mark a post as the company's."""
        context = info.context
        done = await moderation.mark_post(context.viewer, context.house, decode("ForumPost", id), **values(input))
        return ForumPostMarkOfficialPayload(forum_post=await context.show("ForumPost", done.id))

    @verb("Hide a reply (forum.moderate).", shows="ForumReply", permission=Permission.FORUM_MODERATE)
    async def forum_reply_hide(
        self, info: Info, id: strawberry.ID, input: ForumReplyHideInput
    ) -> ForumReplyHidePayload | None:
        """Hide a reply."""
        context = info.context
        done = await moderation.hide_reply(context.viewer, context.house, decode("ForumReply", id), **values(input))
        return ForumReplyHidePayload(forum_reply=await context.show("ForumReply", done.id))

    @verb(
        "Show a held or hidden reply (again) (forum.moderate).",
        shows="ForumReply",
        permission=Permission.FORUM_MODERATE,
    )
    async def forum_reply_restore(
        self, info: Info, id: strawberry.ID, input: ForumReplyRestoreInput
    ) -> ForumReplyRestorePayload | None:
        """Show a held or hidden reply."""
        context = info.context
        done = await moderation.restore_reply(context.viewer, context.house, decode("ForumReply", id), **values(input))
        return ForumReplyRestorePayload(forum_reply=await context.show("ForumReply", done.id))

    @verb(
        "Mark a reply as the company's answer (forum.moderate).",
        shows="ForumReply",
        permission=Permission.FORUM_MODERATE,
    )
    async def forum_reply_mark_official(
        self, info: Info, id: strawberry.ID, input: ForumReplyMarkOfficialInput
    ) -> ForumReplyMarkOfficialPayload | None:
        """Mark a reply as the company's answer."""
        context = info.context
        done = await moderation.mark_reply(context.viewer, context.house, decode("ForumReply", id), **values(input))
        return ForumReplyMarkOfficialPayload(forum_reply=await context.show("ForumReply", done.id))

    @verb(
        "Uphold a report, which hides its subject, or dismiss it (forum.moderate).",
        shows="ForumReport",
        permission=Permission.FORUM_MODERATE,
    )
    async def forum_report_resolve(
        self, info: Info, id: strawberry.ID, input: ForumReportResolveInput
    ) -> ForumReportResolvePayload | None:
        """Uphold a report, which hides its subject, or dismiss it."""
        context = info.context
        done = await report.resolve(context.viewer, context.house, decode("ForumReport", id), **values(input))
        return ForumReportResolvePayload(forum_report=await context.show("ForumReport", done.id))

    @verb(
        "Hold texts with this word for moderation, in the whole Organization (forum.moderate for all of it).",
        permission=Permission.FORUM_MODERATE,
    )
    async def forum_word_add(self, info: Info, input: ForumWordAddInput) -> ForumWordAddPayload | None:
        """Hold texts with this word for moderation, in the whole Organization."""
        context = info.context
        done = await word.add(context.viewer, context.house, **values(input))
        return ForumWordAddPayload(forum_word=await context.show("ForumWord", done.id))

    @verb(
        "Hold texts with this word no longer (forum.moderate for all of the Organization).",
        shows="ForumWord",
        permission=Permission.FORUM_MODERATE,
    )
    async def forum_word_remove(self, info: Info, id: strawberry.ID) -> ForumWordRemovePayload | None:
        """Hold texts with this word no longer."""
        context = info.context
        done = await word.remove(context.viewer, context.house, decode("ForumWord", id))
        return ForumWordRemovePayload(forum_word=await context.show("ForumWord", done.id))
