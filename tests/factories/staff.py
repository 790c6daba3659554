"""Skills of the company; a team, a shift and who works it in each Property."""

from __future__ import annotations

from datetime import UTC, date, datetime
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
    _shifts(builder)


def _shifts(builder: Builder) -> None:
    """tech1 is on the early shift of the world's day (NOW is 10:00 there), tech2 was on the day before."""
    keys, slug = builder.tenant.keys, builder.tenant.slug
    for mark, place in (("", "home"), ("away_", "away")):
        pattern = {"name": f"{slug} 早班", "starts_at": "08:00", "ends_at": "16:00"}
        pauses = {"break_minutes": 30, "rest_minutes": 660, "archived_at": None}
        builder.add(f"{mark}shift", models.Shift, property_id=keys[place], **pattern, **pauses)
    duties = (("duty1", "", "tech1", 22), ("duty2", "", "tech2", 21), ("away_duty", "away_", "away_manager", 22))
    for name, mark, login, day in duties:
        where = {"property_id": keys["away" if mark else "home"], "shift_id": keys[f"{mark}shift"]}
        builder.add(
            name,
            models.ShiftAssignment,
            staff_id=keys[f"{login}_staff"],
            day=date(2026, 11, day),
            starts_at=datetime(2026, 11, day, 0, tzinfo=UTC),
            ends_at=datetime(2026, 11, day, 8, tzinfo=UTC),
            cancelled_at=None,
            **where,
        )
