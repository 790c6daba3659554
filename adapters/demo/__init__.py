"""The demo estate: its plan and words, its sheets (`data/`, made by `generate`), and the hand-over of its accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.settings import Settings

PASSWORD = "wuye-demo-2026"  # noqa: S105 - printed on the screen: the demo is for everybody
DATA = Path(__file__).parent / "data"


def write_handover(path: Path, handover: dict[str, Any]) -> None:
    """Keep what the simulator and the page may know; only this user can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(handover, ensure_ascii=False, indent=1))
    draft.replace(path)


def read_handover(path: Path) -> dict[str, Any] | None:
    """Accounts and device tokens of the demo; None when this is none."""
    if not path.exists():
        return None
    handover: dict[str, Any] = json.loads(path.read_text())
    return handover


def demo_accounts(path: Path) -> list[dict[str, str]]:
    """The accounts that GraphiQL offers; empty outside the demo."""
    handover = read_handover(path)
    return [] if handover is None else handover["accounts"]


def announce(settings: Settings) -> None:
    """Print where to look and whom to be."""
    address = f"http://{'127.0.0.1' if settings.host in ('0.0.0.0', '::') else settings.host}:{settings.port}"  # noqa: S104 - compared, not bound
    wall = f"control room   {address}/control-room      " if settings.control_room else ""
    lines = ["", f"  GraphiQL   {address}/graphql      {wall}health   {address}/health/ready", ""]
    accounts = demo_accounts(settings.demo_path)
    if accounts:
        lines.append(f"  organization {accounts[0]['organization']}, password {PASSWORD}, and one of:")
        lines += [f"    {a['login']:<12}{a['role']:<20}{a['name']}" for a in accounts]
    print("\n".join(lines), flush=True)  # noqa: T201 - the command line's output
