"""The keys of personal data: rotated under readers, found under both hashes, missed at the start."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import server
from adapters.settings import SettingsError
from adapters.vault import KeyVault, open_text, seal_text
from resolvers import sealed
from tests.dump import owner, row
from tests.factories.tenant import PERSONAL_DATA_KEY
from tests.sheets import GOOD_ID, OTHER_ID

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Template

OLD = PERSONAL_DATA_KEY


async def seal_two(house: House, acme: dict[str, UUID]) -> None:
    """An ID number and a face of two people, under the old key, and nothing else."""
    organization = acme["organization"]
    await owner(house, "DELETE FROM identity_provider")
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
    await owner(house, "DELETE FROM identity_provider")
    stray = seal_text(house.vault, GOOD_ID, organization, acme["neighbour_person"])
    good = seal_text(house.vault, OTHER_ID, organization, acme["neighbour_person"])
    await owner(house, "UPDATE person SET id_number_cipher = $1 WHERE id = $2", stray, acme["resident_person"])
    await owner(house, "UPDATE person SET id_number_cipher = $1 WHERE id = $2", good, acme["neighbour_person"])
    said: list[str] = []
    assert await sealed.rotate(replace(house, vault=KeyVault("new", OLD)), said.append) == 1
    assert said == ["acme: 1 of person.id_number_cipher", "1 sealed texts are left under an older key"]
    assert "does not open" in caplog.text
    assert GOOD_ID not in caplog.text


def test_the_command_line_and_the_start(
    sqlite_template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sealed under one key, rotated to the next, served by neither without the right one."""
    old, new = "o" * 32, "n" * 32
    shutil.copy(sqlite_template.settings.sqlite_path, tmp_path / "wuye.db")
    keys = sqlite_template.world.acme.keys
    cipher = seal_text(KeyVault(old), GOOD_ID, keys["organization"], keys["resident_person"])
    with closing(sqlite3.connect(tmp_path / "wuye.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM identity_provider")
        connection.execute(
            "UPDATE person SET id_number_cipher = ? WHERE id = ?", [cipher, str(keys["resident_person"])]
        )
    monkeypatch.setenv("DATABASE_URL", f"sqlite://{tmp_path / 'wuye.db'}")
    monkeypatch.setenv("STATE_PATH", str(tmp_path))
    monkeypatch.setattr("server.configure_log", lambda *_: None)

    def command(*arguments: str, key: str, older: str = "") -> tuple[int, str]:
        monkeypatch.setenv("PERSONAL_DATA_KEY", key)
        monkeypatch.setenv("PERSONAL_DATA_KEY_OLD", older)
        code = server.main(list(arguments))
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    for refused in (("keys", "rotate"), ("serve",)):
        code, said = command(*refused, key=new)
        assert (code, "1 of person.id_number_cipher" in said, old in said) == (2, True, False), refused
    assert command("keys", "rotate", key=new, older=old) == (
        0,
        "acme: 1 of person.id_number_cipher\neverything is sealed under the newest key\n",
    )
    assert command("keys", "check", key=new) == (0, "")
