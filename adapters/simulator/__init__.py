"""Plays the demo's estates from outside: residents, technicians, managers, cashier, control room and devices.

It is a client like any other: GraphQL over HTTP and WebSocket, and /ingest/events; what it causes is what the
product shows. The same seed makes the same choices; the speed makes the day shorter, and the hour sets how busy it is.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from adapters.clock import SystemClock
from adapters.demo import read_handover
from adapters.simulator.actor import Stage, logger
from adapters.simulator.cashier import Cashier
from adapters.simulator.control_room import ControlRoom
from adapters.simulator.directory import look_up
from adapters.simulator.gate_device import GateDevice
from adapters.simulator.hour import OPTIONS, Manner, PlayedDay
from adapters.simulator.machine import Machine
from adapters.simulator.manager import Manager
from adapters.simulator.recorder import Recorder
from adapters.simulator.resident import Resident
from adapters.simulator.sequence import Sequences
from adapters.simulator.server import Server, silence_libraries
from adapters.simulator.session import Session
from adapters.simulator.technician import Technician
from adapters.simulator.trouble import CannotStart, Trouble

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from adapters.settings import Settings
    from adapters.simulator.actor import AccountActor, Actor
    from adapters.simulator.device import DeviceActor

__all__ = ["OPTIONS", "Manner", "address", "simulate"]

READY_SECONDS = 60.0
ROLES: dict[str, type[AccountActor]] = {
    "RESIDENT": Resident,
    "TECHNICIAN": Technician,
    "CLEANER": Technician,  # what takes no skill
    "MANAGER": Manager,
    "CASHIER": Cashier,
    "CONTROL_ROOM": ControlRoom,
}
DEVICES: dict[str, type[DeviceActor]] = {"GATE_CONTROLLER": GateDevice, "RECORDER": Recorder}  # the others: Machine


async def simulate(settings: Settings, url: str | None, manner: Manner) -> int:
    """Play until a signal or for `manner.minutes`; the exit code: 0 played, 1 could not start, 2 wrong usage."""
    silence_libraries()
    if fault := manner.fault():
        return _complain(fault, 2)
    handover = read_handover(settings.demo_path)
    if handover is None or "cast" not in handover:
        return _complain(f"{settings.demo_path} is missing or old: run `python server.py demo` on an empty database.")
    server = Server(url or address(settings))
    try:
        with _signals() as stop:
            await _until(stop, _play(settings, server, handover, manner))
    except CannotStart as error:
        return _complain(str(error))
    finally:
        await server.close()
    return 0


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end, or cut it off when `stop` is set or we are cancelled."""
    play, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({play, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        play.cancel()
    with suppress(asyncio.CancelledError):
        await play


def address(settings: Settings) -> str:
    """Where a server with these settings is found from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{settings.port}"


async def _play(settings: Settings, server: Server, handover: dict[str, Any], manner: Manner) -> None:
    await server.wait_until_ready(READY_SECONDS)
    clock = SystemClock()
    try:
        directories = await look_up(Session(server, _guide(handover)))
    except Trouble as trouble:
        raise CannotStart(
            f"{server.url} does not take the demo's control room ({trouble}). {settings.demo_path} belongs to another"
            " database: run `python server.py demo` against an empty one."
        ) from None
    sequences = Sequences(settings.state_path / "simulator.sequence", clock)
    stage = Stage(server, directories, sequences, clock, PlayedDay(clock, manner), manner.seed, manner.speed)
    actors = _actors(stage, handover)
    logger.info(
        "%d actors play %s at %s from %04.1f o'clock, speed %g, seed %d",
        len(actors),
        ", ".join(place.property_name for place in directories.values()),
        server.url,
        stage.day.hour(),
        manner.speed,
        manner.seed,
    )
    with suppress(TimeoutError):
        seconds = None if manner.minutes is None else manner.minutes * 60
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for actor in actors:
                group.create_task(actor.run(), name=actor.name)


def _guide(handover: dict[str, Any]) -> dict[str, str]:
    """Who sees all estates."""
    for account in handover["cast"]:
        if account["role"] == "CONTROL_ROOM":
            found: dict[str, str] = account
            return found
    raise CannotStart("the demo has no control room's account.")


def _actors(stage: Stage, handover: dict[str, Any]) -> list[Actor]:
    players: list[Actor] = [ROLES[a["role"]](stage, a) for a in handover["cast"] if a["role"] in ROLES]
    return players + [DEVICES.get(device["kind"], Machine)(stage, device) for device in handover["devices"]]


@contextmanager
def _signals() -> Iterator[asyncio.Event]:
    """An event that SIGTERM or SIGINT sets, so that we end with exit code 0 and without a traceback."""
    stop, loop, numbers = asyncio.Event(), asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGINT)
    with suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread: whoever embeds us cancels us
        for number in numbers:
            loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _complain(text: str, code: int = 1) -> int:
    print(f"error: {text}", file=sys.stderr)  # noqa: T201 - the command line's output
    return code
