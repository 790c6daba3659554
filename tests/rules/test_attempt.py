"""Attempts: when there is room for another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.attempt import Room, Try, network, room

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def tries(*seconds: float, failed: bool = True) -> list[Try]:
    return [Try(NOW - timedelta(seconds=ago), failed) for ago in seconds]


@pytest.mark.parametrize(
    ("made", "answer"),
    [
        ([], (Room.FREE, 0.0)),
        (tries(1, 2), (Room.FREE, 0.0)),
        (tries(1, 2, 3), (Room.FULL, 897.0)),
        (tries(1, 2, 899), (Room.FULL, 1.0)),
        (tries(1, 2, 899.5), (Room.FULL, 1.0)),  # never "in 0 seconds"
        (tries(1, 2, 900), (Room.FREE, 0.0)),  # the oldest has left the window
        (tries(1, 2, 3, 4), (Room.FULL, 897.0)),  # a lowered limit: two have to leave
        (tries(1, 2) + tries(1, failed=False), (Room.BUSY, 1.0)),
        (tries(1, 2, 29, failed=False), (Room.BUSY, 1.0)),
        (tries(1, 2) + tries(30, failed=False), (Room.FULL, 870.0)),  # cut off: counts as failed
    ],
)
def test_room_for_one_more_of_three(made: list[Try], answer: tuple[Room, float]) -> None:
    assert room(made, 3, WINDOW, NOW) == answer


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("testclient", "testclient"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted
