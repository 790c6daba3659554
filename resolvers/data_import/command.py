"""What `server.py import` does and says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from models.rules.data_import import ImportState
from resolvers.data_import import NewImport, faults_of, import_sheet, summary
from resolvers.organization import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from models import ImportFault
    from resolvers.ports import House

__all__ = ["NewImport", "import_here"]


async def import_here(house: House, slug: str, wish: NewImport, told: Callable[[ImportFault], str]) -> int:
    """Run it in this process, with a line that shows how far it is; 1 when something was wrong with the sheet.

    Raises SettingsError for an Organization that is not there.
    """
    found = await named(house, slug)
    row = await import_sheet(house, found, wish, lambda row: print(f"\r{summary(row)}", end="", flush=True))
    print()
    for fault in await faults_of(house, row):
        print(told(fault), file=sys.stderr)
    return 0 if row.state is ImportState.DONE and not row.rows_bad else 1
