"""Looks every second for imports to run: one at a time in each process, beside the short jobs."""

from __future__ import annotations

from resolvers.data_import import work_one
from resolvers.jobs.looker import Looker


class ImportRunner(Looker):
    """Runs waiting imports; whoever comes next goes on from the last chunk that was committed."""

    WORK = "imports"

    async def run_one(self) -> bool:
        """Run the import that waits longest to its end."""
        return await work_one(self._house)
