"""The demo property: loaded into an empty database, deterministic by seed, with accounts to sign in with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from adapters.demo.estate import DemoEstate
from adapters.identity import Passwords

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from adapters.database import Database
    from adapters.identity import Identity
    from adapters.settings import Settings

PASSWORD = "wuye-demo-2026"  # noqa: S105 - printed on the screen: the demo is for everybody


async def load_demo(database: Database, identity: Identity, now: datetime, path: Path) -> bool:
    """Load the demo unless the database has an Organization; writes what the simulator needs to `path`."""
    if await database.call("organizations"):
        return False
    password_hash = await Passwords(cheap=True).hash(PASSWORD)
    estate = DemoEstate(identity, now, password_hash)
    async with database.transaction(estate.organization.id):
        await estate.save()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(estate.handover(PASSWORD), ensure_ascii=False, indent=1))
    draft.replace(path)
    return True


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
    lines = ["", f"  GraphiQL   {address}/graphql      health   {address}/health/ready", ""]
    accounts = demo_accounts(settings.demo_path)
    if accounts:
        lines.append(f"  organization {accounts[0]['organization']}, password {PASSWORD}, and one of:")
        lines += [f"    {a['login']:<14}{a['role']:<14}{a['name']}" for a in accounts]
    print("\n".join(lines), flush=True)  # noqa: T201 - the command line's output
