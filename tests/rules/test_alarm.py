"""Alarms and devices as rules: how long one waits, how urgent its order is, when a device is silent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.rules.alarm import DEFAULT_WAITS, AlarmSeverity, at_least, level_at, priority_of, trouble_severity
from models.rules.device import DeviceKind, DeviceStatus, silence_alarms, silent_after
from models.rules.ticket import Priority
from tests.factories.tenant import NOW


@pytest.mark.parametrize(
    ("waits", "minutes", "level"),
    [
        ((), 10_000, 0),
        ((10,), 9.99, 0),
        ((10,), 10, 1),
        ((10,), 10_000, 1),
        ((10, 20, 30), 29.99, 1),
        ((10, 20, 30), 30, 2),
        ((10, 20, 30), 60, 3),
        ((0, 0), 0, 2),
        ((10,), -5, 0),
    ],
)
def test_the_level_follows_from_the_waits(waits: tuple[int, ...], minutes: float, level: int) -> None:
    assert level_at(waits, NOW, NOW + timedelta(minutes=minutes)) == level


def test_every_severity_has_waits_and_the_worse_waits_shorter() -> None:
    assert set(DEFAULT_WAITS) == set(AlarmSeverity)
    first = [DEFAULT_WAITS[severity][0] for severity in AlarmSeverity if DEFAULT_WAITS[severity]]
    assert first == sorted(first, reverse=True)
    assert DEFAULT_WAITS[AlarmSeverity.INFO] == ()


def test_severities_are_ordered() -> None:
    order = ["INFO", "WARNING", "MINOR", "MAJOR", "CRITICAL"]
    assert [severity.name for severity in sorted(AlarmSeverity)] == order
    assert at_least(AlarmSeverity.MAJOR) == {4, 5}
    assert at_least(AlarmSeverity.INFO) == {1, 2, 3, 4, 5}
    ranks = [list(Priority).index(priority_of(severity)) for severity in AlarmSeverity]
    assert ranks == sorted(ranks)
    assert priority_of(AlarmSeverity.CRITICAL) is Priority.URGENT


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        (DeviceKind.FIRE, AlarmSeverity.MAJOR),
        (DeviceKind.LIFT, AlarmSeverity.MAJOR),
        (DeviceKind.GATE_CONTROLLER, AlarmSeverity.MAJOR),
        (DeviceKind.METER, AlarmSeverity.MINOR),
        (DeviceKind.LIGHTING, AlarmSeverity.MINOR),
    ],
)
def test_trouble_is_worse_where_people_depend_on_it(kind: DeviceKind, severity: AlarmSeverity) -> None:
    assert trouble_severity(kind) is severity


def test_two_missed_heartbeats_are_silence() -> None:
    assert silent_after(NOW, 60, 5) == NOW + timedelta(seconds=125)
    assert [status.name for status in DeviceStatus if silence_alarms(status)] == ["IN_SERVICE"]
