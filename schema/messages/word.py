"""What members of enums are called in Chinese: the word before the colon of their description in the contract."""

from __future__ import annotations

from enum import Enum

from models.rules.forum import ForumVerb
from models.rules.ticket import TicketVerb

_OTHERS: dict[Enum, str] = {
    TicketVerb.CANCEL: "撤销",
    TicketVerb.REOPEN: "重开",
    TicketVerb.RATE: "评价",
    TicketVerb.COMMENT: "留言",
    TicketVerb.ANSWER: "答复",
    TicketVerb.FOLLOW_UP: "回访",
    TicketVerb.AWAIT: "等待住户",
    TicketVerb.RESUME: "继续处理",
    TicketVerb.OPEN_WORK_ORDER: "开工单",
    TicketVerb.CLASSIFY: "改类别",
    ForumVerb.UPDATE: "修改",
    ForumVerb.DELETE: "删除",
    ForumVerb.HIDE: "隐藏",
    ForumVerb.RESTORE: "恢复",
    ForumVerb.REPLY: "回复",
    ForumVerb.LIKE: "点赞",
    ForumVerb.PIN: "置顶",
    ForumVerb.MARK: "标为官方",
}
"""Those that are not in the contract."""
# By type and name: members of several enums that have the same text are equal.
_WORDS = {(type(member), member.name): word for member, word in _OTHERS.items()}


def learn(member: Enum, description: str) -> None:
    """Keep the Chinese word, if the description begins with one."""
    word, colon, _ = description.partition(":")
    if colon and not word.isascii():
        _WORDS[type(member), member.name] = word


def shown(value: object, locale: str) -> str:
    """A parameter of a message: a member, or several, by its word; in English by its name in the contract."""
    if isinstance(value, Enum):
        word = None if locale == "en" else _WORDS.get((type(value), value.name))
        return word or str(value.value)
    if isinstance(value, tuple):
        return ("、" if locale != "en" else ", ").join(shown(one, locale) for one in value) or "–"
    return str(value)
