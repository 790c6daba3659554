"""A key per Person: personal values in the audit are sealed under it, and open for nobody once it is destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from adapters.vault import VaultError
from resolvers.person_key import destroy_person_key, known_keys, rewrapped
from resolvers.unit import system_unit
from tests.dump import audits, owner
from tests.test_vehicle import CREATE, UPDATE

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client


async def test_personal_values_are_sealed_and_die_with_the_key(client: Client, house: House) -> None:
    acme = client.world.acme
    organization, person = acme.keys["organization"], acme.keys["resident_person"]
    made = []
    for name, plate in (("resident_person", "浙A77771"), ("neighbour_person", "浙A77772")):
        wish = {"propertyId": acme.id("home"), "plate": plate, "kind": "OWNER", "ownerId": acme.id(name)}
        made.append((await client.data(CREATE, input=wish))["vehicleCreate"]["vehicle"])
    assert [entry["after"]["plate"] for entry in await audits(house, "vehicle.create")] == ["浙A77771", "浙A77772"]
    stored = await owner(house, "SELECT CAST(after AS TEXT) AS after FROM audit_entry WHERE verb = 'vehicle.create'")
    assert all("7777" not in row["after"] and '"sealed"' in row["after"] for row in stored)

    (row,) = await owner(house, "SELECT * FROM person_key WHERE person_id = $1", person)
    again = rewrapped(house, organization, person, row["wrapped"])
    assert again != row["wrapped"]
    await owner(house, "UPDATE person_key SET wrapped = $2 WHERE person_id = $1", person, again)
    key = (await known_keys(house, organization, [person]))[person]
    assert key is not None
    sealed = key.seal("隐私", person)
    assert key.open(sealed, person) == "隐私"
    for text, place in ((sealed, organization), (sealed[:-8], person)):
        with pytest.raises(VaultError):
            key.open(text, place)

    for _ in range(2):  # done twice it is done once
        async with system_unit(house, organization) as unit:
            await unit.keys.load([person])
            await destroy_person_key(unit, person)
    (gone,) = await owner(house, "SELECT * FROM person_key WHERE person_id = $1", person)
    assert (gone["wrapped"], gone["destroyed_at"] is None) == (None, False)
    assert await known_keys(house, organization, [person]) == {person: None}
    assert [entry["after"]["plate"] for entry in await audits(house, "vehicle.create")] == [None, "浙A77772"]
    await client.data(UPDATE, id=made[0]["id"], input={"expectedVersion": 1, "plate": "浙A77773"})
    (entry,) = await audits(house, "vehicle.update")  # no new key for who was erased
    assert (entry["before"]["plate"], entry["after"]["plate"], entry["after"]["version"]) == (None, None, 2)


async def test_a_person_without_a_key_can_be_erased(client: Client, house: House) -> None:
    acme = client.world.acme
    person = acme.keys["resident_person"]
    async with system_unit(house, acme.keys["organization"]) as unit:
        await destroy_person_key(unit, person)
    (gone,) = await owner(house, "SELECT * FROM person_key")
    assert (UUID(str(gone["person_id"])), gone["wrapped"]) == (person, None)
