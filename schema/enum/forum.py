"""The enums of the forum."""

from models.rules.forum import (
    ForumBoardPosting,
    ForumReportDecision,
    ForumReportReason,
    ForumReportStatus,
    ForumStatus,
)
from schema.enum.show import show

show(
    ForumBoardPosting,
    "Who may open a post on a ForumBoard; everybody who writes in the forum may reply.",
    EVERYBODY="所有人: residents and staff.",
    STAFF_ONLY="仅物业: the company, such as for notices.",
)
show(
    ForumStatus,
    "How a ForumPost or ForumReply stands.",
    VISIBLE="可见: everybody in the forum sees it.",
    HELD="待审核: it has a sensitive word; its author and the moderators see it until one of them lets it pass.",
    HIDDEN="已隐藏: a moderator hid it; its author and the moderators see it.",
    DELETED="已删除: its author took it back; only moderators see that it was there.",
)
show(
    ForumReportReason,
    "What is wrong with a ForumPost or ForumReply.",
    SPAM="广告: advertising.",
    ABUSE="辱骂: abuse of somebody.",
    PRIVACY="泄露隐私: it gives away somebody's private data.",
    FALSE_INFORMATION="不实信息: it is not true.",
    OTHER="其他: something else.",
)
show(
    ForumReportStatus,
    "What became of a ForumReport.",
    OPEN="待处理: nobody has looked at it.",
    UPHELD="属实: its subject was hidden.",
    DISMISSED="驳回: there was nothing wrong.",
)
show(
    ForumReportDecision,
    "How a moderator resolves a ForumReport.",
    UPHOLD="属实: hide the subject; its other open reports are upheld too.",
    DISMISS="驳回: leave the subject as it is.",
)
