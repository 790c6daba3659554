"""Dispatch, by hand.

- Rules: with work_order.assign there (managers, the administrator).
- Decisions: with work_order.read there; a technician those of the orders assigned to him. No resident.
- What waits for a person: with work_order.read there.
"""

from __future__ import annotations

_READERS = ("manager", "control", "desk", "auditor", "tech1")
SEES: dict[str, set[str]] = {login: {"decision1"} for login in _READERS}
SEES["manager"] = {"decision1", "rule"}
SEES["away_manager"] = {"away_rule"}
SEES["chief"] = SEES["admin"] = {"decision1", "rule", "away_rule"}

ROOT_LISTS: dict[str, set[str]] = {"dispatchRules": {"rule", "away_rule"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {"dispatchQueue": ({"order0"}, set[str]())}
# A resident sees the own order, not that it waits.
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {("resident", "dispatchQueue"): set[str]()}
SINGLES = {"dispatchRule": "DispatchRule", "dispatchDecision": "DispatchDecision"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`."""
    ticket = f'id: "{of["ticket0"]}"'
    return [
        ("dispatchRuleSet", f'input: {{ propertyId: "{of["home"]}", expectedVersion: 1, rounds: 3 }}'),
        ("ticketOpenWorkOrder", f"{ticket}, input: {{ expectedVersion: 1 }}"),
    ]
