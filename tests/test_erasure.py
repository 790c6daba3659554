"""Forgetting a Person who left: who may, when not, what goes and what stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from adapters.vault import seal_text
from resolvers.erasure import erase_due
from tests.dump import audits, dump, owner, row
from tests.test_consent import code, do
from tests.test_export import ended, lines, quiet

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

PHONE, MAIL = "13655550123", "leaver@example.com"


PEOPLE = "query ($p: ID!) { people(propertyId: $p) { nodes { name phone } } }"
__all__ = ["quiet"]


async def leaves(client: Client, house: House) -> str:
    """The resident, with everything that can be known of him, moved out yesterday."""
    acme = client.world.acme.keys
    person = acme["resident_person"]
    face = seal_text(house.vault, "face-leaver-1", acme["organization"], person)
    await owner(
        house, "UPDATE person SET phone = $1, email = $2, face_cipher = $3 WHERE id = $4", PHONE, MAIL, face, person
    )
    await owner(house, "UPDATE account SET login = $1 WHERE id = $2", PHONE, acme["resident"])
    await owner(
        house, "UPDATE session SET address = '203.0.113.9', agent = 'Phone 9' WHERE id = $1", acme["resident_session"]
    )
    phone = house.identity.uuid(), acme["organization"], acme["resident"], house.clock.now()
    await owner(
        house,
        "INSERT INTO push_device (id, organization_id, account_id, created_at, updated_at, platform, token, version)"
        " VALUES ($1, $2, $3, $4, $4, 'IOS', 'leaver-token-1', 1)",
        *phone,
    )
    return client.world.acme.id("resident_person")


async def test_nobody_is_forgotten_who_lives_here_or_owes(quiet: Client, house: House) -> None:
    client = quiet
    person = await leaves(client, house)
    acme = client.world.acme.keys
    before = await dump(house)
    for who in ("resident", "control", "cashier"):
        assert await do(client, "personErase", who, person, expectedVersion=1) == {"codes": ["FORBIDDEN"]}, who
    assert code(await do(client, "personErase", "away_manager", person, expectedVersion=1))[0] == "NOT_FOUND"
    assert code(await do(client, "personErase", "manager", person, expectedVersion=2))[0] == "CONFLICT"
    assert code(await do(client, "personErase", "manager", person, expectedVersion=1)) == ("PERSON_HAS_HOME", ["id"])
    assert await dump(house) == before
    await move_out(house, acme["resident_occupancy"])
    assert code(await do(client, "personErase", "manager", person, expectedVersion=1))[0] == "PERSON_HAS_BALANCE"
    await settle(house)
    sql = "UPDATE occupancy SET person_id = $1, move_out_on = $2 WHERE id = $3"
    await owner(house, sql, acme["resident_person"], date(2025, 1, 1), acme["away_resident_occupancy"])
    refused = await do(client, "personErase", "manager", person, expectedVersion=1)
    assert refused == {"codes": ["FORBIDDEN"]}, "he also held a home where the manager is none"


async def move_out(house: House, occupancy: Any) -> None:
    await owner(house, "UPDATE occupancy SET move_out_on = $1 WHERE id = $2", date(2026, 11, 21), occupancy)


async def settle(house: House) -> None:
    await owner(house, "UPDATE ledger_account SET balance = 0")


async def history_stays(client: Client) -> None:
    """Tickets and bills, of nobody."""
    data = await client.data(
        """query ($ticket: ID!, $bill: ID!) { ticket(id: $ticket) { text reporter { name phone } }
            bill(id: $bill) { amount { amount } payer { name } } }""",
        "manager",
        ticket=client.world.acme.id("ticket0"),
        bill=client.world.acme.id("bill0"),
    )
    assert data["ticket"] == {"text": "acme 漏水 0", "reporter": {"name": "已注销", "phone": None}}
    assert data["bill"]["payer"] == {"name": "已注销"}


async def test_what_goes_and_what_stays(quiet: Client, house: House) -> None:
    client = quiet
    person = await leaves(client, house)
    acme = client.world.acme.keys
    assert ["acme resident", PHONE] in await lines(client, await ended(client, house, PEOPLE))
    await move_out(house, acme["resident_occupancy"])
    await settle(house)
    done = await do(client, "personErase", "manager", person, expectedVersion=1)
    assert done["person"] == {"name": "已注销", "phone": None, "erasedAt": "2026-11-22T02:00:00.000000Z"}
    assert done["erasure"] == {"scope": "PERSON", "erasedAt": "2026-11-22T02:00:00.000000Z", "doneAt": None}
    answer = await client.http.post("/graphql", json={"query": "{ __typename }"}, headers=client.headers("resident"))
    assert answer.status_code == 401, "the account is closed"
    house.clock.move(timedelta(seconds=10))  # type: ignore[attr-defined]
    await erase_due(house)
    (erasure,) = await owner(house, "SELECT done_at FROM erasure WHERE scope = 'PERSON'")
    assert erasure["done_at"] is not None
    kept = {
        table: rows for table, rows in (await dump(house)).items() if table not in ("audit_entry", "audit_personal")
    }
    for value in (PHONE, MAIL, "face-leaver", "leaver-token", "203.0.113.9", "Phone 9", "acme resident"):
        assert value not in str(kept), value
    assert not any(PHONE.encode() in path.read_bytes() for path in house.settings.storage_path.rglob("*.*"))
    assert len(await audits(house, "export.erase")) == 1
    vehicle = await row(house, "vehicle", acme["vehicle0"])
    assert (vehicle["plate"], vehicle["owner_id"]) == ("已注销", None)
    acts = await owner(
        house,
        "SELECT act FROM consent WHERE person_id = $1 AND kind = 'ID_NUMBER' ORDER BY number",
        acme["resident_person"],
    )
    assert [act["act"] for act in acts] == ["GIVEN", "WITHDRAWN"]
    await history_stays(client)
    version = (await row(house, "person", acme["resident_person"]))["version"]
    again = await do(client, "personFaceSet", "manager", person, expectedVersion=version, reference="x")
    assert code(again) == ("PERSON_ERASED", ["id"])
