"""Skills of the company, and a team in each Property."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import models

if TYPE_CHECKING:
    from tests.factories.world import Builder


def furnish(builder: Builder) -> None:
    """tech1 does electrics and leads the team of `home`; away_manager is in that of `away`."""
    keys, slug = builder.tenant.keys, builder.tenant.slug
    for name, title in (("electrics", "电工"), ("plumbing", "管道工")):
        builder.add(name, models.Skill, code=name, name=f"{slug} {title}", archived_at=None)
    who = {"staff_id": keys["tech1_staff"], "skill_id": keys["electrics"]}
    builder.add("tech1_skill", models.StaffSkill, level=2, ended_at=None, **who)
    doing = {"staff_id": keys["tech2_staff"], "skill_id": keys["plumbing"]}
    builder.add("tech2_skill", models.StaffSkill, level=1, ended_at=None, **doing)
    for mark, place, login in (("", "home", "tech1"), ("away_", "away", "away_manager")):
        staff = keys[f"{login}_staff"]
        there = {"property_id": keys[place]}
        leads = {"leader_id": staff, "name": f"{slug} 维修班", "archived_at": None}
        team = builder.add(f"{mark}team", models.Team, **there, **leads)
        stay = {"team_id": team, "staff_id": staff, "joined_on": date(2026, 1, 1), "left_on": None}
        builder.add(f"{mark}member", models.TeamMember, **there, **stay)
    stay = {"property_id": keys["home"], "team_id": keys["team"], "staff_id": keys["tech2_staff"]}
    builder.add("member2", models.TeamMember, joined_on=date(2026, 1, 1), left_on=None, **stay)
