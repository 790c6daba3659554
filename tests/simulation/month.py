"""What happens in a month, drawn from a seed before anybody decides: the same for every policy that is compared.

60 people in three shifts (more by day), each with one to three skills; repairs with two peaks a day and a few bad days
(a burst pipe, a storm) on which one trade is asked for three times as often; people who do not come, go home ill, give
an order back or overlook it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from uuid import UUID

from models.rules.dispatch import Job, Spot
from models.rules.ticket import Priority

DAY = 24 * 60  # minutes are the unit of all times
SHIFTS = ((8 * 60, 16 * 60), (16 * 60, 24 * 60), (0, 8 * 60))
SHARES = (0.5, 0.35, 0.15)  # of the people, by shift
SKILLS = ("水", "电", "木", "锁", "弱电")
_HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 9, 8, 6, 5, 5, 5, 5, 5, 6, 8, 10, 10, 8, 5, 3, 2)  # arrivals by hour of the day
_PRIORITIES = ((Priority.LOW, 0.15), (Priority.NORMAL, 0.6), (Priority.HIGH, 0.18), (Priority.URGENT, 0.07))
BUILDINGS, UNITS = 20, 60
ESTATE = UUID(int=1)


@dataclass(frozen=True)
class Person:
    """Somebody who works: which shift, which skills, and from when to when on which days."""

    id: UUID
    skills: dict[str, int]
    duties: tuple[tuple[int, int], ...]  # as the roster says
    there: tuple[tuple[int, int], ...]  # as it came


@dataclass(frozen=True)
class Call:
    """A ticket and what the work will take, whoever does it; `moods` decide whether who is asked gives it back."""

    at: int
    job: Job
    minutes: float
    moods: tuple[float, ...]


@dataclass(frozen=True)
class Month:
    """All that happens."""

    people: tuple[Person, ...]
    calls: tuple[Call, ...]


def month(seed: int, staff: int = 60, calls: int = 10_000, days: int = 30) -> Month:
    """The month of a seed."""
    chance = Random(seed)
    people = tuple(_person(chance, n, staff, days) for n in range(staff))
    bad = {chance.randrange(days): chance.choice(SKILLS) for _ in range(max(days // 8, 1))}
    weights = [hour * (1.5 if day in bad else 1) for day in range(days) for hour in _HOURS]
    hours = chance.choices(range(days * 24), weights, k=calls)
    times = sorted(hour * 60 + chance.randrange(60) for hour in hours)
    return Month(people, tuple(_call(chance, at, bad.get(at // DAY)) for at in times))


def _person(chance: Random, n: int, staff: int, days: int) -> Person:
    """Six days of work, then one off; of the duties 4 in 100 are missed, 3 in 100 end early."""
    part = n / staff
    shift = 0 if part < SHARES[0] else 1 if part < SHARES[0] + SHARES[1] else 2
    start, end = SHIFTS[shift]
    # Each trade is there in each shift: the first one goes round, the others are luck.
    known = {SKILLS[n % len(SKILLS)], *chance.sample(SKILLS, chance.choice((0, 1, 1, 2)))}
    duties = tuple((day * DAY + start, day * DAY + end) for day in range(days) if (day + n) % 7 != 6)
    there = []
    for begin, finish in duties:
        luck = chance.random()
        if luck < 0.04:
            continue
        there.append((begin, begin + chance.randrange(60, finish - begin) if luck < 0.07 else finish))
    levels = {skill: chance.choice((1, 2, 2, 3)) for skill in sorted(known)}
    return Person(UUID(int=1_000 + n), levels, duties, tuple(there))


def _call(chance: Random, at: int, trouble: str | None) -> Call:
    often = [3.0 if skill == trouble else 1.0 for skill in SKILLS]
    (skill,) = chance.choices(SKILLS, often)
    (priority,) = chance.choices([one for one, _ in _PRIORITIES], [share for _, share in _PRIORITIES])
    building = chance.randrange(BUILDINGS)
    unit = building * UNITS + chance.randrange(UNITS)
    place = Spot(ESTATE, UUID(int=10_000 + building), UUID(int=100_000 + unit))
    minutes = min(max(chance.lognormvariate(3.3, 0.6), 5.0), 180.0)
    needed = skill if chance.random() < 0.8 else None  # a fifth takes no trade
    return Call(at, Job(place, priority, needed), minutes, tuple(chance.random() for _ in range(12)))
