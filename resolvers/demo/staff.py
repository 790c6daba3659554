"""What the demo's technicians are able to do, and the teams of each estate, and a fortnight of their shifts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.demo.talk import HOME, TROUBLES, WORK
from models import Shift, ShiftAssignment, Skill, StaffSkill, Team, TeamMember
from models.rules.place import PropertyKind
from models.rules.shift import DEFAULT_REST, span
from models.rules.skill import LEVELS
from models.rules.ticket import TicketKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models import Property, Staff
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

TEAMS = {"维修班": ("维修", "维保"), "秩序班": ("秩序维护员",), "保洁班": ("保洁员",)}  # by the ends of titles
SHIFTS = (("早班", "08:00", "16:00"), ("中班", "16:00", "00:00"), ("夜班", "00:00", "08:00"))
DAYS = range(-7, 7)  # of the roster, from today
FREE = 6  # days of work, then one off
KNOWS = 0.6  # of a technician and a trouble of his estate


async def write_teams(load: Load, crew: Crew) -> str:
    """Write them; what was written, in words."""
    at, chance = load.at(load.begun, 9 * 3600), load.chance("skills")
    skills: dict[str, Skill] = {}
    able: list[StaffSkill] = []
    teams: list[Team] = []
    members: list[TeamMember] = []
    for code, estate in load.properties.items():
        troubles = TROUBLES[HOME if estate.kind is PropertyKind.RESIDENTIAL else WORK][TicketKind.REPAIR]
        # An order names what it takes by the skill's code, as the categories of tickets do.
        names = list(dict.fromkeys(name for name, _ in troubles))
        skills |= {name: load.row(Skill, at, code=name, name=name) for name in names if name not in skills}
        for title, ends in TEAMS.items():
            people: list[Staff] = [one for one in crew.staff[code] if one.title.endswith(ends)]
            leader = people[0]
            team = load.row(Team, at, property_id=estate.id, leader_id=leader.id, name=title)
            teams.append(team)
            stay = {"property_id": estate.id, "team_id": team.id, "joined_on": load.begun}
            members += [load.row(TeamMember, at, staff_id=one.id, **stay) for one in people]
            if title != "维修班":
                continue
            able += [
                load.row(StaffSkill, at, staff_id=one.id, skill_id=skills[name].id, level=chance.choice(LEVELS))
                for one in people
                for name in names
                if one is leader or chance.random() < KNOWS
            ]
    await load.save(list(skills.values()), able, teams, members)
    return f"{len(skills)} skills, {len(teams)} teams"


async def write_roster(load: Load, crew: Crew) -> list[ShiftAssignment]:
    """Shifts of each estate; whoever stands watch works the same one all the time, so that each is covered."""
    at = load.at(load.begun, 9 * 3600)
    pauses = {"break_minutes": 30, "rest_minutes": DEFAULT_REST}
    shifts: list[Shift] = []
    duties: list[ShiftAssignment] = []
    for code, estate in load.properties.items():
        here = [
            load.row(Shift, at, property_id=estate.id, name=name, starts_at=starts_at, ends_at=ends_at, **pauses)
            for name, starts_at, ends_at in SHIFTS
        ]
        shifts += here
        for ends, worked in (("维修", here[:2]), ("维保", here[:2]), ("秩序维护员", here), ("保洁员", here[:1])):
            people = [one for one in crew.staff[code] if one.title.endswith(ends)]
            for n, one in enumerate(people):
                duties += _duties(load, estate, one, worked[n % len(worked)], n)
    await load.save(shifts, duties)
    return duties


def _duties(load: Load, estate: Property, staff: Staff, shift: Shift, place: int) -> Iterator[ShiftAssignment]:
    """The roster was made a week before the first day of it."""
    made = load.now - timedelta(days=14)
    for number in DAYS:
        if (number + place) % (FREE + 1) == FREE:
            continue
        day = load.today + timedelta(days=number)
        start, end = span(day, shift.starts_at, shift.ends_at, estate.time_zone)
        where = {"property_id": estate.id, "shift_id": shift.id, "staff_id": staff.id}
        times = {"day": day, "starts_at": start, "ends_at": end, "settled_at": end if end <= load.now else None}
        yield load.row(ShiftAssignment, made, **times, **where)
