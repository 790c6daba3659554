"""The initials of Chinese text as people type them: 断路器 is dlq (拼音首字母)."""

from __future__ import annotations

# GB 2312 sorts its 3,755 commonest characters by their reading: the code of the first one of each letter.
_FIRST = (
    *((0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g")),
    *((0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o")),
    *((0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x")),
    *((0xD1B9, "y"), (0xD4D1, "z")),
)
_END = 0xD7FA


def initials(text: str) -> str:
    """Lower-case initials; ASCII letters and digits stay, everything else is left out.

    A character with several readings gives the one by which GB 2312 sorts it, and a rare one (its second level) none:
    what people type instead goes into an item's keywords.
    """
    return "".join(map(_initial, text.lower()))


def _initial(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    try:
        code = int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    if code >= _END:
        return ""
    return next((letter for first, letter in reversed(_FIRST) if code >= first), "")
