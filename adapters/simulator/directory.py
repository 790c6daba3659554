"""Who and what there is in the demo's Properties: asked of the server once, as its control room."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.simulator.trouble import CannotStart

if TYPE_CHECKING:
    from adapters.simulator.session import Session

PROPERTIES = "query Properties { properties(first: 20) { nodes { id code name } } }"
PEOPLE = """query People($property: ID!, $after: Cursor) {
  occupancies(propertyId: $property, filter: {current: true}, first: 500, after: $after) {
    nodes { person { id } unit { building { id } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
DIRECTORY = """query Directory($property: ID!) {
  gates(propertyId: $property, first: 500) { nodes { id name building { id } } }
  staff(filter: {propertyId: $property, role: TECHNICIAN}, first: 100) { nodes { id name } }
}"""
MOST_PAGES = 10


@dataclass(frozen=True)
class GatePlace:
    """A gate's name and the building it leads into."""

    name: str
    building: str | None


@dataclass(frozen=True)
class Directory:
    """Ids of one Property as the contract gives them."""

    property_id: str
    property_name: str
    people: dict[str | None, tuple[str, ...]]  # by building; under None all of them
    gates: dict[str, GatePlace]
    technicians: dict[str, str]  # names by id

    def people_at(self, gate_id: str) -> tuple[str, ...]:
        """Who passes there: those who live in its building, or anybody."""
        gate = self.gates.get(gate_id)
        return self.people.get(gate.building if gate else None) or self.people.get(None, ())

    def gate_name(self, gate_id: str) -> str:
        """What people call it."""
        return self.gates[gate_id].name if gate_id in self.gates else gate_id


async def look_up(session: Session) -> dict[str, Directory]:
    """Ask the server; by the Property's code. Raises CannotStart when there is none, Trouble without an answer."""
    places = (await session.read(PROPERTIES))["properties"]["nodes"]
    if not places:
        raise CannotStart("the demo's control room has no property: load the demo (`python server.py demo`) again.")
    return {place["code"]: await _directory(session, place) for place in places}


async def _directory(session: Session, place: dict[str, Any]) -> Directory:
    data = await session.read(DIRECTORY, property=place["id"])
    return Directory(
        property_id=place["id"],
        property_name=place["name"],
        people=_people(await _occupancies(session, place["id"])),
        gates={g["id"]: GatePlace(g["name"], (g["building"] or {}).get("id")) for g in data["gates"]["nodes"]},
        technicians={s["id"]: s["name"] for s in data["staff"]["nodes"]},
    )


async def _occupancies(session: Session, property_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    for _ in range(MOST_PAGES):
        page = (await session.read(PEOPLE, property=property_id, after=after))["occupancies"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    return found


def _people(occupancies: list[dict[str, Any]]) -> dict[str | None, tuple[str, ...]]:
    found: defaultdict[str | None, dict[str, None]] = defaultdict(dict)  # a dict keeps the server's order
    for occupancy in occupancies:
        if occupancy["person"] is None:
            continue
        found[None][occupancy["person"]["id"]] = None
        building = (occupancy["unit"] or {}).get("building")
        if building:
            found[building["id"]][occupancy["person"]["id"]] = None
    return {building: tuple(people) for building, people in found.items()}
