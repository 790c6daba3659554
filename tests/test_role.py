"""Roles given and taken, and roles that a company makes, through the public endpoint."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.clock import HeldClock
from models.rules.permission import ROLE_PERMISSIONS, Permission, Role
from models.rules.role import ASSIGNABLE
from tests.dump import audits, dump, owner
from tests.factories.world import PASSWORD

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

GIVEN = "roleAssignment { id role validFrom validUntil account { login } property { id } customRole { name } }"
ASSIGN = f"""mutation ($input: RoleAssignInput!) {{ roleAssign(input: $input) {{ {GIVEN}
    userErrors {{ code field message }} }} }}"""
REVOKE = f"mutation ($id: ID!) {{ roleRevoke(id: $id) {{ {GIVEN} userErrors {{ code field }} }} }}"
MADE = "customRole { id name description permissions archivedAt version } userErrors { code field }"
CREATE = f"mutation ($input: CustomRoleCreateInput!) {{ customRoleCreate(input: $input) {{ {MADE} }} }}"
UPDATE = (
    f"mutation ($id: ID!, $input: CustomRoleUpdateInput!) {{ customRoleUpdate(id: $id, input: $input) {{ {MADE} }} }}"
)
ARCHIVE = (
    f"mutation ($id: ID!, $input: CustomRoleArchiveInput!) {{ customRoleArchive(id: $id, input: $input) {{ {MADE} }} }}"
)
MAY = "query ($home: ID) { viewer { roles permissions(propertyId: $home) } }"


async def verb(client: Client, query: str, who: str | None, **variables: Any) -> dict[str, Any]:
    """The verb's payload, which must not be refused as a whole."""
    (payload,) = (await client.data(query, who, **variables)).values()
    found: dict[str, Any] = payload
    return found


async def assign(client: Client, who: str | None, login: str, **wish: Any) -> dict[str, Any]:
    return await verb(client, ASSIGN, who, input={"accountId": client.world.acme.id(login), **wish})


def codes(payload: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(error["code"], error["field"] and error["field"][-1]) for error in payload["userErrors"]]


async def may(client: Client, who: str, place: str | None = "home") -> set[str]:
    answer = await client.data(MAY, who, home=place and client.world.acme.id(place))
    return set(answer["viewer"]["permissions"])


def names(*permissions: Permission) -> set[str]:
    return {permission.name for permission in permissions}


async def test_a_role_is_given_and_taken(client: Client, house: House) -> None:
    acme, clock = client.world.acme, house.clock
    assert isinstance(clock, HeldClock)
    assert await may(client, "tech2") == names(*ROLE_PERMISSIONS[Role.TECHNICIAN])
    end = (clock.now() + timedelta(hours=2)).isoformat()
    wish = {"role": "CASHIER", "propertyId": acme.id("home"), "validUntil": end}
    given = (await assign(client, "admin", "tech2", **wish))["roleAssignment"]
    assert (given["role"], given["account"]["login"], given["property"]["id"]) == ("CASHIER", "tech2", acme.id("home"))
    both = names(*ROLE_PERMISSIONS[Role.TECHNICIAN], *ROLE_PERMISSIONS[Role.CASHIER])
    assert await may(client, "tech2") == both  # at once, in the process that gave it
    assert await may(client, "tech2", "away") == set()
    again = await assign(client, "admin", "tech2", **wish)
    assert (codes(again), again["roleAssignment"]["id"]) == ([("ROLE_ALREADY_GIVEN", None)], given["id"])
    taken = await verb(client, REVOKE, "admin", id=given["id"])
    assert taken["roleAssignment"]["validUntil"] == "2026-11-22T02:00:00.000000Z"
    assert await may(client, "tech2") == names(*ROLE_PERMISSIONS[Role.TECHNICIAN])
    assert await verb(client, REVOKE, "admin", id=given["id"]) == taken  # it has ended: nothing more happens
    (assigned,), (revoked,) = await audits(house, "role.assign"), await audits(house, "role.revoke")
    assert (assigned["account_id"], assigned["property_id"]) == (acme.keys["admin"], acme.keys["home"])
    assert (revoked["before"]["valid_until"], set(revoked["after"])) == (
        assigned["after"]["valid_until"],
        {"valid_until"},
    )
    start = (clock.now() + timedelta(hours=1)).isoformat()
    await assign(client, "admin", "tech2", **wish, validFrom=start)
    assert await may(client, "tech2") == names(*ROLE_PERMISSIONS[Role.TECHNICIAN])
    clock.move(timedelta(hours=1))  # by the viewer's `valid_until`: nothing in the database moved
    assert await may(client, "tech2") == both
    clock.move(timedelta(hours=1))
    assert await may(client, "tech2") == names(*ROLE_PERMISSIONS[Role.TECHNICIAN])
    listed = await client.data(
        "query ($id: ID!) { roleAssignments(filter: { accountId: $id, current: true }) { nodes { role } } }",
        "admin",
        id=acme.id("tech2"),
    )
    assert listed == {"roleAssignments": {"nodes": [{"role": "TECHNICIAN"}]}}


async def test_what_is_not_given(client: Client, house: House) -> None:
    acme = client.world.acme
    home = acme.id("home")
    before = await dump(house)
    for who in ("manager", "chief", "auditor", "resident", "custom"):
        refused = await client.codes(
            ASSIGN, who, input={"accountId": acme.id(who), "role": "GUARD", "propertyId": home}
        )
        assert refused == ["FORBIDDEN"], who
    for role in set(Role) - ASSIGNABLE:
        assert codes(await assign(client, "admin", "guard", role=role.value, propertyId=home)) == [
            ("BAD_USER_INPUT", "role")
        ]
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({}, "guard", "role"),
        ({"role": "CUSTOM"}, "guard", "role"),
        ({"role": "GUARD", "customRoleId": acme.id("custom_made")}, "cleaner", "role"),
        ({"role": "MANAGER"}, "admin", "accountId"),
        ({"role": "MANAGER", "validUntil": "2026-11-22T02:00:00Z"}, "guard", "validUntil"),
        (
            {"role": "MANAGER", "validFrom": "2027-01-02T00:00:00Z", "validUntil": "2027-01-01T00:00:00Z"},
            "guard",
            "validUntil",
        ),
    ]
    for wish, login, field in wrong:
        assert codes(await assign(client, "admin", login, **wish)) == [("BAD_USER_INPUT", field)], wish
    assert await client.codes(ASSIGN, None, input={"accountId": acme.id("guard"), "role": "GUARD"}) == [
        "UNAUTHENTICATED"
    ]
    assert await dump(house) == before


async def test_nobody_gives_or_takes_what_he_does_not_hold_there(client: Client, house: House) -> None:
    acme = client.world.acme
    # The buyer becomes one who may give roles everywhere, but holds little himself: enough for a cleaner.
    held = ["ACCOUNT_READ", "ROLE_MANAGE", "GATE_READ", "UNIT_READ", "STAFF_READ", "STOCK_READ"]
    giving = {"name": "人事", "permissions": held}
    made = (await verb(client, CREATE, "admin", input=giving))["customRole"]
    await assign(client, "admin", "buyer", customRoleId=made["id"])
    before = await dump(house)
    for role in ("ORGANIZATION_ADMIN", "MANAGER", "GUARD"):
        assert await client.codes(ASSIGN, "buyer", input={"accountId": acme.id("cleaner"), "role": role}) == [
            "FORBIDDEN"
        ]
    for login in ("admin", "manager", "guard"):
        assert await client.codes(REVOKE, "buyer", id=acme.id(f"{login}_role")) == ["FORBIDDEN"]
    widened = {"expectedVersion": 1, "permissions": [*held, "BILL_READ"]}
    delegated = {"expectedVersion": 1, "permissions": [*held, "PAYMENT_RECORD"]}
    for wish in (widened, delegated):  # the second would be to himself
        assert await client.codes(UPDATE, "buyer", id=made["id"], input=wish) == ["FORBIDDEN"]
    assert await client.codes(CREATE, "buyer", input={"name": "x", "permissions": ["BILL_READ"]}) == ["FORBIDDEN"]
    assert await dump(house) == before
    given = await assign(client, "buyer", "guard", role="CLEANER", propertyId=acme.id("away"))
    assert codes(given) == []
    assert codes(await verb(client, REVOKE, "buyer", id=acme.id("cleaner_role"))) == []


async def test_the_last_administrator_stays(client: Client, house: House) -> None:
    acme = client.world.acme
    disable = """mutation ($id: ID!) { accountDisable(id: $id, input: { expectedVersion: 1 }) {
        account { disabledAt } userErrors { code field } } }"""
    before = await dump(house)
    assert codes(await verb(client, REVOKE, "admin", id=acme.id("admin_role"))) == [("LAST_ADMINISTRATOR", None)]
    assert await dump(house) == before
    end = "2027-01-01T00:00:00Z"
    second = (await assign(client, "admin", "chief", role="ORGANIZATION_ADMIN", validUntil=end))["roleAssignment"]
    # A deputy with an end is none that may stay alone.
    assert codes(await verb(client, REVOKE, "chief", id=acme.id("admin_role"))) == [("LAST_ADMINISTRATOR", None)]
    assert codes(await verb(client, disable, "chief", id=acme.id("admin"))) == [("LAST_ADMINISTRATOR", None)]
    assert codes(await verb(client, REVOKE, "admin", id=second["id"])) == []
    lasting = (await assign(client, "admin", "chief", role="ORGANIZATION_ADMIN"))["roleAssignment"]
    assert codes(await verb(client, disable, "chief", id=acme.id("admin"))) == []
    assert codes(await verb(client, REVOKE, "chief", id=lasting["id"])) == [("LAST_ADMINISTRATOR", None)]
    assert (await client.http.post("/graphql", json={"query": MAY}, headers=client.headers("admin"))).status_code == 401


async def test_a_role_of_the_companys_own(client: Client, house: House) -> None:
    acme = client.world.acme
    assert await may(client, "custom") == names(
        Permission.UNIT_READ, Permission.TICKET_READ, Permission.NOTE_READ, Permission.VEHICLE_READ
    )
    custom = acme.id("custom_made")
    wish = {"expectedVersion": 1, "permissions": ["BILL_READ", "UNIT_READ", "BILL_READ"]}
    made = (await verb(client, UPDATE, "admin", id=custom, input=wish))["customRole"]
    assert (made["permissions"], made["version"]) == (["BILL_READ", "UNIT_READ"], 2)
    assert await may(client, "custom") == {"BILL_READ", "UNIT_READ"}
    before = await dump(house)
    stale = await verb(client, UPDATE, "admin", id=custom, input=wish)
    assert (codes(stale), stale["customRole"]["version"]) == ([("CONFLICT", "expectedVersion")], 2)
    assert await client.codes(UPDATE, "manager", id=custom, input={**wish, "expectedVersion": 2}) == ["FORBIDDEN"]
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"name": " ", "permissions": ["BILL_READ"]}, "BAD_USER_INPUT", "name"),
        ({"name": "x" * 41, "permissions": ["BILL_READ"]}, "BAD_USER_INPUT", "name"),
        ({"name": "x", "permissions": []}, "BAD_USER_INPUT", "permissions"),
        ({"name": "x", "permissions": ["BILL_READ"], "description": "x" * 201}, "BAD_USER_INPUT", "description"),
        ({"name": "acme 访问员", "permissions": ["BILL_READ"]}, "NAME_TAKEN", "name"),
    ]
    for input_, code, field in faults:
        assert codes(await verb(client, CREATE, "admin", input=input_)) == [(code, field)], input_
    assert await dump(house) == before
    ended = await verb(client, ARCHIVE, "admin", id=custom, input={"expectedVersion": 2})
    assert ended["customRole"]["archivedAt"] is not None
    assert await may(client, "custom") == set()
    assert codes(await verb(client, ARCHIVE, "admin", id=custom, input={"expectedVersion": 3})) == [
        ("CUSTOM_ROLE_ARCHIVED", "id")
    ]
    assert codes(await assign(client, "admin", "guard", customRoleId=custom)) == [
        ("CUSTOM_ROLE_ARCHIVED", "customRoleId")
    ]
    assert codes(await verb(client, CREATE, "admin", input={"name": "acme 访问员", "permissions": ["BILL_READ"]})) == []
    assert len(await audits(house, "customRole.update")) == len(await audits(house, "customRole.archive")) == 1


async def test_the_table_is_shown(client: Client) -> None:
    query = "{ roles { role assignable permissions } }"
    shown = (await client.data(query, "resident"))["roles"]
    assert {line["role"]: set(line["permissions"]) for line in shown} == {
        role.name: names(*ROLE_PERMISSIONS[role]) for role in Role
    }
    assert {line["role"] for line in shown if line["assignable"]} == {role.name for role in ASSIGNABLE}
    assert (await client.data(query, None))["roles"] == []
    assert await may(client, "chief", None) == names(*ROLE_PERMISSIONS[Role.MANAGER])
    assert await may(client, "manager", None) == set()
    foreign = await client.data(MAY, "chief", home=client.world.rival.id("home"))
    assert foreign["viewer"]["permissions"] == []


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_two_administrators_who_take_each_others_role(client: Client, house: House) -> None:
    acme = client.world.acme
    given = (await assign(client, "admin", "chief", role="ORGANIZATION_ADMIN"))["roleAssignment"]
    answers = await asyncio.gather(
        verb(client, REVOKE, "admin", id=given["id"]), client.post(REVOKE, "chief", id=acme.id("admin_role"))
    )
    left = await owner(
        house,
        "SELECT id FROM role_assignment WHERE role = 'ORGANIZATION_ADMIN' AND valid_until IS NULL"
        " AND organization_id = $1",
        acme.keys["organization"],
    )
    assert len(left) == 1, answers


ACCOUNT = "account { id login locale disabledAt version } userErrors { code field }"
ACCOUNT_CREATE = f"""mutation ($input: AccountCreateInput!) {{ accountCreate(input: $input) {{ {ACCOUNT}
    activationCode activationExpiresAt }} }}"""
ACTIVATE = "mutation ($input: AccountActivateInput!) { accountActivate(input: $input) { userErrors { code } } }"
ENABLE = f"mutation ($id: ID!, $input: AccountEnableInput!) {{ accountEnable(id: $id, input: $input) {{ {ACCOUNT} }} }}"
DISABLE = (
    f"mutation ($id: ID!, $input: AccountDisableInput!) {{ accountDisable(id: $id, input: $input) {{ {ACCOUNT} }} }}"
)
LOCALE = f"mutation ($id: ID!, $input: AccountUpdateInput!) {{ accountUpdate(id: $id, input: $input) {{ {ACCOUNT} }} }}"
SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token userErrors { code } } }"


async def test_an_account_is_made_and_activated(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "UPDATE account SET staff_id = NULL WHERE id = $1", acme.keys["guard"])
    wish = {"login": " g-1 ", "staffId": acme.id("guard_staff")}
    before = await dump(house)
    assert await client.codes(ACCOUNT_CREATE, "manager", input=wish) == ["FORBIDDEN"]
    taken = await verb(client, ACCOUNT_CREATE, "admin", input={**wish, "staffId": acme.id("desk_staff")})
    assert (codes(taken), taken["account"]["id"]) == ([("ACCOUNT_EXISTS", "staffId")], acme.id("desk"))
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"login": "x"}, "BAD_USER_INPUT", "staffId"),
        ({**wish, "login": "desk"}, "NAME_TAKEN", "login"),
        ({**wish, "locale": "fr"}, "BAD_USER_INPUT", "locale"),
        ({**wish, "login": " "}, "BAD_USER_INPUT", "login"),
    ]
    for input_, code, field in faults:
        assert codes(await verb(client, ACCOUNT_CREATE, "admin", input=input_)) == [(code, field)], input_
    assert await dump(house) == before
    made = await verb(client, ACCOUNT_CREATE, "admin", input=wish)
    assert (made["account"]["login"], made["account"]["locale"], made["userErrors"]) == ("g-1", "zh", [])
    who = {"organization": "acme", "login": "g-1", "password": "a long walk by the lake"}
    assert (await verb(client, SIGN_IN, None, input=who))["userErrors"] == [{"code": "WRONG_CREDENTIALS"}]
    assert (await verb(client, ACTIVATE, None, input={**who, "code": made["activationCode"]}))["userErrors"] == []
    assert (await verb(client, SIGN_IN, None, input=who))["token"] is not None
    assert made["activationCode"] not in str(await dump(house))
    (audit,) = await audits(house, "account.create")
    assert audit["after"]["login"] == "g-1"


async def test_an_account_is_disabled_and_enabled(client: Client, house: House) -> None:
    acme = client.world.acme
    desk, who = acme.id("desk"), {"organization": "acme", "login": "desk", "password": PASSWORD}

    async def status() -> int:
        return (await client.http.post("/graphql", json={"query": MAY}, headers=client.headers("desk"))).status_code

    assert await status() == 200
    ended = await verb(client, DISABLE, "admin", id=desk, input={"expectedVersion": 1})
    assert (ended["account"]["version"], ended["account"]["disabledAt"]) == (2, "2026-11-22T02:00:00.000000Z")
    assert await status() == 401
    assert (await verb(client, SIGN_IN, None, input=who))["userErrors"] == [{"code": "WRONG_CREDENTIALS"}]
    back = await verb(client, ENABLE, "admin", id=desk, input={"expectedVersion": 2})
    assert back["account"]["disabledAt"] is None
    assert await status() == 401, "the sessions have ended"
    assert (await verb(client, SIGN_IN, None, input=who))["token"] is not None
    before = await dump(house)
    oneself = await verb(client, DISABLE, "admin", id=acme.id("admin"), input={"expectedVersion": 1})
    assert codes(oneself) == [("BAD_USER_INPUT", "id")]
    assert await client.codes(DISABLE, "chief", id=desk, input={"expectedVersion": 3}) == ["FORBIDDEN"]
    english = {"expectedVersion": 1, "locale": "en"}
    assert codes(await verb(client, LOCALE, "guard", id=desk, input=english)) == [("NOT_FOUND", "id")]
    assert await dump(house) == before
    assert (await verb(client, LOCALE, "guard", id=acme.id("guard"), input=english))["account"]["locale"] == "en"
    assert [len(await audits(house, f"account.{name}")) for name in ("disable", "enable", "update")] == [1] * 3
