"""The audit as auditors read it: searched, opened for who may see, and what verbs leave in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Organization
from resolvers.audit import note_security, seal_audit, verify
from resolvers.person_key import destroy_person_key
from resolvers.unit import system_unit
from schema.base import encode
from tests.dump import owner
from tests.paging import check_paging
from tests.test_vehicle import CREATE, UPDATE

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

LIST = """query ($filter: AuditEntryFilter) { auditEntries(filter: $filter, first: 500) { nodes { id verb actor address
    agent account { login } property { id } person { name } subjectType subjectKey subject { id } changeCount summary
    changes { field before after isErased isHidden } sealedAs { sequence hash previous } } } }"""


async def read(client: Client, who: str = "admin", **filter_: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.data(LIST, who, filter=filter_))["auditEntries"]["nodes"]
    return found


async def test_auditors_search_by_everything(client: Client) -> None:
    acme = client.world.acme
    company, away, home = (acme.id(f"audit_{name}") for name in ("company", "away", "home"))
    await check_paging(client, "auditEntries", "admin", "", [company, away, home])
    await check_paging(client, "auditEntries", "admin", "order: OLDEST", [home, away, company])
    noon, later = "2026-11-22T02:00:00Z", "2026-11-22T02:00:01Z"
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"accountId": acme.id("manager")}, [home]),
        ({"propertyId": acme.id("away")}, [away]),
        ({"verb": "gate.once"}, [away]),
        ({"verb": "gate"}, []),
        ({"verbPrefix": "gate."}, [away]),
        ({"verbPrefix": "g", "actor": "ACCOUNT"}, [away]),
        ({"verbPrefix": "ate"}, []),
        ({"subjectType": "WorkOrder"}, [home]),
        ({"subjectId": acme.id("order0")}, [home]),
        ({"subjectId": encode("Session", acme.keys["admin_session"])}, [company]),
        ({"actor": "DEVICE"}, []),
        ({"personId": acme.id("resident_person")}, []),
        ({"address": "10.0.0.1"}, [company, away, home]),
        ({"address": "10.0.0.2"}, []),
        ({"from": noon}, [company, away, home]),
        ({"from": later}, []),
        ({"to": noon}, []),
        ({"to": later, "from": "1960-01-01T00:00:00Z"}, [company, away, home]),
    ]
    for chosen, expected in cases:
        assert [entry["id"] for entry in await read(client, **chosen)] == expected, chosen
    (entry,) = await read(client, verb="workOrder.once")
    assert (entry["account"], entry["subject"]) == ({"login": "manager"}, {"id": acme.id("order0")})
    assert (entry["subjectKey"], entry["sealedAs"]["sequence"]) == (acme.id("order0"), "1")
    assert (entry["summary"], entry["changeCount"]) == ("note:  → acme note; version:  → 2", 2)
    wrong = await client.post(LIST, "admin", filter={"subjectId": "nonsense"})
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert (await client.codes(LIST, "admin", filter={"verb": "x" * 61})) == ["BAD_USER_INPUT"]
    assert await read(client, "chief") == []


async def test_values_open_for_who_may_see_them_until_they_are_erased(client: Client, house: House) -> None:
    acme = client.world.acme
    wish = {"propertyId": acme.id("home"), "plate": "浙A77771", "kind": "OWNER", "ownerId": acme.id("resident_person")}
    made = (await client.data(CREATE, "admin", input=wish))["vehicleCreate"]["vehicle"]
    await client.data(UPDATE, "admin", id=made["id"], input={"expectedVersion": 1, "plate": "浙A77772"})
    await seal_audit(house)
    found = await read(client, personId=acme.id("resident_person"))
    assert [entry["verb"] for entry in found] == ["vehicle.update", "vehicle.create"]
    update = found[0]
    changes = {change.pop("field"): change for change in update["changes"]}
    shown = {"isErased": False, "isHidden": False}
    assert changes["plate"] == {"before": "浙A77771", "after": "浙A77772", **shown}
    assert changes["version"] == {"before": "1", "after": "2", **shown}
    assert update["summary"].startswith("plate: 浙A77771 → 浙A77772; ")
    assert (update["actor"], update["account"], update["person"]) == (
        "ACCOUNT",
        {"login": "admin"},
        {"name": "acme resident"},
    )
    assert (update["address"], update["agent"]) == ("127.0.0.1", client.http.headers["user-agent"])
    assert (update["property"], update["subject"]) == ({"id": acme.id("home")}, {"id": made["id"]})

    # Who reads the audit without the right to see cars sees that one was changed, not its plate.
    custom = "UPDATE role_assignment SET role = 'CUSTOM', custom_role_id = $1 WHERE account_id = $2"
    await _auditor_only(house, client, custom)
    house.clock.move(timedelta(seconds=1))  # type: ignore[attr-defined]
    (hidden,) = [c for c in (await read(client, "manager", verb="vehicle.update"))[0]["changes"] if c["isHidden"]]
    assert hidden == {"field": "plate", "before": None, "after": None, "isErased": False, "isHidden": True}
    assert {entry["property"]["id"] for entry in await read(client, "manager")} == {acme.id("home")}

    async with system_unit(house, acme.keys["organization"]) as unit:
        await destroy_person_key(unit, acme.keys["resident_person"])
    (erased,) = [c for c in (await read(client, verb="vehicle.update"))[0]["changes"] if c["isErased"]]
    assert erased == {"field": "plate", "before": None, "after": None, "isErased": True, "isHidden": False}
    assert (await verify(house, acme.keys["organization"])).findings == []


async def _auditor_only(house: House, client: Client, custom: str) -> None:
    """The manager of home becomes somebody who reads the audit there, and nothing else."""
    keys = client.world.acme.keys
    role = house.identity.uuid()
    now = house.clock.now()
    await owner(
        house,
        "INSERT INTO custom_role (id, organization_id, name, description, permissions, created_at, updated_at, version)"
        " VALUES ($1, $2, 'audit', '', $3, $4, $4, 1)",
        role,
        keys["organization"],
        '["audit.read"]',
        now,
    )
    await owner(house, custom, role, keys["manager"])


async def test_what_was_refused_is_noted_within_a_bound(client: Client, house: House) -> None:
    acme = client.world.acme
    wish = {"propertyId": acme.id("home"), "plate": "浙A77771", "kind": "OWNER"}
    for n in range(12):
        assert await client.codes(CREATE, "control", input={**wish, "plate": f"浙A7777{n % 10}"}) == ["FORBIDDEN"]
    await client.codes(CREATE, None, input=wish)
    noted = await read(client, verbPrefix="security.")
    assert len(noted) == 10, "a flood of refusals is no flood of entries"
    assert {(entry["verb"], entry["account"]["login"], entry["address"]) for entry in noted} == {
        ("security.forbidden", "control", "127.0.0.1")
    }
    assert noted[0]["summary"] == "mutation:  → vehicleCreate; permission:  → import.run"
    house.clock.move(timedelta(minutes=2))  # type: ignore[attr-defined]
    company = Organization(id=acme.keys["organization"])
    assert await note_security(house, company.id, "signInFailed", company, login_known=False)
    assert [entry["verb"] for entry in await read(client, subjectType="Organization")] == ["security.signInFailed"]
