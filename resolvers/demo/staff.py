"""What the demo's technicians are able to do, and the teams of each estate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.demo.talk import HOME, TROUBLES, WORK
from models import Skill, StaffSkill, Team, TeamMember
from models.rules.place import PropertyKind
from models.rules.skill import LEVELS
from models.rules.ticket import TicketKind

if TYPE_CHECKING:
    from models import Staff
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

TEAMS = {"维修班": ("维修", "维保"), "秩序班": ("秩序维护员",), "保洁班": ("保洁员",)}  # by the ends of titles
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
