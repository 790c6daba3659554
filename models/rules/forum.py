"""Words of the forum, its states, who shows as whom, and which words hold a text back (features.md row 38)."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING

from models.rules.permission import ROLE_PERMISSIONS, Permission

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from models.viewer import Viewer

MAX_BOARD_NAME = 40
MAX_BOARD_DESCRIPTION = 300
MAX_TITLE = 100
MAX_POST_TEXT = 5_000
MAX_REPLY_TEXT = 2_000
MAX_NOTE = 500
MAX_WORD = 30
MAX_WORDS = 1_000
"""Words of one Organization: all of them are read for each text."""


class ForumBoardPosting(str, Enum):
    """Who may open a post on a board; everybody replies everywhere."""

    EVERYBODY = "EVERYBODY"
    STAFF_ONLY = "STAFF_ONLY"


class ForumStatus(str, Enum):
    """How a post or a reply stands."""

    VISIBLE = "VISIBLE"
    HELD = "HELD"
    HIDDEN = "HIDDEN"
    DELETED = "DELETED"


class ForumReportReason(str, Enum):
    """What is wrong with a post or a reply."""

    SPAM = "SPAM"
    ABUSE = "ABUSE"
    PRIVACY = "PRIVACY"
    FALSE_INFORMATION = "FALSE_INFORMATION"
    OTHER = "OTHER"


class ForumReportStatus(str, Enum):
    """What became of a report."""

    OPEN = "OPEN"
    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"


class ForumReportDecision(str, Enum):
    """How a moderator resolves a report."""

    UPHOLD = "UPHOLD"
    DISMISS = "DISMISS"


class ForumVerb(str, Enum):
    """What can be done to a post or a reply, as far as its status matters."""

    UPDATE = "UPDATE"
    DELETE = "DELETE"
    HIDE = "HIDE"
    RESTORE = "RESTORE"
    REPLY = "REPLY"
    LIKE = "LIKE"
    PIN = "PIN"
    MARK = "MARK"


_S = ForumStatus
LEGAL: dict[ForumVerb, frozenset[ForumStatus]] = {
    ForumVerb.UPDATE: frozenset({_S.VISIBLE, _S.HELD}),
    ForumVerb.DELETE: frozenset({_S.VISIBLE, _S.HELD, _S.HIDDEN}),
    ForumVerb.HIDE: frozenset({_S.VISIBLE, _S.HELD}),
    ForumVerb.RESTORE: frozenset({_S.HELD, _S.HIDDEN}),
    ForumVerb.REPLY: frozenset({_S.VISIBLE}),
    ForumVerb.LIKE: frozenset({_S.VISIBLE}),
    ForumVerb.PIN: frozenset({_S.VISIBLE}),
    ForumVerb.MARK: frozenset({_S.VISIBLE}),
}
"""In which statuses a verb may be done. What its author deleted stays deleted."""


def writes_as_staff(viewer: Viewer, property_id: UUID) -> bool:
    """Whether the viewer writes there for the company: by a role he was given, not as one who lives there."""
    return viewer.staff_id is not None and any(
        Permission.FORUM_WRITE in ROLE_PERMISSIONS[grant.role] and grant.property_id in (None, property_id)
        for grant in viewer.grants
    )


_COMPOUND = [
    "欧阳",
    "太史",
    "端木",
    "上官",
    "司马",
    "东方",
    "独孤",
    "南宫",
    "万俟",
    "闻人",
    "夏侯",
    "诸葛",
    "尉迟",
    "公羊",
    "赫连",
    "澹台",
    "皇甫",
    "宗政",
    "濮阳",
    "公冶",
    "太叔",
    "申屠",
    "公孙",
    "慕容",
    "仲孙",
    "钟离",
    "长孙",
    "宇文",
    "司徒",
    "鲜于",
    "司空",
    "令狐",
    "百里",
    "呼延",
    "东郭",
    "南门",
    "西门",
]
"""复姓: family names of two characters."""


def masked(name: str) -> str:
    """A resident as neighbours see one: 王小明 → 王**, 欧阳修 → 欧阳**. The stars do not tell the length."""
    text = name.strip()
    family = text[:2] if len(text) > 2 and text[:2] in _COMPOUND else text[:1]
    return f"{family}**"


def company_name(title: str) -> str:
    """A member of staff as residents see one: by what they do, never by name."""
    return f"物业·{title.strip()}" if title.strip() else "物业"


def folded(text: str) -> str:
    """One spelling of a text for comparing: NFKC, lower case (full-width forms and capitals fall together)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def is_cjk(character: str) -> bool:
    """Whether a character is written without spaces between words: Chinese characters and kana."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x323AF
        or 0xF900 <= code <= 0xFAFF
        or 0x3041 <= code <= 0x30FF
        or code in (0x3005, 0x3007)
    )


_RUN = re.compile(r"[^\W_]+")


def runs(text: str) -> Iterable[tuple[bool, str]]:
    """The stretches of letters and digits of a folded text, split where CJK begins and ends: (is CJK, stretch)."""
    for found in _RUN.findall(folded(text)):
        start = 0
        for end in range(1, len(found) + 1):
            if end == len(found) or is_cjk(found[end]) is not is_cjk(found[start]):
                yield is_cjk(found[start]), found[start:end]
                start = end


def finds_word(text: str, words: Iterable[str]) -> bool:
    """Whether `text` contains one of `words`.

    A word with Chinese in it is found through spaces and signs put between its characters (赌 博, 赌*博); one without
    is found as whole words only, so that "ass" does not hold "class" back.
    """
    pieces = [piece for _, piece in runs(text)]
    squeezed, spaced = "".join(pieces), f" {' '.join(pieces)} "
    for word in words:
        parts = list(runs(word))
        joined = "".join(part for _, part in parts)
        if any(cjk for cjk, _ in parts):
            if joined in squeezed:
                return True
        elif parts and f" {' '.join(part for _, part in parts)} " in spaced:
            return True
    return False
