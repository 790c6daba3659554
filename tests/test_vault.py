"""The vault: what is sealed opens at its place under its key, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from tortoise import Tortoise

from adapters.settings import SettingsError, load_settings
from adapters.vault import KeyVault, VaultError, open_text, seal_text
from models.sealed import SEALED

HERE, THERE = (UUID(int=1), UUID(int=2)), (UUID(int=1), UUID(int=3))
NUMBER = "11010519491231002X"


def test_what_is_sealed_opens_at_its_place_only() -> None:
    vault = KeyVault("a")
    sealed = seal_text(vault, NUMBER, *HERE)
    assert open_text(vault, sealed, *HERE) == NUMBER
    assert NUMBER not in sealed
    assert seal_text(vault, NUMBER, *HERE) != sealed, "never twice the same"
    with pytest.raises(VaultError, match="another place"):
        open_text(vault, sealed, *THERE)
    with pytest.raises(VaultError, match="another key"):
        open_text(KeyVault("b"), sealed, *HERE)


def test_damage_is_noticed() -> None:
    vault = KeyVault("a")
    sealed = vault.seal(b"text", *HERE)
    for at in range(len(sealed)):
        broken = bytes(byte ^ (n == at) for n, byte in enumerate(sealed))
        with pytest.raises(VaultError):
            vault.open(broken, *HERE)
    for cut in (b"", sealed[:4], sealed[:16], sealed[:-1]):
        with pytest.raises(VaultError):
            vault.open(cut, *HERE)
    with pytest.raises(VaultError):
        open_text(vault, "no base64!", *HERE)


def test_fingerprints_are_equal_for_equals_of_one_place_and_key() -> None:
    vault = KeyVault("a")
    assert vault.fingerprint(NUMBER, HERE[0]) == vault.fingerprint(NUMBER, HERE[0])
    others = {vault.fingerprint(NUMBER, HERE[1]), KeyVault("b").fingerprint(NUMBER, HERE[0])}
    assert vault.fingerprint(NUMBER, HERE[0]) not in others


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first = load_settings({"STATE_PATH": str(tmp_path)})
    again = load_settings({"STATE_PATH": str(tmp_path)})
    assert first.personal_data_key == again.personal_data_key != first.secret_key
    assert len(first.personal_data_key) >= 32
    assert (tmp_path / "personal-data-key").stat().st_mode & 0o777 == 0o600
    assert first.personal_data_key not in repr(first)


def test_a_short_key_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="openssl rand -hex 32"):
        load_settings({"STATE_PATH": str(tmp_path), "PERSONAL_DATA_KEY": "short"})
    given = load_settings({"STATE_PATH": str(tmp_path), "PERSONAL_DATA_KEY": "k" * 32})
    assert given.personal_data_key == "k" * 32
    assert not (tmp_path / "personal-data-key").exists()


def test_a_ring_opens_with_every_key_and_seals_with_the_newest() -> None:
    old, new = KeyVault("a"), KeyVault("b", "a")
    kept = seal_text(old, NUMBER, *HERE)
    assert open_text(new, kept, *HERE) == NUMBER
    assert kept.startswith(new.marks[1])
    assert seal_text(new, NUMBER, *HERE).startswith(new.marks[0])
    with pytest.raises(VaultError, match="another key"):
        open_text(old, seal_text(new, NUMBER, *HERE), *HERE)
    found = new.fingerprints(NUMBER, HERE[0])
    assert found == (new.fingerprint(NUMBER, HERE[0]), old.fingerprint(NUMBER, HERE[0]))
    assert KeyVault("b", "b").marks == KeyVault("b").marks


def test_older_keys_are_settings_too(tmp_path: Path) -> None:
    ring = load_settings({"STATE_PATH": str(tmp_path), "PERSONAL_DATA_KEY_OLD": f"{'o' * 32}, {'p' * 32},"})
    assert ring.personal_data_old_keys == ("o" * 32, "p" * 32)
    with pytest.raises(SettingsError, match="PERSONAL_DATA_KEY_OLD"):
        load_settings({"STATE_PATH": str(tmp_path), "PERSONAL_DATA_KEY_OLD": "short"})


def test_every_sealed_column_is_in_the_registry() -> None:
    models = list(Tortoise.apps["models"].values())
    named = {
        f"{model._meta.db_table}.{name}"
        for model in models
        for name in model._meta.fields_db_projection
        if name.endswith("_cipher")
    }
    assert named <= {sealed.name for sealed in SEALED}
