"""The keys of personal data: rotated under readers, found under both hashes, missed at the start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.settings import SettingsError
from adapters.vault import KeyVault, open_text, seal_text
from resolvers import sealed
from tests.dump import owner, row
from tests.sheets import GOOD_ID, OTHER_ID

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

OLD = "test key of personal data"


async def test_keys_are_rotated(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old key, both, new key alone; batches of one, killed in the middle, run again."""
    acme = client.world.acme.keys
    organization = acme["organization"]
    for who, number in (("resident_person", GOOD_ID), ("neighbour_person", OTHER_ID)):
        cipher, face = (seal_text(house.vault, text, organization, acme[who]) for text in (number, f"face-{number}"))
        sql = "UPDATE person SET id_number_cipher = $1, id_number_hash = $2, face_cipher = $3 WHERE id = $4"
        await owner(house, sql, cipher, house.vault.fingerprint(number, organization), face, acme[who])
    await sealed.check_keys(house)
    before = await row(house, "person", acme["resident_person"])

    with pytest.raises(SettingsError, match=r"2 of person.id_number_cipher.*PERSONAL_DATA_KEY_OLD"):
        await sealed.check_keys(replace(house, vault=KeyVault("new")))
    both = replace(house, vault=KeyVault("new", OLD))
    await sealed.check_keys(both)
    assert await sealed.left(both) == 4

    monkeypatch.setattr(sealed, "BATCH", 1)
    real, written = sealed._write, 0

    async def dies(*args: object) -> int:
        nonlocal written
        written += 1
        if written == 2:
            raise KeyboardInterrupt
        return await real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(sealed, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        await sealed.rotate(both, print)
    assert await sealed.left(both) == 3
    monkeypatch.setattr(sealed, "_write", real)
    said: list[str] = []
    assert await sealed.rotate(both, said.append) == 0
    assert said == [
        "acme: 1 of person.id_number_cipher",
        "acme: 2 of person.face_cipher",
        "everything is sealed under the newest key",
    ]
    said.clear()
    assert await sealed.rotate(both, said.append) == 0
    assert said == ["everything is sealed under the newest key"], "again changes nothing"

    new = replace(house, vault=KeyVault("new"))
    await sealed.check_keys(new)
    after = await row(house, "person", acme["resident_person"])
    assert open_text(new.vault, after["id_number_cipher"], organization, acme["resident_person"]) == GOOD_ID
    assert open_text(new.vault, after["face_cipher"], organization, acme["resident_person"]) == f"face-{GOOD_ID}"
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
