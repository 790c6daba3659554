"""Working time and service levels, by hand.

- Calendars and holidays: of the Properties in which one has any role; the company's: everybody.
- Targets and clocks: with ticket.read or work_order.read there (manager, control room, service desk, auditor).
- Clocks besides: a resident those of the own tickets that are shown, a technician those of the assigned orders.
"""

from __future__ import annotations

HOME, AWAY, COMPANY = (
    {"calendar", "holiday"},
    {"away_calendar", "away_holiday"},
    {"company_calendar", "company_holiday"},
)
CLOCKS = {"clock0", "clock1", "clock2"}

_AT_HOME = (
    *("resident", "neighbour", "manager", "control", "tech1", "tech2", "cashier", "guard", "cleaner", "desk", "buyer"),
    *("auditor", "custom", "program"),
)
SEES: dict[str, set[str]] = dict.fromkeys(_AT_HOME, HOME | COMPANY)
SEES |= dict.fromkeys(("chief", "admin"), HOME | AWAY | COMPANY | CLOCKS | {"target", "away_target"})
SEES["away_resident"] = AWAY | COMPANY
SEES["away_manager"] = AWAY | COMPANY | {"away_target"}
for _login in ("manager", "control", "desk", "auditor", "custom", "program"):  # the last two: ticket.read
    SEES[_login] = SEES[_login] | CLOCKS | {"target"}
SEES["resident"] = SEES["resident"] | {"clock0"}
SEES["tech1"] = SEES["tech1"] | {"clock1", "clock2"}

ROOT_LISTS: dict[str, set[str]] = {
    "businessCalendars": {"calendar", "away_calendar", "company_calendar"},
    "holidays": {"holiday", "away_holiday", "company_holiday"},
}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {
    "slaTargets": ({"target"}, {"away_target"}),
    "slaClocks": ({"clock0", "clock1"}, set[str]()),  # clock2 is over
}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {
    "businessCalendar": "BusinessCalendar",
    "holiday": "Holiday",
    "slaTarget": "SlaTarget",
    "slaClock": "SlaClock",
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = " ".join(f'{day}: ["25:00"]' for day in _DAYS)


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`. What has no version fails by its input."""
    version = "expectedVersion: 1"
    return [
        ("businessCalendarSet", f'input: {{ propertyId: "{of["home"]}", {version}, {WEEK} }}'),
        ("holidaySet", f'input: {{ propertyId: "{of["home"]}", days: [], name: "n" }}'),
        ("holidayRemove", f'id: "{of["holiday"]}", input: {{ {version} }}'),
        ("slaTargetSet", f'input: {{ propertyId: "{of["home"]}", priority: LOW, warnPercent: 0 }}'),
        (
            "slaTargetSet",
            f'input: {{ propertyId: "{own["home"]}", priority: LOW, ticketCategoryId: "{of["category1"]}" }}',
        ),
        ("slaTargetArchive", f'id: "{of["target"]}", input: {{ {version} }}'),
    ]
