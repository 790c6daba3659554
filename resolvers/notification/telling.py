"""Who is told of what a transaction announces: rows of that transaction, by models/rules/notification/table.py.

Each unit calls it at its end, so no verb knows of it. One statement finds the recipients of a rule, however many
subjects and people there are; one writes the notifications, one the ways out.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from models import Notification, NotificationDelivery
from models.predicate import Params
from models.rules.notification import (
    DEFAULT_CHANNELS,
    IN_HAND,
    RULES,
    URGENT,
    DeliveryState,
    NotificationChannel,
    Rule,
    Whom,
    after_quiet,
    rules_for,
)
from models.rules.permission import Role
from models.rules.place import local_day
from models.rules.work_order import OPEN
from subscriptions.notification import NotificationReceived, received

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from resolvers.unit import Unit
    from subscriptions.event import DomainEvent

    Concerned = dict[UUID, set[UUID]]  # subjects, and the staff to whom each was or is given

logger = logging.getLogger("wuye.notification")
MOST = 1_000  # notifications of one rule in one transaction
UNPLACED = "Asia/Shanghai"  # the zone of quiet hours for what is in no Property
_RULED = frozenset(rule.event for rule in RULES)


@dataclass(frozen=True)
class Subject:
    """What an event is about: a model, its table (`s`), and the columns that become parameters of the text."""

    model: str
    table: str
    params: Mapping[str, str]
    joins: str = ""
    assignee: str = "s.assignee_id"


SUBJECTS: Mapping[str, Subject] = {
    "work_order.changed": Subject("WorkOrder", "work_order", {"number": "s.number"}),
    "ticket.changed": Subject("Ticket", "ticket", {"number": "s.number"}),
    "alarm.changed": Subject("Alarm", "alarm", {"type": "s.type", "severity": "s.severity"}),
    "stock.level_changed": Subject(
        "StockBalance",
        "stock_balance",
        {"item": "i.name", "warehouse": "w.name"},
        " JOIN stock_item i ON i.id = s.item_id JOIN warehouse w ON w.id = s.warehouse_id",
    ),
    "sla_clock.changed": Subject(
        "SlaClock",
        "sla_clock",
        {"number": "COALESCE(t.number, o.number)"},
        " LEFT JOIN ticket t ON t.id = s.ticket_id LEFT JOIN work_order o ON o.id = s.work_order_id",
        "COALESCE(o.assignee_id, t.handler_id)",
    ),
    "staff.presence_changed": Subject("Attendance", "attendance", {"day": "s.day"}, assignee="s.staff_id"),
}
_LINKS = {
    Whom.ASSIGNEE: "a.staff_id = {assignee}",
    Whom.PREVIOUS: "a.staff_id <> {assignee}",  # and one of those to whom the event says that it was given
    Whom.REPORTER: "a.person_id = s.reporter_id",
}
_ROLES = (
    "a.id IN (SELECT r.account_id FROM role_assignment r WHERE r.role {roles} AND r.valid_from <= {now}"
    " AND (r.valid_until IS NULL OR r.valid_until > {now})"
    " AND (r.property_id = s.property_id OR r.property_id IS NULL))"
)
_ORDERS = "FROM work_order o WHERE o.ticket_id = s.id AND o.status"
_HANDLER = (
    "a.staff_id IS NOT NULL"  # whose accounts are few, and have an index
    f" AND (a.staff_id = s.handler_id OR a.staff_id IN (SELECT o.assignee_id {_ORDERS} {{in_hand}})"
    f" OR (s.handler_id IS NULL AND NOT EXISTS (SELECT 1 {_ORDERS} {{taken}}) AND {{desk}}))"
)
# Until when a home is held there; a null: none was.
_HOME = (
    "(SELECT MAX(COALESCE(o.move_out_on, {ever})) FROM occupancy o WHERE o.person_id = a.person_id"
    " AND o.property_id = s.property_id AND o.move_in_on <= {tomorrow})"
)
_ONCE = (
    " AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.subject_id = s.id AND n.kind = {kind}"
    " AND n.account_id = a.id)"
)
_FIND = (
    "SELECT s.id AS subject_id, s.property_id, h.name AS place, h.time_zone, a.id AS account_id, {params},"
    " {home} AS home_until, COALESCE(x.channels, y.channels) AS channels,"
    " CASE WHEN x.id IS NULL THEN y.quiet_from ELSE x.quiet_from END AS quiet_from,"
    " CASE WHEN x.id IS NULL THEN y.quiet_until ELSE x.quiet_until END AS quiet_until,"
    " COALESCE(f.phone, p.phone) IS NOT NULL AS has_phone, COALESCE(f.email, p.email) IS NOT NULL AS has_email,"
    " EXISTS (SELECT 1 FROM push_device d WHERE d.account_id = a.id AND d.removed_at IS NULL) AS has_device"
    " FROM {table} s{joins} LEFT JOIN property h ON h.id = s.property_id"
    " JOIN account a ON a.organization_id = s.organization_id AND a.disabled_at IS NULL AND {who}"
    " LEFT JOIN staff f ON f.id = a.staff_id LEFT JOIN person p ON p.id = a.person_id"
    " LEFT JOIN notification_preference x ON x.account_id = a.id AND x.kind = {kind}"
    " LEFT JOIN notification_preference y ON y.account_id = a.id AND y.kind IS NULL"
    " WHERE s.organization_id = {organization} AND s.id {subjects}{more} ORDER BY s.id, a.id LIMIT {most}"
)
_ADDRESSES = {
    NotificationChannel.SMS: "has_phone",
    NotificationChannel.EMAIL: "has_email",
    NotificationChannel.PUSH: "has_device",
}


@dataclass
class Told:
    """What is to be written."""

    notifications: list[Notification] = field(default_factory=list)
    deliveries: list[NotificationDelivery] = field(default_factory=list)


async def notify(unit: Unit, events: Sequence[DomainEvent]) -> list[NotificationReceived]:
    """Write what follows from `events`; the news of it, one for each inbox that has something new."""
    wanted: dict[Rule, Concerned] = defaultdict(lambda: defaultdict(set))
    for event in events:
        if event.TYPE in _RULED:
            for rule in rules_for(event.TYPE, event.data()):
                if rule.to is not Whom.REPORTER or event.heard_by.get("reporter_id"):  # else it is staff's alone
                    wanted[rule][event.subject_id] |= event.heard_by.get("assignee_id", frozenset())
    told = Told()
    for rule, concerned in wanted.items():
        for row in await _recipients(unit, rule, concerned):
            _note_down(unit, rule, row, told)
    await unit.add_all(told.notifications)
    await unit.add_all(told.deliveries)
    return [received(notification, unit.now) for notification in told.notifications]


def _who(unit: Unit, rule: Rule, concerned: Concerned, params: Params) -> str:
    """Which accounts, `a`, of a subject `s`."""

    def holders(*roles: Role) -> str:
        return _ROLES.format(roles=params.any_of([role.value for role in roles]), now=params.add(unit.now))

    if rule.to is Whom.ROLES:
        return holders(*rule.roles)
    if rule.to in (Whom.ROUTED, Whom.HANDLER):
        in_hand = params.any_of(sorted(IN_HAND))
        taken = in_hand if rule.to is Whom.HANDLER else params.any_of(sorted(status.value for status in OPEN))
        return _HANDLER.format(in_hand=in_hand, desk=holders(Role.SERVICE_DESK), taken=taken)
    who = _LINKS[rule.to].format(assignee=SUBJECTS[rule.event].assignee)
    if rule.to is Whom.PREVIOUS:
        given = (
            f"s.id = {params.add(id_)} AND a.staff_id {params.any_of(sorted(concerned[id_]))}" for id_ in concerned
        )
        who += f" AND ({' OR '.join(given)})"
    return who


async def _recipients(unit: Unit, rule: Rule, concerned: Concerned) -> list[Mapping[str, Any]]:
    """Each with its subject, how it wants to be told, and whether it can be."""
    subject, params = SUBJECTS[rule.event], Params(unit.house.database.dialect)
    who = _who(unit, rule, concerned, params)
    home = "NULL"
    if rule.to is Whom.REPORTER:
        tomorrow = params.add(unit.now.date() + timedelta(days=1))  # in whichever zone: the day is looked at below
        home = _HOME.format(ever=params.add(date.max), tomorrow=tomorrow)
    kind, actor = params.add(rule.kind.value), unit.viewer.account_id if unit.viewer else None
    more = _ONCE.format(kind=kind) if rule.once else ""
    more += f" AND a.id <> {params.add(actor)}" if actor else ""
    sql = _FIND.format(
        params=", ".join(f"{column} AS {name}" for name, column in subject.params.items()),
        home=home,
        table=subject.table,
        joins=subject.joins,
        who=who,
        kind=kind,
        organization=params.add(unit.organization_id),
        subjects=params.any_of(sorted(concerned)),
        more=more,
        most=MOST,
    )
    rows = await unit.tx.fetch(sql, *params.values)
    if len(rows) == MOST:
        logger.warning("%s: more than %d are to be told at once, the others are not", rule.kind.value, MOST)
    return [row for row in rows if rule.to is not Whom.REPORTER or _lives_there(unit, row)]


def _lives_there(unit: Unit, row: Mapping[str, Any]) -> bool:
    """What a resident reported is the resident's while a home is held there (models/scope)."""
    until = unit.house.database.value("DateField", row["home_until"])
    return until is not None and until >= local_day(unit.now, row["time_zone"])


def _note_down(unit: Unit, rule: Rule, row: Mapping[str, Any], told: Told) -> None:
    subject, value = SUBJECTS[rule.event], unit.house.database.value
    params = {name: row[name] for name in subject.params}
    notification = unit.new(
        Notification,
        account_id=value("UUIDField", row["account_id"]),
        property_id=value("UUIDField", row["property_id"]),
        kind=rule.kind,
        subject_type=subject.model,
        subject_id=value("UUIDField", row["subject_id"]),
        params=params | ({"place": row["place"]} if row["place"] else {}),
    )
    told.notifications.append(notification)
    names = value("JSONField", row["channels"])
    channels = DEFAULT_CHANNELS if names is None else {NotificationChannel(name) for name in names}
    quiet = (row["quiet_from"], row["quiet_until"])
    due_at = unit.now if rule.kind in URGENT else after_quiet(unit.now, *quiet, row["time_zone"] or UNPLACED)
    for channel, address in _ADDRESSES.items():
        if channel in channels and row[address] and channel in unit.house.outside.ways:
            told.deliveries.append(
                unit.new(
                    NotificationDelivery,
                    account_id=notification.account_id,
                    notification_id=notification.id,
                    kind=rule.kind,
                    channel=channel,
                    state=DeliveryState.WAITING,
                    due_at=due_at,
                )
            )
