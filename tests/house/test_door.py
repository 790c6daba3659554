"""Nothing reads rows of an Organization past models/scope but what tests/house/way_round.py lists, with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.house.way_round import allowed, product, ways

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = """
from models import Ticket, Organization
_TEXT = f"SELECT id FROM ticket WHERE id = {1}"

class Desk:
    async def past(self, unit, id_):
        await Ticket.filter(id=id_).get()
        await unit.unscoped(Ticket, eq("id", id_))
        return await self.house.database.fetch("SELECT t.text FROM organization o JOIN ticket t ON TRUE")

async def any_model(model, id_): return await model.get(id=id_)
async def any_row(row): return await type(row).filter(id=row.id)
async def related(row): await row.fetch_related("reporter")

async def through(unit, model, viewer, id_):
    await unit.find(Ticket, id_, "id")
    await Ticket.filter(to_q(visible(Ticket, viewer))).filter(id=id_).get()
    await Organization.get(id=id_)
    return {}.get("FROM somewhere"), "update ticket by hand"
"""


def test_every_way_round_the_scope_is_listed_and_needed() -> None:
    found, listed = dict(product()), allowed()
    new = {place: count for place, count in found.items() if count > listed.get(place, 0)}
    assert new == {}, "read through unit.find, unit.see, a Query, or visible(); or give the reason in way_round.ALLOWED"
    gone = {place: count for place, count in listed.items() if count > found.get(place, 0)}
    assert gone == {}, "these are not there any more: take them off way_round.ALLOWED"


def test_the_check_can_fail(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(SAMPLE)
    found = ways(tmp_path / "sample.py", "sample.py")
    assert found == {
        "sample.py::": 1,
        "sample.py::Desk.past": 4,
        "sample.py::any_model": 1,
        "sample.py::any_row": 1,
        "sample.py::related": 1,
    }
