"""What a notification says, zh and en. Here, not in schema/messages: mail and push are written below the schema.

`place` is the Property's name; of a person it says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.rules.notification.kind import NotificationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_K = NotificationKind
_MOST = 120  # characters of one parameter

# Title and text of each kind.
TEXTS: dict[str, dict[NotificationKind, tuple[str, str]]] = {
    "zh": {
        _K.WORK_ORDER_ASSIGNED: ("新工单", "{place}：工单 {number} 已派给您，请接单。"),
        _K.WORK_ORDER_REASSIGNED: ("工单已转派", "{place}：工单 {number} 已转派他人，您无需再处理。"),
        _K.WORK_ORDER_DUE: ("预约将到", "{place}：{number} 的预约时间将到，请准时上门。"),
        _K.WORK_ORDER_RETURNED: ("工单退回", "{place}：工单 {number} 验收未通过，已退回给您。"),
        _K.WORK_ORDER_CANCELLED: ("工单取消", "{place}：工单 {number} 已取消，无需再处理。"),
        _K.WORK_ORDER_DECLINED: ("工单被拒", "{place}：工单 {number} 被拒接，请重新派单。"),
        _K.WORK_ORDER_ESCALATED: ("工单升级", "{place}：工单 {number} 无人可派或无人接单，请处理。"),
        _K.TICKET_ROUTED: ("新报事", "{place}：新报事 {number} 待您处理。"),
        _K.TICKET_REPLIED: ("报事有新留言", "{place}：报事 {number} 有新的留言，请查看。"),
        _K.TICKET_REOPENED: ("报事重新打开", "{place}：住户重新打开了报事 {number}，请跟进。"),
        _K.TICKET_PROGRESSED: ("报事有进展", "您的报事 {number} 有新的进展。"),
        _K.TICKET_ANSWERED: ("物业已答复", "物业已答复您的报事 {number}。"),
        _K.TICKET_COMMENTED: ("新的留言", "您的报事 {number} 有新的留言。"),
        _K.TICKET_AWAITED: ("等您回复", "您的报事 {number} 需要您回复，请查看。"),
        _K.TICKET_DUE: ("预约将到", "您的报事 {number} 预约的上门时间将到，请留意。"),
        _K.TICKET_RESOLVED: ("报事已处理", "您的报事 {number} 已处理完毕，欢迎评价；如未解决可重新打开。"),
        _K.TICKET_CLOSED: ("报事已关闭", "您的报事 {number} 已关闭。"),
        _K.ALARM_RAISED: ("{severity}告警：{type}", "{place}发生{severity}告警：{type}。请立即查看。"),
        _K.ALARM_ESCALATED: ("告警升级：{type}", "{place}的{severity}告警（{type}）无人确认，已升级。"),
        _K.STOCK_LOW: ("库存不足", "{item}（{warehouse}）已低于预警线，请采购。"),
        _K.SLA_WARNED: ("时限将到", "{place}：{number} 即将超时，请尽快处理。"),
        _K.SLA_BREACHED: ("已超时", "{place}：{number} 已超出时限，请督办。"),
        _K.ATTENDANCE_MISSED: ("缺勤", "{place}：{day} 的班次没有您的签到记录。"),
        _K.ATTENDANCE_CORRECTED: ("考勤更正", "{place}：您 {day} 的考勤记录已更正，请核对。"),
    },
    "en": {
        _K.WORK_ORDER_ASSIGNED: ("New work order", "{place}: work order {number} was given to you. Please accept it."),
        _K.WORK_ORDER_REASSIGNED: ("Work order reassigned", "{place}: work order {number} is somebody else's now."),
        _K.WORK_ORDER_DUE: ("Appointment soon", "{place}: the appointment of {number} is near. Be there in time."),
        _K.WORK_ORDER_RETURNED: ("Work returned", "{place}: work order {number} did not pass and is yours again."),
        _K.WORK_ORDER_CANCELLED: ("Work order cancelled", "{place}: work order {number} was cancelled."),
        _K.WORK_ORDER_DECLINED: ("Work order declined", "{place}: work order {number} was declined; assign it anew."),
        _K.WORK_ORDER_ESCALATED: (
            "Work order escalated",
            "{place}: nobody could be given work order {number}, or accepted it in time. See to it.",
        ),
        _K.TICKET_ROUTED: ("New ticket", "{place}: the new ticket {number} is for you to see to."),
        _K.TICKET_REPLIED: ("A comment on a ticket", "{place}: there is a new comment on ticket {number}."),
        _K.TICKET_REOPENED: ("Ticket reopened", "{place}: its resident reopened ticket {number}. See to it."),
        _K.TICKET_PROGRESSED: ("News of your ticket", "Your ticket {number} makes progress."),
        _K.TICKET_ANSWERED: ("Your ticket was answered", "The office has answered your ticket {number}."),
        _K.TICKET_COMMENTED: ("A new comment", "There is a new comment on your ticket {number}."),
        _K.TICKET_AWAITED: ("We need an answer", "Your ticket {number} waits for your answer."),
        _K.TICKET_DUE: ("Appointment soon", "The appointment of your ticket {number} is near."),
        _K.TICKET_RESOLVED: (
            "Your ticket is settled",
            "Your ticket {number} is settled. Please rate it, or reopen it if it is not.",
        ),
        _K.TICKET_CLOSED: ("Your ticket was closed", "Your ticket {number} was closed."),
        _K.ALARM_RAISED: ("{severity} alarm: {type}", "{severity} alarm at {place}: {type}. Look at it now."),
        _K.ALARM_ESCALATED: (
            "Alarm escalated: {type}",
            "Nobody acknowledged the {severity} alarm ({type}) at {place}: it was escalated.",
        ),
        _K.STOCK_LOW: ("Stock is low", "{item} ({warehouse}) has reached its warning level: time to buy."),
        _K.SLA_WARNED: ("Nearly out of time", "{place}: {number} is nearly out of time."),
        _K.SLA_BREACHED: ("Out of time", "{place}: {number} is out of time. See to it."),
        _K.ATTENDANCE_MISSED: ("A missed shift", "{place}: you did not check in for your shift of {day}."),
        _K.ATTENDANCE_CORRECTED: ("Attendance corrected", "{place}: your attendance of {day} was corrected."),
    },
}
# What parameters that are members of an enum are called.
WORDS: dict[str, dict[str, dict[str, str]]] = {
    "zh": {
        "severity": {"1": "提示", "2": "预警", "3": "次要", "4": "重要", "5": "紧急"},
        "type": {
            "INTRUSION": "入侵",
            "LOITERING": "徘徊",
            "CROWD": "人群聚集",
            "FALL": "跌倒",
            "FIGHT": "打架",
            "FIRE": "火警",
            "SMOKE": "烟雾",
            "GAS": "燃气泄漏",
            "WATER_LEAK": "漏水",
            "LIFT": "电梯故障",
            "THRESHOLD": "超限",
            "DEVICE_FAULT": "设备故障",
            "DEVICE_OFFLINE": "设备离线",
            "FORCED_DOOR": "强行开门",
            "VEHICLE": "车辆异常",
            "ENERGY": "能耗异常",
            "MAINTENANCE": "维保",
            "PATROL": "巡更",
            "HELP": "求助",
            "OTHER": "其他",
        },
    },
    "en": {
        "severity": {"1": "Info", "2": "Warning", "3": "Minor", "4": "Major", "5": "Critical"},
        "type": {
            "INTRUSION": "intrusion",
            "LOITERING": "loitering",
            "CROWD": "a crowd",
            "FALL": "a fall",
            "FIGHT": "a fight",
            "FIRE": "fire",
            "SMOKE": "smoke",
            "GAS": "gas",
            "WATER_LEAK": "a water leak",
            "LIFT": "a lift",
            "THRESHOLD": "a value out of bounds",
            "DEVICE_FAULT": "a device is faulty",
            "DEVICE_OFFLINE": "a device is offline",
            "FORCED_DOOR": "a forced door",
            "VEHICLE": "a vehicle",
            "ENERGY": "energy",
            "MAINTENANCE": "maintenance",
            "PATROL": "patrol",
            "HELP": "a call for help",
            "OTHER": "something else",
        },
    },
}


def title_of(kind: NotificationKind, locale: str, params: Mapping[str, Any]) -> str:
    """A few words."""
    return _texts(locale)[kind][0].format_map(filled(locale, params))


def text_of(kind: NotificationKind, locale: str, params: Mapping[str, Any]) -> str:
    """One sentence or two."""
    return _texts(locale)[kind][1].format_map(filled(locale, params))


def filled(locale: str, params: Mapping[str, Any]) -> dict[str, str]:
    """The parameters in words."""
    words = WORDS.get(locale, WORDS["zh"])
    return {name: words.get(name, {}).get(str(value), str(value))[:_MOST] for name, value in params.items()}


def _texts(locale: str) -> dict[NotificationKind, tuple[str, str]]:
    return TEXTS.get(locale, TEXTS["zh"])
