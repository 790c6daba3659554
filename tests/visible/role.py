"""Roles: written by hand.

- Assignments: everybody sees the own ones; with account.read or role.manage there those of everybody.
- The company's own roles: with account.read or role.manage anywhere, and for who was given one.
"""

from __future__ import annotations

HOME = {
    f"{login}_role"
    for login in (
        "manager",
        "control",
        "tech1",
        "tech2",
        "cashier",
        "guard",
        "cleaner",
        "desk",
        "buyer",
        "auditor",
        "custom",
        "program",
    )
}
EVERYWHERE = {"chief_role", "admin_role"}

SEES: dict[str, set[str]] = {
    **{
        login: {f"{login}_role"}
        for login in ("control", "tech1", "tech2", "cashier", "guard", "cleaner", "desk", "buyer", "program")
    },
    "manager": HOME | {"custom_made"},
    "auditor": HOME | {"custom_made"},
    "away_manager": {"away_manager_role", "custom_made"},
    "chief": HOME | EVERYWHERE | {"away_manager_role", "custom_made"},
    "admin": HOME | EVERYWHERE | {"away_manager_role", "custom_made"},
    "custom": {"custom_role", "custom_made"},
}
ROOT_LISTS = {"roleAssignments": HOME | EVERYWHERE | {"away_manager_role"}, "customRoles": {"custom_made"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"roleAssignment": "RoleAssignment", "customRole": "CustomRole"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`."""
    version = "expectedVersion: 1"
    return [
        ("roleAssign", f'input: {{ accountId: "{of["guard"]}", role: CLEANER, propertyId: "{own["home"]}" }}'),
        ("roleAssign", f'input: {{ accountId: "{own["guard"]}", role: CLEANER, propertyId: "{of["home"]}" }}'),
        ("roleAssign", f'input: {{ accountId: "{own["guard"]}", customRoleId: "{of["custom_made"]}" }}'),
        ("roleRevoke", f'id: "{of["guard_role"]}"'),
        ("customRoleUpdate", f'id: "{of["custom_made"]}", input: {{ {version}, name: "n" }}'),
        ("customRoleArchive", f'id: "{of["custom_made"]}", input: {{ {version} }}'),
        ("accountCreate", f'input: {{ login: "x", staffId: "{of["guard_staff"]}" }}'),
        ("accountCreate", f'input: {{ login: "x", personId: "{of["resident_person"]}" }}'),
        ("accountDisable", f'id: "{of["guard"]}", input: {{ {version} }}'),
        ("accountEnable", f'id: "{of["guard"]}", input: {{ {version} }}'),
        ("accountUpdate", f'id: "{of["guard"]}", input: {{ {version}, locale: "en" }}'),
        (
            "occupancyCreate",
            f'input: {{ unitId: "{of["unit0"]}", personId: "{own["resident_person"]}", kind: TENANT }}',
        ),
        (
            "occupancyCreate",
            f'input: {{ unitId: "{own["unit0"]}", personId: "{of["resident_person"]}", kind: TENANT }}',
        ),
        ("occupancyEnd", f'id: "{of["resident_occupancy"]}", input: {{ {version} }}'),
    ]
