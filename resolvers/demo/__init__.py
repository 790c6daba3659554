"""Loads the demo's estate into an empty database: sheets through the import, then people, machines and a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.demo import DATA, PASSWORD, write_handover
from adapters.demo.generate.table import FILES
from adapters.demo.plan import SEED
from adapters.demo.team import ORGANIZATION
from models.rules.data_import import ImportState
from resolvers.data_import import NewImport, faults_of, import_sheet
from resolvers.demo.access import write_passages
from resolvers.demo.attendance import write_attendance
from resolvers.demo.bill import MONTHS, write_bills
from resolvers.demo.charge import write_charges
from resolvers.demo.dispatch import write_rule
from resolvers.demo.equipment import Equipment
from resolvers.demo.forum import write_forum
from resolvers.demo.load import Load
from resolvers.demo.notification import write_notifications
from resolvers.demo.people import Crew
from resolvers.demo.security import write_alarms, write_readings, write_rejected
from resolvers.demo.sla import write_levels
from resolvers.demo.staff import write_roster, write_teams
from resolvers.demo.stock import write_stock
from resolvers.demo.ticket import write_tickets

if TYPE_CHECKING:
    from collections.abc import Callable

    from resolvers.ports import House

__all__ = ["load_demo"]


async def load_demo(house: House, say: Callable[[str], None], seed: int = SEED, months: int = MONTHS) -> bool:
    """Load the demo unless the database has an Organization; False when it has one.

    The same seed and instant give the same rows, but for what must not be foreseen: secrets of devices, salts and
    nonces. Bills go back `months`. `say` is told each part as it is done. Accounts and tokens are written to
    Settings.demo_path at the end.
    """
    if await house.database.call("organizations"):
        return False
    load = Load.begin(house, seed)
    await load.found(*ORGANIZATION)
    await _sheets(load, say)
    await load.look_up()
    crew = Crew(load, await house.passwords.hash(PASSWORD))
    await crew.hire()
    await crew.settle()
    equipment = Equipment(load)
    await equipment.install()
    say(f"{len(crew.accounts)} staff, {len(equipment.gates)} gates, {len(equipment.cameras)} cameras")
    say(await write_tickets(load, crew))
    say(await write_stock(load, crew))
    say(await write_passages(load, equipment.gates))
    say(await write_alarms(load, crew, equipment))
    say(await write_readings(load, equipment))
    await write_rejected(load, equipment)
    say(await write_forum(load, crew))
    say(await write_bills(load, crew, months))
    say(await write_charges(load))
    say(await write_teams(load, crew))
    duties = await write_roster(load, crew)
    say(f"{len(duties)} shifts on the roster")
    say(await write_attendance(load, crew, duties))
    say(await write_levels(load))
    say(await write_rule(load))
    say(await write_notifications(load))
    write_handover(house.settings.demo_path, {**_handover(crew, equipment), "programs": [await crew.connect()]})
    return True


async def _sheets(load: Load, say: Callable[[str], None]) -> None:
    """The committed CSV files, through the import that everybody uses."""
    for kind, name in FILES.items():
        wish = NewImport(kind=kind, name=name, content=(DATA / name).read_bytes())
        row = await import_sheet(load.house, load.organization_id, wish)
        if row.state is not ImportState.DONE:
            faults = await faults_of(load.house, row, 5)
            shown = "; ".join(f"row {fault.row_number} {fault.column_name}: {fault.code.value}" for fault in faults)
            raise RuntimeError(f"{name} is not taken: {shown}. Run python -m adapters.demo.generate.")
        say(f"{row.rows_created} {name.removesuffix('.csv')}")


def _handover(crew: Crew, equipment: Equipment) -> dict[str, object]:
    """`accounts` are offered by the page; `cast` are those whom the simulator plays."""
    people = [{**entry, "password": PASSWORD} for entry in crew.cast]
    return {
        "organization": ORGANIZATION[0],
        "accounts": [entry for entry in people if entry["shown"]],
        "cast": [entry for entry in people if entry["played"]],
        "devices": equipment.tokens,
    }
