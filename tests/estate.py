"""The demo's estate, loaded once for all tests and workers by the real command, and copied for each that changes it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.servers.product import Product

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LOADING_SECONDS = 240.0  # on a machine that is busy with the other tests


@dataclass(frozen=True)
class Estate:
    """A folder with the state of a loaded demo, and what the command printed."""

    state: Path
    printed: str

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.state / "wuye.db"

    @property
    def handover(self) -> dict[str, Any]:
        """Accounts and tokens."""
        found: dict[str, Any] = json.loads((self.state / "demo.json").read_text())
        return found

    def product(self, folder: Path) -> Product:
        """A server over a copy of its own, not started."""
        shutil.copytree(self.state, folder / "state")
        return Product(folder, DATABASE_URL=f"sqlite://{folder / 'state' / 'wuye.db'}")


def load_estate(factory: pytest.TempPathFactory) -> Estate:
    """The estate that all workers of this run share; whoever comes first loads it."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "estate"
    shared.mkdir(exist_ok=True)
    state = shared / "state"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "printed").exists():
            product = Product(shared, DATABASE_URL=f"sqlite://{state / 'wuye.db'}")
            product.command("migrate")
            product.command("demo", seconds=LOADING_SECONDS)
            (shared / "printed").write_text(product.output())
    return Estate(state, (shared / "printed").read_text())
