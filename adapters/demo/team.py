"""The company's sixty people: where they work, as what, and who of them is printed with a login."""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.permission import Permission, Role

ORGANIZATION = ("demo", "安居物业")


@dataclass(frozen=True)
class PostPlan:
    """A position. Without `estate` it is for all of the company; without `role` its account may nothing yet.

    `shown` logins are printed and offered by the page; the simulator plays them and those that are `played`.
    """

    login: str
    title: str
    role: Role | None = None
    estate: str | None = None
    shown: bool = False
    played: bool = False


_G, _T, _S = "YGHY", "BJZX", "NHLJ"

_LEADING = (
    PostPlan("admin", "总经理", Role.ORGANIZATION_ADMIN, shown=True),
    PostPlan("manager", "项目经理", Role.MANAGER, _G, shown=True, played=True),
    PostPlan("manager2", "项目经理", Role.MANAGER, _T, shown=True, played=True),
    PostPlan("manager3", "项目经理", Role.MANAGER, _S, shown=True, played=True),
    PostPlan("control", "中控主管", Role.CONTROL_ROOM, shown=True, played=True),
    PostPlan("cashier", "收费主管", Role.CASHIER, shown=True, played=True),
    PostPlan("cashier2", "收费员", Role.CASHIER, _T),
    PostPlan("cashier3", "收费员", Role.CASHIER, _S),
)
_TRADES = (
    ("水电维修", _G),
    ("综合维修", _G),
    ("门窗维修", _G),
    ("电梯维保", _G),
    ("水电维修", _T),
    ("暖通维修", _T),
    ("水电维修", _S),
    ("消防维保", _S),
)
_CREWS = (
    ("中控值班员", Role.CONTROL_ROOM, ((None, 5),)),
    ("客服管家", Role.SERVICE_DESK, ((_G, 2), (_T, 2), (_S, 1))),
    ("秩序维护员", Role.GUARD, ((_G, 8), (_T, 5), (_S, 4))),
    ("保洁员", Role.CLEANER, ((_G, 5), (_T, 3), (_S, 2))),
    ("绿化养护员", Role.CUSTOM, ((_S, 1),)),
)
_GIVEN = ((Role.CLEANER, _G),)  # the house gives them what takes no skill
# One of each further role is offered by the page.
_OTHERS = (
    PostPlan("desk", "客服管家", Role.SERVICE_DESK, _G, shown=True),
    PostPlan("guard", "秩序维护员", Role.GUARD, _G, shown=True),
    PostPlan("cleaner", "保洁员", Role.CLEANER, _G, shown=True, played=True),
    PostPlan("gardener", "绿化养护员", Role.CUSTOM, _G, shown=True),
    PostPlan("buyer", "仓库管理员", Role.BUYER, _G, shown=True),
    PostPlan("auditor", "内审专员", Role.AUDITOR, shown=True),
)
# The role that the company made itself: its name, what it says, what it allows.
CUSTOM_ROLE = (
    "绿化养护",
    "看得到楼盘、设备和工单,不处理业主资料。",
    (Permission.UNIT_READ, Permission.DEVICE_READ, Permission.WORK_ORDER_READ),
)
# A partner's program: its name and scopes, in the first estate; its secret is handed over with the accounts.
PROGRAM = ("访客小程序", (Permission.UNIT_READ, Permission.GATE_READ, Permission.ACCESS_EVENT_READ), _G)

EDITION = "2024-1"
# What residents of the demo agree to; each company writes its own (consentTextPublish).
CONSENT_TEXTS = {
    "ID_NUMBER": "我同意物业公司为签订物业服务合同和实名登记保存我的身份证号。"
    "该号码加密保存,仅在说明用途后查看,并留有记录。我可以随时撤回同意,撤回后 24 小时内删除。",
    "FACE": "我同意物业公司为门禁通行保存门禁设备上的人脸引用。我也可以使用门卡、密码、二维码或手机通行。"
    "我可以随时撤回同意,撤回后 24 小时内删除。",
}


def team() -> list[PostPlan]:
    """Everybody; those without a login of their own sign in with their number."""
    trades = [
        PostPlan(f"tech{n}", title, Role.TECHNICIAN, estate, shown=n <= 4, played=True)
        for n, (title, estate) in enumerate(_TRADES, 1)
    ]
    crews = [
        PostPlan("", title, role, estate, played=(role, estate) in _GIVEN)
        for title, role, places in _CREWS
        for estate, count in places
        for _ in range(count)
    ]
    return [*_LEADING, *trades, *crews, *_OTHERS]
