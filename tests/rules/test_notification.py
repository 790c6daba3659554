"""Who is told of what, in which words, when and how often: the tables, without I/O."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest

from models.rules.alarm import AlarmSeverity, AlarmType
from models.rules.notification import (
    DEFAULT_CHANNELS,
    RULES,
    NotificationChannel,
    NotificationKind,
    Whom,
    after_quiet,
    again_in,
    is_token,
    rules_for,
    text_of,
    title_of,
)
from models.rules.notification.text import TEXTS, WORDS
from models.rules.permission import ROLE_PERMISSIONS, Permission, Role
from resolvers.notification.telling import SUBJECTS
from subscriptions import EVENT_TYPES
from subscriptions.work_order import WorkOrderChange

K = NotificationKind
# By hand: what happened, and who is told what.
EXPECTED: tuple[tuple[str, dict[str, object], dict[K, object]], ...] = (
    ("work_order.changed", {"change": "ASSIGNED"}, {K.WORK_ORDER_ASSIGNED: Whom.ASSIGNEE}),
    ("work_order.changed", {"change": "ASSIGNED", "from_status": "CREATED"}, {K.WORK_ORDER_ASSIGNED: Whom.ASSIGNEE}),
    ("work_order.changed", {"change": "ASSIGNED", "from_status": "REJECTED"}, {K.WORK_ORDER_ASSIGNED: Whom.ASSIGNEE}),
    ("work_order.changed", {"change": "RETURNED"}, {K.WORK_ORDER_RETURNED: Whom.ASSIGNEE}),
    ("work_order.changed", {"change": "CANCELLED"}, {K.WORK_ORDER_CANCELLED: Whom.ASSIGNEE}),
    ("work_order.changed", {"change": "DECLINED"}, {K.WORK_ORDER_DECLINED: (Role.MANAGER,)}),
    ("work_order.changed", {"change": "ESCALATED"}, {K.WORK_ORDER_ESCALATED: (Role.MANAGER,)}),
    ("ticket.changed", {"change": "RAISED"}, {K.TICKET_ROUTED: Whom.ROUTED}),
    ("ticket.changed", {"change": "RAISED", "ordered": True}, {}),
    ("ticket.changed", {"change": "REOPENED"}, {K.TICKET_REOPENED: Whom.HANDLER}),
    ("ticket.changed", {"change": "CLASSIFIED"}, {K.TICKET_ROUTED: Whom.ROUTED}),
    ("ticket.changed", {"change": "RATED"}, {}),
    ("ticket.changed", {"change": "REMINDED"}, {K.WORK_ORDER_DUE: Whom.HANDLER, K.TICKET_DUE: Whom.REPORTER}),
    ("ticket.changed", {"change": "AWAITED"}, {K.TICKET_AWAITED: Whom.REPORTER}),
    ("sla_clock.changed", {"change": "STARTED"}, {}),
    ("sla_clock.changed", {"change": "WARNED"}, {K.SLA_WARNED: Whom.ASSIGNEE}),
    ("sla_clock.changed", {"change": "BREACHED"}, {K.SLA_BREACHED: (Role.MANAGER,)}),
    ("staff.presence_changed", {"change": "CHECKED_IN"}, {}),
    ("staff.presence_changed", {"change": "MISSED"}, {K.ATTENDANCE_MISSED: Whom.ASSIGNEE}),
    ("staff.presence_changed", {"change": "FORGOTTEN"}, {K.ATTENDANCE_CORRECTED: Whom.ASSIGNEE}),
    ("staff.presence_changed", {"change": "CORRECTED"}, {K.ATTENDANCE_CORRECTED: Whom.ASSIGNEE}),
    ("ticket.changed", {"change": "PROGRESSED"}, {K.TICKET_PROGRESSED: Whom.REPORTER}),
    ("ticket.changed", {"change": "ANSWERED"}, {K.TICKET_ANSWERED: Whom.REPORTER}),
    ("ticket.changed", {"change": "COMMENTED"}, {K.TICKET_REPLIED: Whom.HANDLER, K.TICKET_COMMENTED: Whom.REPORTER}),
    ("ticket.changed", {"change": "RESOLVED"}, {K.TICKET_RESOLVED: Whom.REPORTER}),
    ("ticket.changed", {"change": "CLOSED"}, {K.TICKET_CLOSED: Whom.REPORTER}),
    ("alarm.changed", {"change": "RAISED", "severity": 3}, {}),
    ("alarm.changed", {"change": "RAISED", "severity": 4}, {K.ALARM_RAISED: (Role.GUARD, Role.CONTROL_ROOM)}),
    ("alarm.changed", {"change": "REPEATED", "severity": 5}, {K.ALARM_RAISED: (Role.GUARD, Role.CONTROL_ROOM)}),
    ("alarm.changed", {"change": "ESCALATED", "severity": 2}, {K.ALARM_ESCALATED: (Role.MANAGER, Role.CONTROL_ROOM)}),
    ("alarm.changed", {"change": "CLEARED", "severity": 5}, {}),
    ("stock.level_changed", {"change": "LOW"}, {K.STOCK_LOW: (Role.BUYER,)}),
    ("stock.level_changed", {"change": "RECOVERED"}, {}),
    ("bill.changed", {"change": "ISSUED"}, {}),
)


@pytest.mark.parametrize(("event", "data", "told"), EXPECTED)
def test_who_is_told_of_what(event: str, data: dict[str, object], told: dict[K, object]) -> None:
    assert {rule.kind: rule.roles or rule.to for rule in rules_for(event, data)} == told


@pytest.mark.parametrize("status", ["ASSIGNED", "ACCEPTED", "EN_ROUTE", "IN_PROGRESS", "WAITING_FOR_PARTS"])
def test_whoever_had_it_in_hand_is_told(status: str) -> None:
    told = {K.WORK_ORDER_ASSIGNED: Whom.ASSIGNEE, K.WORK_ORDER_REASSIGNED: Whom.PREVIOUS}
    found = rules_for("work_order.changed", {"change": "ASSIGNED", "from_status": status})
    assert {rule.kind: rule.to for rule in found} == told


def test_the_other_steps_of_an_order_tell_nobody() -> None:
    told = {"ASSIGNED", "RETURNED", "CANCELLED", "DECLINED", "ESCALATED"}
    for change in WorkOrderChange:
        assert bool(rules_for("work_order.changed", {"change": change.value})) is (change.value in told), change


def test_every_kind_has_a_rule_and_every_rule_an_event_that_there_is() -> None:
    assert {rule.kind for rule in RULES} == set(NotificationKind)
    assert {rule.event for rule in RULES} == set(SUBJECTS) <= set(EVENT_TYPES)


def test_whoever_is_told_may_see_what_it_is_about() -> None:
    needed = {
        "work_order.changed": Permission.WORK_ORDER_READ,
        "alarm.changed": Permission.ALARM_READ,
        "stock.level_changed": Permission.STOCK_READ,
        "sla_clock.changed": Permission.WORK_ORDER_READ,
    }
    for rule in RULES:
        for role in rule.roles:
            assert needed[rule.event] in ROLE_PERMISSIONS[role], (rule.kind, role)


def test_each_kind_has_its_words_in_both_languages() -> None:
    names = {rule.kind: {*SUBJECTS[rule.event].params, "place"} for rule in RULES}
    for locale, texts in TEXTS.items():
        assert texts.keys() == set(NotificationKind)
        for kind, parts in texts.items():
            used = {name for part in parts for _, name, _, _ in string.Formatter().parse(part) if name}
            assert used <= names[kind], (locale, kind)
        assert WORDS[locale]["type"].keys() == {kind.value for kind in AlarmType}
        assert WORDS[locale]["severity"].keys() == {str(severity.value) for severity in AlarmSeverity}
    fire = {"type": "FIRE", "severity": 5, "place": "金色家园"}
    assert title_of(K.ALARM_RAISED, "zh", fire) == "紧急告警：火警"
    assert text_of(K.ALARM_RAISED, "en", fire) == "Critical alarm at 金色家园: fire. Look at it now."
    assert text_of(K.TICKET_ANSWERED, "fr", {"number": "1"}) == "物业已答复您的报事 1。", "zh where there is no other"


@pytest.mark.parametrize(
    ("local", "start", "end", "told"),
    [
        ("23:30", "22:00", "07:00", "07:00+1"),
        ("22:00", "22:00", "07:00", "07:00+1"),
        ("03:00", "22:00", "07:00", "07:00"),
        ("07:00", "22:00", "07:00", None),
        ("21:59", "22:00", "07:00", None),
        ("13:00", "12:30", "14:00", "14:00"),
        ("14:00", "12:30", "14:00", None),
        ("12:00", "12:30", "14:00", None),
        ("12:00", "12:00", "12:00", None),
        ("12:00", None, None, None),
    ],
)
def test_quiet_hours(local: str, start: str | None, end: str | None, told: str | None) -> None:
    """In the Property's local time: eight hours before UTC."""
    hour, minute = map(int, local.split(":"))
    at = datetime(2026, 11, 22, hour, minute, tzinfo=UTC) - timedelta(hours=8)
    clock, _, later = (told or local).partition("+")
    hour, minute = map(int, clock.split(":"))
    until = datetime(2026, 11, 22, hour, minute, tzinfo=UTC) - timedelta(hours=8) + timedelta(days=int(later or 0))
    assert after_quiet(at, start, end, "Asia/Shanghai") == until


def test_the_waits_after_failures_double_up_to_an_hour() -> None:
    assert [again_in(tries).total_seconds() for tries in (1, 2, 3, 9, 10, 50)] == [10, 20, 40, 2560, 3600, 3600]


def test_words_of_ways() -> None:
    assert {NotificationChannel.APP, NotificationChannel.PUSH} == DEFAULT_CHANNELS, "what costs is asked for"
    assert is_token("1a0018970a8a5d6e0f1")
    assert not any(is_token(text) for text in ("", "short", "a" * 101, "with space 12", "引号引号引号引号"))
