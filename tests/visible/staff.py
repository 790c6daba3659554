"""Skills and teams, by hand.

- Skills and who has them: whoever holds staff.read anywhere.
- Teams, their members, shifts: with staff.read there.
- Who works when: with roster.read there (manager, control room, service desk, auditor), and everybody the own.
- Who is there now: with roster.read there, too. Who came when, what was corrected: with attendance.read there (manager,
  auditor), and everybody the own.
- Photos of it: with staff.manage there (manager), and everybody the own.
"""

from __future__ import annotations

SKILLS = {"electrics", "plumbing", "tech1_skill", "tech2_skill"}
HOME = {"team", "member", "member2", "shift"}
AWAY = {"away_team", "away_member", "away_shift"}
DUTIES = {"duty1", "duty2"}
STAYS = {"stay1", "stay2", "correction"}
AWAY_DUTIES = {"away_duty", "away_stay"}  # of who may all there

_AT_HOME = (
    *("manager", "control", "tech1", "tech2", "cashier", "guard", "cleaner", "desk", "buyer", "auditor"),
    *("chief", "admin"),
)
SEES: dict[str, set[str]] = dict.fromkeys(_AT_HOME, SKILLS | HOME)
SEES |= dict.fromkeys(("chief", "admin"), SKILLS | HOME | AWAY)
SEES["away_manager"] = SKILLS | AWAY
for _login in ("manager", "control", "desk", "auditor", "chief", "admin"):
    SEES[_login] = SEES[_login] | DUTIES
for _login in ("control", "desk"):
    SEES[_login] = SEES[_login] | {"stay1"}  # who is there now
for _login in ("manager", "auditor", "chief", "admin"):
    SEES[_login] = SEES[_login] | STAYS
for _login in ("manager", "chief", "admin"):
    SEES[_login] = SEES[_login] | {"attendance_file"}
for _login in ("away_manager", "chief", "admin"):
    SEES[_login] = SEES[_login] | AWAY_DUTIES
SEES["tech1"] = SEES["tech1"] | {"duty1", "stay1"}
SEES["tech2"] = SEES["tech2"] | {"duty2", "stay2", "correction", "attendance_file"}

ROOT_LISTS: dict[str, set[str]] = {"skills": {"electrics", "plumbing"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {
    "teams": ({"team"}, {"away_team"}),
    "shifts": ({"shift"}, {"away_shift"}),
    "roster": ({"duty1", "duty2"}, {"away_duty"}),
    "attendances": ({"stay1", "stay2"}, {"away_stay"}),
    "staffPresent": ({"stay1"}, set()),
    "staffMissing": (set(), {"away_duty"}),
    "staffOnDuty": ({"duty1"}, {"away_duty"}),
}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"skill": "Skill", "team": "Team", "shift": "Shift", "shiftAssignment": "ShiftAssignment"}
SINGLES["attendance"] = "Attendance"


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`."""
    version = "expectedVersion: 1"
    minutes = "toleranceMinutes: 5, aheadMinutes: 60, closeMinutes: 240"
    here, who = f'propertyId: "{own["home"]}", name: "n"', f'staffId: "{own["guard_staff"]}"'
    return [
        ("skillUpdate", f'id: "{of["plumbing"]}", input: {{ {version}, name: "n" }}'),
        ("skillArchive", f'id: "{of["plumbing"]}", input: {{ {version} }}'),
        ("staffSkillSet", f'input: {{ staffId: "{of["guard_staff"]}", skillId: "{own["plumbing"]}", level: 1 }}'),
        ("staffSkillSet", f'input: {{ {who}, skillId: "{of["plumbing"]}", level: 1 }}'),
        ("teamCreate", f'input: {{ propertyId: "{of["home"]}", name: "n" }}'),
        ("teamCreate", f'input: {{ {here}, leaderId: "{of["tech1_staff"]}" }}'),
        ("teamUpdate", f'id: "{of["team"]}", input: {{ {version}, name: "n" }}'),
        ("teamUpdate", f'id: "{own["team"]}", input: {{ {version}, leaderId: "{of["tech1_staff"]}" }}'),
        ("teamArchive", f'id: "{of["team"]}", input: {{ {version} }}'),
        ("teamMemberAdd", f'input: {{ teamId: "{of["team"]}", {who} }}'),
        ("teamMemberAdd", f'input: {{ teamId: "{own["team"]}", staffId: "{of["guard_staff"]}" }}'),
        ("shiftCreate", f'input: {{ propertyId: "{of["home"]}", name: "n", startsAt: "08:00", endsAt: "09:00" }}'),
        ("shiftArchive", f'id: "{of["shift"]}", input: {{ {version} }}'),
        ("shiftUnassign", f'id: "{of["duty1"]}", input: {{ {version} }}'),
        ("attendanceCheckIn", f'input: {{ propertyId: "{of["home"]}" }}'),
        ("attendanceCheckOut", f'id: "{of["stay1"]}", input: {{}}'),
        ("attendanceCorrect", f'id: "{of["stay2"]}", input: {{ {version}, reason: "n" }}'),
        ("propertySetAttendance", f'id: "{of["home"]}", input: {{ {version}, {minutes} }}'),
        ("teamMemberRemove", f'id: "{of["member"]}", input: {{ {version} }}'),
    ]
