"""docs/live-core.md names the functions that an event passes: here one passes them, in that order."""

from __future__ import annotations

import importlib
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.database import Database
from subscriptions.hub import hub
from tests.conftest import serving
from tests.live.talk import ACCESS, at_rest, live_cursor, pass_gate, reasons
from tests.live.websocket import talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    import pytest

    from resolvers.ports import House
    from tests.conftest import Live
    from tests.factories.world import World

PAGE = (Path(__file__).parents[2] / "docs" / "live-core.md").read_text()
MOST = 12


def code_of(name: str, live: Live) -> CodeType:
    """Of the function with that dotted name; of a protocol's method, where it is implemented here."""
    module, path = name, list[str]()
    while True:
        try:
            found: Any = importlib.import_module(module)
            break
        except ImportError:
            module, _, last = module.rpartition(".")
            path.insert(0, last)
    for part in path:
        found = getattr(type(live.house.database) if found is Database else found, part)
    code: CodeType = found.__code__
    return code


@contextmanager
def passed(among: set[CodeType]) -> Iterator[list[CodeType]]:
    """Which of these this thread enters meanwhile, each once; going on after a wait is entering too."""
    seen: list[CodeType] = []

    def enters(frame: Any, event: str, _: object) -> None:
        if event == "call" and frame.f_code in among and frame.f_code not in seen:
            seen.append(frame.f_code)

    sys.setprofile(enters)
    try:
        yield seen
    finally:
        sys.setprofile(None)


async def test_the_walk_of_one_event(house: House, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_SECONDS", 3600.0)  # by its ring alone
    names = re.findall(r"^\d+\. `([\w.]+)`", PAGE, re.MULTILINE)
    assert 8 < len(names) <= MOST
    async with serving(house, world) as live, talk(live.websocket_url, world.acme.token("control")) as socket:
        start = await live_cursor(live.client)
        await socket.subscribe("1", ACCESS, property=world.acme.id("home"), after=start)
        await pass_gate(live.client, 1)
        assert reasons(await socket.results("1", 1)) == [1]
        await at_rest()
        codes = {code_of(name, live): name for name in names}
        with passed(set(codes)) as seen:
            await pass_gate(live.client, 2)
            assert reasons(await socket.results("1", 1)) == [2]
    assert [codes[code] for code in seen] == names
