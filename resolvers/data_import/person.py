"""People and what they hold, from a sheet.

A Person is found by the ID number's hash, else by phone and name in the Organization, else (a row or a Person without
a phone) by name among those who hold the row's Unit. Where ID numbers differ it is somebody else.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from adapters.vault import seal_text
from models import Consent, Occupancy, Person
from models.base import fresh
from models.predicate import is_in
from models.rules.consent import ConsentAct, ConsentChannel, ConsentKind
from models.rules.data_import import ImportFaultCode as Code
from models.rules.permission import Permission
from resolvers.consent import last_acts
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
        self._acts: dict[UUID, Any] = {}  # the last one about the ID number, of the database or of this chunk

    async def load(self, rows: list[Row], units: Iterable[UUID]) -> None:
        """A handful of statements, however many rows."""
        batch = self._batch
        for occupancy in await batch.rows(Occupancy, is_in("unit_id", units), *OCCUPANCY_COLUMNS):
            self.held.setdefault(occupancy["unit_id"], []).append(occupancy)
        found: list[Entry] = []
        for where in (  # one after the other: each has an index of its own, which OR would not use
            is_in("id_number_hash", {hash_ for row in rows for hash_ in self.hashes_of(row)}),
            is_in("phone", {row.values["phone"] for row in rows if "phone" in row.values}),
            is_in("id", {one["person_id"] for held in self.held.values() for one in held}),
        ):
            found += await batch.rows(Person, where, *PERSON_COLUMNS)
        for person in found:
            self.remember(person)
        if any("id_number" in row.values for row in rows):
            self._acts = dict(await last_acts([person.id for person in found], ConsentKind.ID_NUMBER))
        if batch.viewer is not None and Permission.IMPORT_RUN not in batch.viewer.everywhere:
            theirs = is_in("person_id", {person.id for person in found})
            for occupancy in await batch.rows(Occupancy, theirs, *OCCUPANCY_COLUMNS):
                if not batch.may(Permission.IMPORT_RUN, occupancy["property_id"]):
                    self._elsewhere.add(occupancy["person_id"])

    def hashes_of(self, row: Row) -> tuple[str, ...]:
        """By which the row's ID number is found, under each key, the newest first; none when it has none."""
        number = row.values.get("id_number")
        return self._vault.fingerprints(number, self._batch.unit.organization_id) if number else ()

    def withdrawn(self, row: Row, person: Entry | None) -> bool:
        """Whether the row's consent is older than the Person's withdrawal: it must not bring the number back."""
        act = self._acts.get(person.id) if person is not None and "id_number" in row.values else None
        if act is None or act.act is not ConsentAct.WITHDRAWN:
            return False
        return bool(row.values["id_consent_on"] <= act.occurred_at.date())

    def _consented(self, row: Row, person: Entry) -> None:
        """The consent of a row begins, or goes on with, the Person's history."""
        last = self._acts.get(person.id)
        said = (ConsentAct.GIVEN, row.values["id_consent_version"], row.values["id_purpose"])
        if last is not None and (last.act, last.edition, last.purpose) == said:
            return
        act, edition, purpose = said
        values = {
            "person_id": person.id,
            "account_id": self._batch.viewer.account_id if self._batch.viewer is not None else None,
            "kind": ConsentKind.ID_NUMBER,
            "act": act,
            "number": last.number + 1 if last is not None else 1,
            "edition": edition,
            "purpose": purpose,
            "channel": ConsentChannel.IMPORT,
            "occurred_at": datetime.combine(row.values["id_consent_on"], time(), UTC),
        }
        self._batch.add(Consent, **values)
        self._acts[person.id] = fresh(Consent, **values)

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
        hashes, phone, name = self.hashes_of(row), row.values.get("phone"), row.values["name"]
        for hash_ in hashes:
            if hash_ in self._by_hash:
                return self._by_hash[hash_]
        here = [self._by_id[one["person_id"]] for one in self.held.get(unit.id, ())]
        known = self._by_phone.get((phone, name), []) if phone else []
        neighbours = [one for one in here if one["name"] == name and None in (phone, one["phone"])]
        for person in (*(one for one in known if one in here), *known, *neighbours):
            if not hashes or person["id_number_hash"] is None:
                return person
        return None

    def write(self, row: Row, person: Entry | None) -> tuple[Entry, bool]:
        """The Person as the row says. One who also holds a Unit where the importer may not import stays as it is."""
        values = {column: row.values[name] for name, column in _SAID.items() if name in row.values}
        hashes = self.hashes_of(row)
        if hashes:
            values |= {column: row.values[name] for name, column in _CONSENT.items()}
        if person is None:
            person = self._batch.add(Person, **{**dict.fromkeys(PERSON_COLUMNS), **values})
            changed = True
        elif person.id in self._elsewhere:
            return person, False
        else:
            changed = self._batch.change(person, **values)
        if hashes and person["id_number_hash"] not in hashes:
            cipher = seal_text(self._vault, row.values["id_number"], self._batch.unit.organization_id, person.id)
            changed = self._batch.change(person, id_number_hash=hashes[0], id_number_cipher=cipher) or changed
        if hashes:
            self._consented(row, person)
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
        known = people.find(row, unit)
        if people.withdrawn(row, known):
            batch.fault(row, "id_consent_on", Code.CONSENT_MISSING)
            continue
        person, changed = people.write(row, known)
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
