"""People from sheets: who is who, what they hold, and ID numbers that are nowhere in the clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from resolvers.jobs import data_import as job
from tests.dump import audits, dump, owner
from tests.sheets import CARD, CONSENT, GOOD_ID, OTHER_ID, PEOPLE, begun, counts, faults, imported, sheet
from tests.test_data_import import run_all, versions

if TYPE_CHECKING:
    from pathlib import Path

    from resolvers.ports import House
    from tests.client import Client

HOME = ("home", "1", "1")
PERSON = "query ($id: ID!) { person(id: $id) { name phone email idNumberMasked version } }"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 0.02)


def row(unit: str, name: str, phone: object = "", kind: str = "业主", day: object = "2020-01-01") -> list[object]:
    return [*HOME, unit, name, phone, kind, day]


def with_card(number: str, *rows: list[object]) -> bytes:
    return sheet(f"{PEOPLE},{CARD}", *([*one, number, *CONSENT] for one in rows))


def held_by(person: dict[str, Any]) -> list[str]:
    return [held["unit"]["number"] for held in person["occupancies"]["nodes"]]


async def people(client: Client) -> list[tuple[str, str | None, str | None, list[str]]]:
    """Name, phone, masked number and units of everybody in `home`."""
    data = await client.data(
        """query ($id: ID!) { people(propertyId: $id, first: 50) { nodes { name phone idNumberMasked
            occupancies { nodes { unit { number } kind } } } } }""",
        id=client.world.acme.id("home"),
    )
    return sorted(
        (
            one["name"],
            one["phone"],
            one["idNumberMasked"],
            [held["unit"]["number"] for held in one["occupancies"]["nodes"]],
        )
        for one in data["people"]["nodes"]
    )


async def test_people_and_what_they_hold(client: Client, house: House) -> None:
    heading = f"{PEOPLE},move_out,share,email"
    rows = [
        [*row("301", "王伟", 13_811_110_000), "", "60", "w@example.com"],
        [*row("301", "李娜", "138 1111 0001", "共有人"), "", "40", ""],
        [*row("401", "王伟", "13811110000"), "2025-12-31", "", ""],
        [*row("301", "王小伟", "", "家庭成员", "2021年3月1日"), "", "", ""],
    ]
    made = await imported(client, "PEOPLE", sheet(heading, *rows), "manager")
    assert counts(made) == ("DONE", 4, 0, 0, 0)
    found = await people(client)
    assert [one for one in found if one[0] in ("王伟", "李娜", "王小伟")] == [
        ("李娜", "13811110001", None, ["301"]),
        ("王伟", "13811110000", None, ["301", "401"]),
        ("王小伟", None, None, ["301"]),
    ]
    before = await versions(house)
    assert counts(await imported(client, "PEOPLE", sheet(heading, *rows), "manager")) == ("DONE", 0, 0, 4, 0)
    assert await versions(house) == before
    rows[0][5], rows[2][8], rows[3][7] = 13_811_110_000.0, "2025-11-30", "2021-03-02"
    assert counts(await imported(client, "PEOPLE", sheet(heading, *rows), "manager")) == ("DONE", 0, 2, 2, 0)


async def test_who_is_who(client: Client) -> None:
    """By number, else by phone and name, else by name in the Unit; different numbers are different people."""
    await imported(client, "PEOPLE", sheet(PEOPLE, row("301", "王伟", "13811110000"), row("401", "无机", "")))
    assert counts(await imported(client, "PEOPLE", with_card(GOOD_ID, row("401", "王伟", "13811110000")))) == (
        ("DONE", 1, 0, 0, 0)
    )
    assert ("王伟", "13811110000", "**************002X", ["301", "401"]) in await people(client)
    await imported(client, "PEOPLE", with_card(GOOD_ID, row("201", "王小伟", "13811112222")))
    assert ("王小伟", "13811112222", "**************002X", ["301", "401", "201"]) in await people(client)
    await imported(client, "PEOPLE", with_card(OTHER_ID, row("301", "王小伟", "13811112222")))
    assert len([one for one in await people(client) if one[0] == "王小伟"]) == 2
    assert counts(await imported(client, "PEOPLE", sheet(PEOPLE, row("401", "无机", "13811113333")))) == (
        ("DONE", 0, 1, 0, 0)
    )
    assert ("无机", "13811113333", None, ["401"]) in await people(client)


async def test_bad_rows_are_named_and_never_echoed(client: Client, house: House) -> None:
    wrong = GOOD_ID[:-1] + "9"
    heading = f"{PEOPLE},{CARD}"
    rows = [
        [*row("301", "甲"), wrong, *CONSENT],
        [*row("301", "乙"), GOOD_ID, "", "", ""],
        [*row("999", "丙"), "", "", "", ""],
        [*row("301", "丁", wrong), "", "", "", ""],
    ]
    before = await versions(house)
    made = await imported(client, "PEOPLE", sheet(heading, *rows), "manager")
    assert faults(made) == [
        (2, "id_number", "ID_NUMBER_WRONG"),
        (3, "id_purpose", "CONSENT_MISSING"),
        (3, "id_consent_on", "CONSENT_MISSING"),
        (3, "id_consent_version", "CONSENT_MISSING"),
        (4, "unit", "NOT_FOUND"),
        (5, "phone", "PHONE_WRONG"),
    ]
    assert wrong not in str(made)
    assert wrong not in str(await dump(house))
    assert await versions(house) == before


async def test_an_id_number_is_nowhere_in_the_clear(
    client: Client, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    content = with_card(GOOD_ID, row("301", "王伟", "13811110000"))
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 3_600.0)
    await imported_later(client, house, content)
    assert ("王伟", "13811110000", "**************002X", ["301"]) in await people(client)
    assert GOOD_ID not in str(await dump(house))
    assert holding(tmp_path, GOOD_ID) == []
    assert GOOD_ID not in caplog.text
    (audit,) = await audits(house, "import.chunk")
    assert set(audit["after"]["created"]) == {"Person", "Occupancy", "Consent"}
    (kept,) = await owner(house, "SELECT * FROM person WHERE id_number_hash IS NOT NULL")
    assert (kept["id_number_purpose"], kept["id_number_consent_version"]) == ("业主档案", "v1")
    assert str(kept["id_number_consent_on"]) == "2026-01-01"


def holding(folder: Path, text: str) -> list[Path]:
    """The files with `text` in them."""
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


async def imported_later(client: Client, house: House, content: bytes) -> None:
    """Import, with a look at the sheet while it waits."""
    import asyncio

    await asyncio.sleep(0.1)  # the runner's last short pause ends
    await begun(client, "PEOPLE", content)
    (sealed,) = (house.settings.storage_path / "import").glob("*")
    assert GOOD_ID.encode() not in sealed.read_bytes()
    assert await run_all(house) == 1
    assert not sealed.exists()


async def test_the_audit_of_a_changed_number_hides_it(client: Client, house: House) -> None:
    await imported(client, "PEOPLE", sheet(PEOPLE, row("301", "王伟", "13811110000")))
    await imported(client, "PEOPLE", with_card(GOOD_ID, row("301", "王伟", "13811110000")))
    (changed,) = (await audits(house, "import.chunk"))[-1]["after"]["changed"]["Person"].values()
    assert changed["id_number_cipher"] == changed["id_number_hash"] == "sealed"


async def test_who_sees_the_masked_number(client: Client, house: House) -> None:
    acme = client.world.acme
    await imported(client, "PEOPLE", with_card(GOOD_ID, row("101", "acme resident", "")))
    (kept,) = await owner(house, "SELECT id FROM person WHERE id_number_hash IS NOT NULL")
    assert str(kept["id"]) == str(acme.keys["resident_person"])
    for who, shown in (
        ("manager", "**************002X"),
        ("control", "**************002X"),
        ("chief", "**************002X"),
        ("resident", None),
        ("tech1", None),
    ):
        data = await client.data(PERSON, who, id=acme.id("resident_person"))
        assert data["person"]["idNumberMasked"] == shown, who
    await owner(house, "UPDATE role_assignment SET role = 'MANAGER' WHERE id = $1", acme.keys["tech1_role"])
    await owner(
        house, "UPDATE role_assignment SET property_id = $1 WHERE id = $2", acme.keys["away"], acme.keys["tech1_role"]
    )
    assert (await client.data(PERSON, "away_manager", id=acme.id("resident_person")))["person"] is None


async def test_a_number_sealed_under_another_key_is_not_shown(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "UPDATE person SET id_number_cipher = 'AAAA' WHERE id = $1", acme.keys["resident_person"])
    data = await client.data(PERSON, "manager", id=acme.id("resident_person"))
    assert data["person"]["idNumberMasked"] is None


async def test_somebody_who_also_lives_elsewhere_is_linked_but_not_changed(client: Client, house: House) -> None:
    acme = client.world.acme
    away = acme.keys["away_resident_person"]
    (person,) = await owner(house, "SELECT name, phone FROM person WHERE id = $1", away)
    content = sheet(f"{PEOPLE},email", [*row("301", person["name"], person["phone"]), "x@example.com"])
    for outcome in (("DONE", 1, 0, 0, 0), ("DONE", 0, 0, 1, 0)):
        assert counts(await imported(client, "PEOPLE", content, "manager")) == outcome
        (found,) = await owner(house, "SELECT email, version FROM person WHERE id = $1", away)
        assert (found["email"], found["version"]) == (None, 1)
    assert counts(await imported(client, "PEOPLE", content, "chief")) == ("DONE", 0, 1, 0, 0)


async def test_two_companies_never_share_a_person(client: Client, house: House) -> None:
    await imported(client, "PEOPLE", with_card(GOOD_ID, row("301", "王伟", "13811110000")))
    rival = client.world.rival
    from models.rules.data_import import ImportKind
    from resolvers.data_import import NewImport, import_sheet

    wish = NewImport(ImportKind.PEOPLE, "a.csv", with_card(GOOD_ID, row("301", "王伟", "13811110000")))
    done = await import_sheet(house, rival.keys["organization"], wish)
    assert (done.state.value, done.rows_created) == ("DONE", 1)
    kept: list[Any] = await owner(
        house, "SELECT organization_id, id_number_hash FROM person WHERE id_number_hash IS NOT NULL"
    )
    assert len({one["organization_id"] for one in kept}) == len({one["id_number_hash"] for one in kept}) == 2
