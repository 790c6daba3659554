"""The forum in the contract."""

from schema.forum.moderation import ForumModerationMutation
from schema.forum.read import ForumQuery, ForumSubscription
from schema.forum.write import ForumMutation

__all__ = ["ForumModerationMutation", "ForumMutation", "ForumQuery", "ForumSubscription"]
