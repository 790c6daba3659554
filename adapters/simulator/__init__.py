"""Plays the demo property from outside: its residents, technicians, manager, control room and gates.

It is a client like any other: GraphQL over HTTP and WebSocket, and /ingest/events; what it causes is what the
product shows. The same seed makes the same choices; the speed only makes the pauses shorter.
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
from adapters.simulator.control_room import ControlRoom
from adapters.simulator.directory import look_up
from adapters.simulator.gate_device import GateDevice
from adapters.simulator.manager import Manager
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

READY_SECONDS = 60.0
ROLES: dict[str, type[AccountActor]] = {
    "RESIDENT": Resident,
    "TECHNICIAN": Technician,
    "MANAGER": Manager,
    "CONTROL_ROOM": ControlRoom,
}


async def simulate(settings: Settings, url: str | None, speed: float, seed: int, minutes: float | None) -> int:
    """Play until a signal or for `minutes`; the exit code: 0 played, 1 could not start, 2 wrong usage."""
    silence_libraries()
    if not speed > 0 or (minutes is not None and not minutes > 0):
        return _complain("--speed and --minutes must be above 0", 2)
    handover = read_handover(settings.demo_path)
    if handover is None:
        return _complain(f"{settings.demo_path} is missing: run `python server.py demo` first.")
    server = Server(url or address(settings))
    try:
        with _signals() as stop:
            await _until(stop, _play(settings, server, handover, (seed, speed, minutes)))
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


async def _play(
    settings: Settings, server: Server, handover: dict[str, Any], manner: tuple[int, float, float | None]
) -> None:
    seed, speed, minutes = manner
    await server.wait_until_ready(READY_SECONDS)
    clock = SystemClock()
    try:
        directory = await look_up(Session(server, _manager(handover)))
    except Trouble as trouble:
        raise CannotStart(
            f"{server.url} does not take the demo's manager ({trouble}). {settings.demo_path} belongs to another"
            " database: run `python server.py demo` against an empty one."
        ) from None
    sequences = Sequences(settings.state_path / "simulator.sequence", clock)
    actors = _actors(Stage(server, directory, sequences, clock, seed, speed), handover)
    logger.info(
        "%d actors play %s at %s, speed %g, seed %d", len(actors), directory.property_name, server.url, speed, seed
    )
    with suppress(TimeoutError):
        async with asyncio.timeout(None if minutes is None else minutes * 60), asyncio.TaskGroup() as group:
            for actor in actors:
                group.create_task(actor.run(), name=actor.name)


def _manager(handover: dict[str, Any]) -> dict[str, str]:
    for account in handover["accounts"]:
        if account["role"] == "MANAGER":
            found: dict[str, str] = account
            return found
    raise CannotStart("the demo has no manager's account.")


def _actors(stage: Stage, handover: dict[str, Any]) -> list[Actor]:
    players: list[Actor] = [ROLES[a["role"]](stage, a) for a in handover["accounts"] if a["role"] in ROLES]
    return players + [GateDevice(stage, device) for device in handover["devices"]]


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
