"""Who passes a gate next: pure, decided by chance alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.rules.gate import AccessDirection, AccessMethod, AccessResult

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

GRANTED_SHARE = 0.92
METHODS = {
    AccessMethod.FACE: 50,
    AccessMethod.CARD: 25,
    AccessMethod.PHONE: 12,
    AccessMethod.QR: 8,
    AccessMethod.PIN: 5,
}
UNKNOWN = {
    AccessMethod.FACE: ("未识别的人脸", "人脸比对分数过低", "疑似照片攻击，已拒绝"),
    AccessMethod.CARD: ("卡号未登记", "门禁卡已挂失"),
    AccessMethod.PHONE: ("蓝牙钥匙无效", "手机未绑定住户"),
    AccessMethod.QR: ("二维码已过期", "访客码使用次数已满"),
    AccessMethod.PIN: ("密码错误", "密码连续输错，已锁定五分钟"),
}
KNOWN = ("门禁权限已到期", "不在允许通行的时段", "该住户无此门权限")
CROWDS = {1: 80, 2: 9, 3: 5, 4: 3, 7: 2, 12: 1}  # how many pass together, and how often


@dataclass(frozen=True)
class Passage:
    """One attempt; `before` is how many seconds before the report it happened."""

    direction: AccessDirection
    method: AccessMethod
    result: AccessResult
    reason: str | None
    person_id: str | None
    before: float


def plan_passage(chance: random.Random, people: Sequence[str]) -> Passage:
    """Somebody of `people`, or a stranger who is denied."""
    direction = chance.choice(list(AccessDirection))
    method = chance.choices(list(METHODS), list(METHODS.values()))[0]
    person = chance.choice(people) if people else None
    before = round(chance.uniform(0.1, 2.0), 3)
    if chance.random() < GRANTED_SHARE:
        return Passage(direction, method, AccessResult.GRANTED, None, person, before)
    if person is not None and chance.random() < 0.3:
        return Passage(direction, method, AccessResult.DENIED, chance.choice(KNOWN), person, before)
    return Passage(direction, method, AccessResult.DENIED, chance.choice(UNKNOWN[method]), None, before)


def plan_crowd(chance: random.Random) -> int:
    """How many pass before the device reports: mostly one, at times a rush."""
    return chance.choices(list(CROWDS), list(CROWDS.values()))[0]
