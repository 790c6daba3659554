"""What members do: write, like, report."""

from __future__ import annotations

import strawberry

from models.rules.permission import Permission
from resolvers.forum import like, post, reply, report
from schema.base import Info, decode, values, verb
from schema.forum.write_input import (
    ForumPostCreateInput,
    ForumPostCreatePayload,
    ForumPostDeletePayload,
    ForumPostLikePayload,
    ForumPostReportInput,
    ForumPostReportPayload,
    ForumPostUnlikePayload,
    ForumPostUpdateInput,
    ForumPostUpdatePayload,
    ForumReplyCreateInput,
    ForumReplyCreatePayload,
    ForumReplyDeletePayload,
    ForumReplyLikePayload,
    ForumReplyReportInput,
    ForumReplyReportPayload,
    ForumReplyUnlikePayload,
)


@strawberry.type
class ForumMutation:
    """What members do: write, like, report."""

    @verb(
        "Write a post. With a sensitive word its status is HELD: a moderator looks at it first.",
        permission=Permission.FORUM_WRITE,
    )
    async def forum_post_create(self, info: Info, input: ForumPostCreateInput) -> ForumPostCreatePayload | None:
        """Write a post."""
        context = info.context
        done = await post.create(context.viewer, context.house, **values(input))
        return ForumPostCreatePayload(forum_post=await context.show("ForumPost", done.id))

    @verb(
        "Change a post; its author only, within LIMIT_FORUM_EDIT_MINUTES (60). Photos stay.",
        shows="ForumPost",
        permission=Permission.FORUM_WRITE,
    )
    async def forum_post_update(
        self, info: Info, id: strawberry.ID, input: ForumPostUpdateInput
    ) -> ForumPostUpdatePayload | None:
        """Change a post."""
        context = info.context
        done = await post.update(context.viewer, context.house, decode("ForumPost", id), **values(input))
        return ForumPostUpdatePayload(forum_post=await context.show("ForumPost", done.id))

    @verb(
        "Take a post back; its author only. Its text, photos and replies are shown no longer.",
        shows="ForumPost",
        permission=Permission.FORUM_WRITE,
    )
    async def forum_post_delete(self, info: Info, id: strawberry.ID) -> ForumPostDeletePayload | None:
        """Take a post back."""
        context = info.context
        done = await post.delete(context.viewer, context.house, decode("ForumPost", id))
        return ForumPostDeletePayload(forum_post=await context.show("ForumPost", done.id))

    @verb("Like a post; again is no error.", shows="ForumPost", permission=Permission.FORUM_READ)
    async def forum_post_like(self, info: Info, id: strawberry.ID) -> ForumPostLikePayload | None:
        """Like a post."""
        context = info.context
        done = await like.post(context.viewer, context.house, decode("ForumPost", id), liked=True)
        return ForumPostLikePayload(forum_post=await context.show("ForumPost", done.id))

    @verb("Like a post no longer; again is no error.", shows="ForumPost", permission=Permission.FORUM_READ)
    async def forum_post_unlike(self, info: Info, id: strawberry.ID) -> ForumPostUnlikePayload | None:
        """Like a post no longer."""
        context = info.context
        done = await like.post(context.viewer, context.house, decode("ForumPost", id), liked=False)
        return ForumPostUnlikePayload(forum_post=await context.show("ForumPost", done.id))

    @verb("Report a post to the moderators, once.", shows="ForumPost", permission=Permission.FORUM_READ)
    async def forum_post_report(
        self, info: Info, id: strawberry.ID, input: ForumPostReportInput
    ) -> ForumPostReportPayload | None:
        """Report a post to the moderators, once."""
        context = info.context
        done = await report.post(context.viewer, context.house, decode("ForumPost", id), **values(input))
        return ForumPostReportPayload(forum_post=await context.show("ForumPost", done.id))

    @verb(
        "Reply to a post. With a sensitive word its status is HELD: a moderator looks at it first.",
        permission=Permission.FORUM_WRITE,
    )
    async def forum_reply_create(self, info: Info, input: ForumReplyCreateInput) -> ForumReplyCreatePayload | None:
        """Reply to a post."""
        context = info.context
        done = await reply.create(context.viewer, context.house, **values(input))
        return ForumReplyCreatePayload(forum_reply=await context.show("ForumReply", done.id))

    @verb(
        "Take a reply back; its author only. Its text and photos are shown no longer.",
        shows="ForumReply",
        permission=Permission.FORUM_WRITE,
    )
    async def forum_reply_delete(self, info: Info, id: strawberry.ID) -> ForumReplyDeletePayload | None:
        """Take a reply back."""
        context = info.context
        done = await reply.delete(context.viewer, context.house, decode("ForumReply", id))
        return ForumReplyDeletePayload(forum_reply=await context.show("ForumReply", done.id))

    @verb("Like a reply; again is no error.", shows="ForumReply", permission=Permission.FORUM_READ)
    async def forum_reply_like(self, info: Info, id: strawberry.ID) -> ForumReplyLikePayload | None:
        """Like a reply."""
        context = info.context
        done = await like.reply(context.viewer, context.house, decode("ForumReply", id), liked=True)
        return ForumReplyLikePayload(forum_reply=await context.show("ForumReply", done.id))

    @verb("Like a reply no longer; again is no error.", shows="ForumReply", permission=Permission.FORUM_READ)
    async def forum_reply_unlike(self, info: Info, id: strawberry.ID) -> ForumReplyUnlikePayload | None:
        """Like a reply no longer."""
        context = info.context
        done = await like.reply(context.viewer, context.house, decode("ForumReply", id), liked=False)
        return ForumReplyUnlikePayload(forum_reply=await context.show("ForumReply", done.id))

    @verb("Report a reply to the moderators, once.", shows="ForumReply", permission=Permission.FORUM_READ)
    async def forum_reply_report(
        self, info: Info, id: strawberry.ID, input: ForumReplyReportInput
    ) -> ForumReplyReportPayload | None:
        """Report a reply to the moderators, once."""
        context = info.context
        done = await report.reply(context.viewer, context.house, decode("ForumReply", id), **values(input))
        return ForumReplyReportPayload(forum_reply=await context.show("ForumReply", done.id))
