"""The day that the simulator plays: when it is busy, what happens at night, and how an alarm comes to its end."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.clock import HeldClock
from adapters.demo.day import Pace, at, quiet
from adapters.demo.talk import INCIDENTS
from adapters.simulator.cashier import plan_payment
from adapters.simulator.control_room import chain, next_verb
from adapters.simulator.hour import Manner, PlayedDay
from adapters.simulator.incident import OF_MACHINES, plan_incident
from adapters.simulator.machine import plan_readings
from adapters.simulator.passage import plan_passage
from adapters.simulator.wish import DEEDS, plan_deed, plan_post, plan_reply
from models.rules.alarm import AlarmType
from models.rules.device import DeviceKind
from models.rules.gate import AccessDirection

MONDAY = datetime(2026, 11, 23, 0, tzinfo=UTC)  # 8 o'clock in Hangzhou
CAMERAS = ({"name": "东门岗亭", "key": "east_gate"}, {"name": "北侧围墙", "key": "north_wall"})
HOURS = [quarter / 4 for quarter in range(96)]


def test_people_go_in_the_morning_and_come_in_the_evening() -> None:
    for low, high in ((7, 9), (17, 20)):
        assert min(at(Pace.PASSAGE, hour) for hour in HOURS if low <= hour <= high) >= 1
    busiest = max(HOURS, key=lambda hour: at(Pace.PASSAGE, hour))
    assert 7 <= busiest <= 9 or 17 <= busiest <= 20
    assert at(Pace.HOMECOMING, 8) < 0.3 < 0.7 < at(Pace.HOMECOMING, 18.5)


def test_nights_are_quiet_but_for_incidents() -> None:
    night = [hour for hour in HOURS if quiet(hour)]
    assert night == [hour for hour in HOURS if hour >= 23 or hour < 6]
    assert max(at(Pace.PASSAGE, hour) for hour in HOURS if 0 <= hour < 5) <= 0.1
    assert min(at(Pace.INCIDENT, hour) for hour in night) > max(at(Pace.INCIDENT, hour) for hour in (9, 11, 13, 15))
    assert all(at(Pace.OFFICE, hour) == 0 for hour in night)


def test_a_curve_has_no_jump_at_midnight() -> None:
    for pace in Pace:
        assert abs(at(pace, 23.999) - at(pace, 0)) < 0.01


def test_the_hour_is_the_estates_own() -> None:
    clock = HeldClock(MONDAY + timedelta(minutes=30))
    day = PlayedDay(clock, Manner())
    assert day.hour() == pytest.approx(8.5)
    clock.move(timedelta(hours=1))
    assert day.hour() == pytest.approx(9.5)


def test_a_chosen_hour_and_a_higher_speed() -> None:
    clock = HeldClock(MONDAY)
    day = PlayedDay(clock, Manner(hour=22, speed=12))
    assert day.hour() == pytest.approx(22)
    clock.move(timedelta(minutes=15))
    assert day.hour() == pytest.approx(1)


def test_nobody_hurries_at_a_weekend() -> None:
    clock = HeldClock(MONDAY)
    friday, saturday = (PlayedDay(clock, Manner(hour=8, day=day)) for day in (5, 6))
    assert not friday.weekend()
    assert saturday.weekend()
    assert saturday.pace(Pace.PASSAGE) < friday.pace(Pace.PASSAGE)
    assert saturday.pace(Pace.OFFICE) < friday.pace(Pace.OFFICE)
    clock.move(timedelta(hours=17))
    assert friday.weekend()  # it is one o'clock on Saturday


def test_intruders_come_at_night_only() -> None:
    chance = random.Random(1)
    by_day = {plan_incident(chance, 12, CAMERAS).type for _ in range(500)}
    by_night = {plan_incident(chance, 2, CAMERAS).type for _ in range(500)}
    assert AlarmType.INTRUSION in by_night - by_day
    assert by_day | by_night == {kind[0] for kind in INCIDENTS} - OF_MACHINES


def test_a_rush_goes_one_way() -> None:
    chance = random.Random(1)
    morning = [plan_passage(chance, ("a",), at(Pace.HOMECOMING, 8)).direction for _ in range(500)]
    assert morning.count(AccessDirection.OUT) > 350


def test_residents_do_everything() -> None:
    chance = random.Random(1)
    assert {plan_deed(chance) for _ in range(200)} == set(DEEDS)
    board, title, text = plan_post(chance, ("停车与充电",))
    assert board == "停车与充电"
    assert "{" not in title + text
    assert plan_reply(chance, title)


def test_nobody_pays_more_than_is_owed() -> None:
    chance, owed = random.Random(1), [Decimal("310.25"), Decimal("98.00")]
    paid = [plan_payment(chance, owed) for _ in range(200)]
    assert max(paid) == sum(owed)
    assert 0 < min(paid) < sum(owed)
    assert all(amount == round(amount, 2) for amount in paid)


def test_machines_measure_what_they_have() -> None:
    chance = random.Random(1)
    assert {reading["metric"] for reading in plan_readings(chance, DeviceKind.PUMP, 1)} == {"pressure", "current"}
    assert plan_readings(chance, DeviceKind.FIRE, 1) == []
    busy, idle = (plan_readings(chance, DeviceKind.METER, pace)[0]["value"] for pace in (2, 0.1))
    assert busy > idle


def alarm(**values: Any) -> dict[str, Any]:
    return {"type": "SMOKE", "severity": "CRITICAL", "acknowledgedAt": None, "workOrder": None, **values}


NOTED = {"acknowledgedAt": "2026-11-22T10:00:05Z"}


@pytest.mark.parametrize(
    ("shown", "verb"),
    [
        (alarm(), "alarmAcknowledge"),
        (alarm(type="DEVICE_OFFLINE"), "alarmAcknowledge"),
        (alarm(type="DEVICE_OFFLINE", **NOTED), None),
        (alarm(severity="WARNING", **NOTED), "alarmClear"),
        (alarm(**NOTED), "alarmOpenWorkOrder"),
        (alarm(**NOTED, workOrder={"completedAt": None}), None),
        (alarm(**NOTED, workOrder={"completedAt": "2026-11-22T10:02:00Z"}), "alarmClear"),
    ],
)
def test_an_alarm_goes_its_way(shown: dict[str, Any], verb: str | None) -> None:
    assert next_verb(shown) == verb


def test_a_chain_is_told_in_one_line() -> None:
    order = {
        "number": "261122-ABCDE",
        "assignee": {"name": "张强"},
        "createdAt": "2026-11-22T10:00:10Z",
        "acceptedAt": "2026-11-22T10:00:20Z",
        "startedAt": "2026-11-22T10:00:30Z",
        "completedAt": "2026-11-22T10:01:30Z",
    }
    told = chain(
        alarm(
            summary="大堂：画面出现烟雾",
            firstAt="2026-11-22T10:00:00Z",
            clearedAt="2026-11-22T10:01:40Z",
            workOrder=order,
            **NOTED,
        )
    )
    assert told == (
        "SMOKE 大堂：画面出现烟雾 → acknowledged +5 s → order 261122-ABCDE +10 s → accepted by 张强 +20 s"
        " → started +30 s → done +90 s → cleared +100 s"
    )
