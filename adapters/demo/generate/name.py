"""Invented people: names, phone numbers, ID numbers, plates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from adapters.demo.generate.chance import Chance

# Family names about as frequent as they are.
FAMILIES = {
    **dict.fromkeys("王李张刘陈", 70),
    **dict.fromkeys("杨黄赵吴周徐孙马朱胡郭何林高罗", 22),
    **dict.fromkeys("郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈", 9),
    **dict.fromkeys("姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯", 4),
    "欧阳": 2,
    "诸葛": 1,
    "上官": 1,
}
_FIRST = "建志晓雨子梓欣浩思文俊嘉明佳海春秀玉丽国永家宇诗怡若天景云书"
_MEN = "强伟杰涛明超勇军磊鹏辉斌华峰宇轩然远博航凯龙健宁"
_WOMEN = "芳娜敏静艳霞娟丽英兰玲婷雪琳怡涵萱妍悦梅莹菲璐颖"

_PROVINCES = ("26", "27", "28", "38", "39", "48", "49", "57", "58", "67", "68")  # GB/T 2260 has none of these
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and no O


def name(chance: Chance, *, woman: bool, family: str | None = None) -> str:
    """A full name; `family` where it is inherited."""
    first = family or chance.weighted(FAMILIES)
    last = chance.choice(_WOMEN if woman else _MEN)
    return first + (chance.choice(_FIRST) if chance.holds(0.72) else "") + last


def family_of(full: str) -> str:
    """The family name: one character, or two of the old compound names."""
    return full[:2] if full[:2] in FAMILIES else full[0]


def phone(number: int) -> str:
    """The `number`-th phone number of a range that no operator was ever given."""
    return f"15400{number:06d}"


def id_number(chance: Chance, born: date, *, woman: bool) -> str:
    """A number that passes GB 11643 and belongs to nobody: its region does not exist."""
    region = chance.choice(_PROVINCES) + f"{chance.below(10_000):04d}"
    order = chance.below(500) * 2 + (0 if woman else 1)
    first = f"{region}{born:%Y%m%d}{order:03d}"
    return first + _CHECKS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def plate(chance: Chance, *, electric: bool) -> str:
    """A plate of Hangzhou and around; six characters after the first two for new energy (rules.md 23)."""
    head = chance.weighted({"浙A": 88, "浙B": 3, "浙D": 4, "浙F": 2, "沪A": 1, "苏A": 2})
    if electric:
        return f"{head}{chance.choice('DF')}{chance.choice(_PLATE_LETTERS)}{chance.below(10_000):04d}"
    shape = chance.weighted({"00000": 25, "A0000": 35, "0A000": 15, "00A00": 10, "AB000": 15})
    return head + "".join(chance.choice(_PLATE_LETTERS) if mark.isalpha() else str(chance.below(10)) for mark in shape)
