"""The keys of personal data: rotated under readers, found under both hashes, missed at the start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import SettingsError
from adapters.vault import KeyVault, open_text, seal_text
from resolvers import sealed
from tests.dump import owner, row
from tests.sheets import GOOD_ID, OTHER_ID

if TYPE_CHECKING:
    from uuid import UUID

    from resolvers.ports import House
    from tests.client import Client

OLD = "test key of personal data"


async def seal_two(house: House, acme: dict[str, UUID]) -> None:
    """An ID number and a face of two people, under the old key."""
    organization = acme["organization"]
    for who, number in (("resident_person", GOOD_ID), ("neighbour_person", OTHER_ID)):
        cipher, face = (seal_text(house.vault, text, organization, acme[who]) for text in (number, f"face-{number}"))
        sql = "UPDATE person SET id_number_cipher = $1, id_number_hash = $2, face_cipher = $3 WHERE id = $4"
        await owner(house, sql, cipher, house.vault.fingerprint(number, organization), face, acme[who])


async def die_after(batches: int, both: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotation that is killed after so many batches."""
    real, written = sealed._write, 0

    async def dies(*args: Any) -> int:
        nonlocal written
        written += 1
        if written > batches:
            raise KeyboardInterrupt
        return await real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(sealed, "_write", dies)
        with pytest.raises(KeyboardInterrupt):
            await sealed.rotate(both, print)


async def test_keys_are_rotated(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old key, both, new key alone; batches of one, killed in the middle, run again."""
    acme = client.world.acme.keys
    organization, person = acme["organization"], acme["resident_person"]
    await seal_two(house, acme)
    await sealed.check_keys(house)
    before = await row(house, "person", person)

    with pytest.raises(SettingsError, match=r"2 of person.id_number_cipher.*PERSONAL_DATA_KEY_OLD"):
        await sealed.check_keys(replace(house, vault=KeyVault("new")))
    both = replace(house, vault=KeyVault("new", OLD))
    await sealed.check_keys(both)
    assert await sealed.left(both) == 4

    monkeypatch.setattr(sealed, "BATCH", 1)
    await die_after(1, both, monkeypatch)
    assert await sealed.left(both) == 3
    said: list[str] = []
    assert await sealed.rotate(both, said.append) == 0
    done = "everything is sealed under the newest key"
    assert said == ["acme: 1 of person.id_number_cipher", "acme: 2 of person.face_cipher", done]
    assert await sealed.rotate(both, said.append) == 0
    assert said[3:] == [done], "again changes nothing"

    new = replace(house, vault=KeyVault("new"))
    await sealed.check_keys(new)
    after = await row(house, "person", person)
    assert open_text(new.vault, after["id_number_cipher"], organization, person) == GOOD_ID
    assert open_text(new.vault, after["face_cipher"], organization, person) == f"face-{GOOD_ID}"
    assert after["id_number_hash"] == new.vault.fingerprint(GOOD_ID, organization) != before["id_number_hash"]
    assert after["version"] == before["version"]


async def test_what_cannot_be_sealed_anew_is_left_and_told(
    client: Client, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """A text of another row does not open here; it holds nobody else up, and the log has no number."""
    acme = client.world.acme.keys
    organization = acme["organization"]
    stray = seal_text(house.vault, GOOD_ID, organization, acme["neighbour_person"])
    good = seal_text(house.vault, OTHER_ID, organization, acme["neighbour_person"])
    await owner(house, "UPDATE person SET id_number_cipher = $1 WHERE id = $2", stray, acme["resident_person"])
    await owner(house, "UPDATE person SET id_number_cipher = $1 WHERE id = $2", good, acme["neighbour_person"])
    said: list[str] = []
    assert await sealed.rotate(replace(house, vault=KeyVault("new", OLD)), said.append) == 1
    assert said == ["acme: 1 of person.id_number_cipher", "1 sealed texts are left under an older key"]
    assert "does not open" in caplog.text
    assert GOOD_ID not in caplog.text
