"""People and what they hold, from a sheet.

A Person is found by the ID number's hash, else by phone and name in the Organization, else (a row or a Person without
a phone) by name among those who hold the row's Unit. Where ID numbers differ it is somebody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.vault import seal_text
from models import Occupancy, Person
from models.predicate import is_in
from models.rules.permission import Permission
from resolvers.data_import.place import Places

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from models.rules.sheet import Row
    from resolvers.data_import.batch import Batch, Entry

PERSON_COLUMNS = (
    "name",
    "phone",
    "email",
    "id_number_cipher",
    "id_number_hash",
    "id_number_purpose",
    "id_number_consent_on",
    "id_number_consent_version",
)
OCCUPANCY_COLUMNS = ("property_id", "unit_id", "person_id", "kind", "share", "move_in_on", "move_out_on")
_SAID = {"name": "name", "phone": "phone", "email": "email"}
_CONSENT = {
    "id_purpose": "id_number_purpose",
    "id_consent_on": "id_number_consent_on",
    "id_consent_version": "id_number_consent_version",
}


class _People:
    """The people that the rows of a chunk may be about."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._vault = batch.unit.house.vault
        self._by_hash: dict[str, Entry] = {}
        self._by_phone: dict[tuple[str, str], list[Entry]] = {}
        self._by_id: dict[UUID, Entry] = {}
        self.held: dict[UUID, list[Entry]] = {}
        self._elsewhere: set[UUID] = set()

    async def load(self, rows: list[Row], units: Iterable[UUID]) -> None:
        """A handful of statements, however many rows."""
        batch = self._batch
        for occupancy in await batch.rows(Occupancy, is_in("unit_id", units), *OCCUPANCY_COLUMNS):
            self.held.setdefault(occupancy["unit_id"], []).append(occupancy)
        found: list[Entry] = []
        for where in (  # one after the other: each has an index of its own, which OR would not use
            is_in("id_number_hash", {hash_ for row in rows if (hash_ := self.hash_of(row))}),
            is_in("phone", {row.values["phone"] for row in rows if "phone" in row.values}),
            is_in("id", {one["person_id"] for held in self.held.values() for one in held}),
        ):
            found += await batch.rows(Person, where, *PERSON_COLUMNS)
        for person in found:
            self.remember(person)
        if batch.viewer is not None and Permission.IMPORT_RUN not in batch.viewer.everywhere:
            theirs = is_in("person_id", {person.id for person in found})
            for occupancy in await batch.rows(Occupancy, theirs, *OCCUPANCY_COLUMNS):
                if not batch.may(Permission.IMPORT_RUN, occupancy["property_id"]):
                    self._elsewhere.add(occupancy["person_id"])

    def hash_of(self, row: Row) -> str | None:
        """By which the row's ID number is found; None when it has none."""
        number = row.values.get("id_number")
        return self._vault.fingerprint(number, self._batch.unit.organization_id) if number else None

    def remember(self, person: Entry) -> None:
        """Later rows find this Person."""
        self._by_id[person.id] = person
        if person["id_number_hash"]:
            self._by_hash[person["id_number_hash"]] = person
        if person["phone"]:
            there = self._by_phone.setdefault((person["phone"], person["name"]), [])
            if person not in there:
                there.append(person)

    def find(self, row: Row, unit: Entry) -> Entry | None:
        """Who the row is about; None when nobody known is."""
        hash_, phone, name = self.hash_of(row), row.values.get("phone"), row.values["name"]
        if hash_ in self._by_hash:
            return self._by_hash[hash_ or ""]
        here = [self._by_id[one["person_id"]] for one in self.held.get(unit.id, ())]
        known = self._by_phone.get((phone, name), []) if phone else []
        neighbours = [one for one in here if one["name"] == name and None in (phone, one["phone"])]
        for person in (*(one for one in known if one in here), *known, *neighbours):
            if None in (hash_, person["id_number_hash"]):
                return person
        return None

    def write(self, row: Row, person: Entry | None) -> tuple[Entry, bool]:
        """The Person as the row says. One who also holds a Unit where the importer may not import stays as it is."""
        values = {column: row.values[name] for name, column in _SAID.items() if name in row.values}
        hash_ = self.hash_of(row)
        if hash_ is not None:
            values |= {column: row.values[name] for name, column in _CONSENT.items()}
        if person is None:
            person = self._batch.add(Person, **{**dict.fromkeys(PERSON_COLUMNS), **values})
            changed = True
        elif person.id in self._elsewhere:
            return person, False
        else:
            changed = self._batch.change(person, **values)
        if hash_ is not None and person["id_number_hash"] != hash_:
            cipher = seal_text(self._vault, row.values["id_number"], self._batch.unit.organization_id, person.id)
            changed = self._batch.change(person, id_number_hash=hash_, id_number_cipher=cipher) or changed
        self.remember(person)
        return person, changed


async def write_people(batch: Batch, rows: list[Row]) -> None:
    """One row per Person and Unit; the Unit must be there already."""
    places, people = Places(batch), _People(batch)
    await places.load(rows)
    await people.load(rows, {entry.id for entry in places.units.values()})
    for row in rows:
        estate = places.estate(row)
        unit = places.unit(row, estate) if estate is not None else None
        if estate is None or unit is None:
            continue
        person, changed = people.write(row, people.find(row, unit))
        held, moved = _occupancy(batch, people.held.setdefault(unit.id, []), row, unit, person)
        batch.took(row, held, changed, moved)


def _occupancy(batch: Batch, held: list[Entry], row: Row, unit: Entry, person: Entry) -> tuple[Entry, bool]:
    """The same Person, Unit, kind and first day; else the one that has no end yet and gets another first day."""
    kind = row.values["kind"]
    theirs = [one for one in held if one["person_id"] == person.id and one["kind"] == kind]
    found = next((one for one in theirs if one["move_in_on"] == row.values["move_in"]), None)
    if found is None and "move_out" not in row.values:
        found = next((one for one in theirs if one["move_out_on"] is None), None)
    values: dict[str, Any] = {"move_in_on": row.values["move_in"]}
    if "share" in row.values:
        values["share"] = row.values["share"]
    if "move_out" in row.values:
        values["move_out_on"] = row.values["move_out"]
    if found is not None:
        return found, batch.change(found, **values)
    made = batch.add(
        Occupancy,
        property_id=unit["property_id"],
        building_id=unit["building_id"],
        unit_id=unit.id,
        person_id=person.id,
        kind=kind,
        **{"share": None, "move_out_on": None, **values},
    )
    held.append(made)
    return made, True
