"""What a verb declares is what its use-case requires: held all but that, nothing is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from models.rules.permission import Permission
from schema import build_schema
from schema.base.reach import declaration
from tests.dump import Dump, dump, owner
from tests.matrix.look import nodes, refusal_of
from tests.matrix.verb import calls as calls_of
from tests.visible import furnish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from resolvers.ports import House
    from tests.client import Client
    from tests.factories.tenant import Tenant

MUTATION: Any = build_schema()._schema.mutation_type
METADATA = {name: declaration(field).metadata for name, field in MUTATION.fields.items()}
DECLARED: dict[str, set[Permission]] = {
    name: {metadata["permission"], *metadata["also"]} - {None} for name, metadata in METADATA.items()
}
# Verbs that take no id of the world: their own tests refuse who lacks the permission.
ELSEWHERE = {"alarmEscalationSet", "forumWordAdd", "importCreate", "exportCreate"}
ELSEWHERE |= {"identityProviderSet", "consentTextPublish", "customRoleCreate", "stockItemCreate"}
ELSEWHERE |= {"workOrderAssignMany", "workOrderCancelMany"}  # refused for each order: tests/test_day_work.py
ELSEWHERE |= {"skillCreate", "shiftAssign"}  # tests/test_team.py; refused for each item: tests/test_shift.py

# For the assignee or the author alone.
FOR_ONE = {"workOrderAccept", "workOrderDecline", "workOrderDepart", "workOrderStart", "workOrderWait"}
FOR_ONE |= {"workOrderCheck", "workOrderComplete"}
FOR_ONE |= {"forumPostUpdate", "forumPostDelete", "forumReplyDelete"}


async def hold(house: House, tenant: Tenant, login: str, held: Iterable[Permission]) -> None:
    """Let `login` hold exactly this, in all of the Organization."""
    account = tenant.keys[login]
    await owner(house, "DELETE FROM role_assignment WHERE account_id = $1", account)
    await owner(house, "DELETE FROM custom_role WHERE id = $1", account)
    await owner(
        house,
        "INSERT INTO custom_role (id, organization_id, name, description, permissions, created_at, updated_at, version)"
        " SELECT id, organization_id, login, '', $2, created_at, updated_at, 1 FROM account WHERE id = $1",
        account,
        orjson.dumps(sorted(permission.value for permission in held)).decode(),
    )
    await owner(
        house,
        "INSERT INTO role_assignment (id, organization_id, account_id, role, custom_role_id, valid_from, created_at)"
        " SELECT id, organization_id, id, 'CUSTOM', id, created_at, created_at FROM account WHERE id = $1",
        account,
    )


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_each_verb_requires_what_it_declares(client: Client, house: House) -> None:
    acme = client.world.acme
    await furnish(house, acme, 100)
    own = nodes(acme)
    calls: dict[Permission, dict[str, str]] = {}
    for name, call in calls_of(own, own):
        for permission in DECLARED[name]:
            calls.setdefault(permission, {})[name] = refusal_of(call)
    tried = {name for verbs in calls.values() for name in verbs}
    assert {name for name, permissions in DECLARED.items() if permissions} - tried - ELSEWHERE == set()
    before = await untouched(house)
    for permission, verbs in calls.items():
        await hold(house, acme, "control", set(Permission) - {permission})
        for name, query in verbs.items():
            assert await code(client, query) in ("FORBIDDEN", "NOT_FOUND"), name
    assert await untouched(house) == before
    await hold(house, acme, "control", Permission)
    allowed = {name: await code(client, query) for verbs in calls.values() for name, query in verbs.items()}
    refused = {name for name, found in allowed.items() if found == "FORBIDDEN"}
    assert refused <= FOR_ONE, "and with everything held they are refused to nobody"


async def test_who_works_no_more_ticks_nothing_off(client: Client, house: House) -> None:
    """The order is still his; the permission is gone."""
    acme = client.world.acme
    await furnish(house, acme, 100)
    tick = f'mutation {{ workOrderCheck(id: "{acme.id("order1")}", input: {{ itemId: "{acme.id("item1")}" }})'
    tick += " { userErrors { code } } }"
    await hold(house, acme, "tech1", set(Permission) - {Permission.WORK_ORDER_WORK})
    before = await untouched(house)
    assert await code(client, tick, "tech1") == "FORBIDDEN"
    assert await untouched(house) == before
    await hold(house, acme, "tech1", Permission)
    assert await code(client, tick, "tech1") is None


async def untouched(house: House) -> Dump:
    """What no verb changed; the roles are ours."""
    found = await dump(house)
    return {
        table: rows
        for table, rows in found.items()
        if table not in ("custom_role", "role_assignment", "rights_version")
    }


async def code(client: Client, query: str, who: str = "control") -> str | None:
    answer = await client.post(query, who)
    if "errors" in answer:
        found: str = answer["errors"][0]["extensions"]["code"]
        return found
    (payload,) = answer["data"].values()
    return payload["userErrors"][0]["code"] if payload["userErrors"] else None
