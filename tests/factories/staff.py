"""Skills of the company; a team, a shift, who works it and who came in each Property."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import models
from models.rules.attendance import AttendanceStatus

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
    _stays(builder)


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
            settled_at=datetime(2026, 11, day, 8, tzinfo=UTC) if day < 22 else None,
            **where,
        )


def _stays(builder: Builder) -> None:
    """tech1 is at work; tech2's stay of the day before was corrected; away_manager has gone already."""
    keys = builder.tenant.keys
    for name, duty, login, day, hours in (
        ("stay1", "duty1", "tech1", 22, None),
        ("stay2", "duty2", "tech2", 21, 8),
        ("away_stay", "away_duty", "away_manager", 22, 1),
    ):
        start = datetime(2026, 11, day, 0, tzinfo=UTC)
        end = None if hours is None else start + timedelta(hours=hours)
        builder.add(
            name,
            models.Attendance,
            property_id=keys["away" if login == "away_manager" else "home"],
            staff_id=keys[f"{login}_staff"],
            shift_assignment_id=keys[duty],
            status=AttendanceStatus.OPEN if end is None else AttendanceStatus.CLOSED,
            day=date(2026, 11, day),
            checked_in_at=start,
            in_device=f"{builder.tenant.slug} phone",
            checked_out_at=end,
            close_at=start + timedelta(hours=12),
            minutes=None if hours is None else 60 * hours,
        )
    builder.add(
        "correction",
        models.AttendanceCorrection,
        property_id=keys["home"],
        attendance_id=keys["stay2"],
        staff_id=keys["tech2_staff"],
        account_id=keys["manager"],
        corrected_by_id=keys["manager_staff"],
        reason=f"{builder.tenant.slug} 忘记签退",
        from_status=AttendanceStatus.FORGOTTEN,
        from_checked_in_at=datetime(2026, 11, 21, 0, tzinfo=UTC),
        to_checked_in_at=datetime(2026, 11, 21, 0, tzinfo=UTC),
        to_checked_out_at=datetime(2026, 11, 21, 8, tzinfo=UTC),
    )
