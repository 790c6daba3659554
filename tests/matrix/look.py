"""The parts of the matrix that tests and mutants both run; AssertionError when a right is not as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema.base.node import NODES
from tests.dump import dump
from tests.matrix.may import hidden
from tests.matrix.verb import REFUSED, allowed, codes, first_calls
from tests.visible import LOGINS, SEES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resolvers.ports import House
    from tests.client import Client
    from tests.factories.tenant import Tenant

AT_ONCE = 20
HIDDEN = {"GRAPHQL_VALIDATION_FAILED"}


def nodes(tenant: Tenant) -> dict[str, str]:
    """The id of every row of a tenant that is a node, by its name."""
    return {name: tenant.id(name) for name, type_ in tenant.types.items() if type_ in NODES}


async def seen(client: Client, who: str | None, tenant: Tenant, of: Tenant) -> set[str]:
    """The rows of `of` that node(id) gives to an account of `tenant`."""
    found: set[str] = set()
    ids = list(nodes(of).items())
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        variables = {f"i{n}": id_ for n, (_, id_) in enumerate(part)}
        wanted = " ".join(f"n{n}: node(id: $i{n}) {{ id }}" for n in range(len(part)))
        document = f"query ({', '.join(f'$i{n}: ID!' for n in range(len(part)))}) {{ {wanted} }}"
        data = await client.data(document, who, tenant, **variables)
        for n, (name, id_) in enumerate(part):
            if data[f"n{n}"] is not None:
                assert data[f"n{n}"]["id"] == id_
                found.add(name)
    return found


async def check_rows(client: Client, tenant: Tenant) -> None:
    """Every account sees the rows that the table says, and no other."""
    for login in LOGINS:
        different = await seen(client, login, tenant, tenant) ^ SEES[login]
        assert not different, (login, different)


def refusal_of(call: str) -> str:
    """Use a verb, and ask only what was refused."""
    return f"mutation {{ {call} {{ userErrors {{ code field message }} }} }}"


async def check_verbs(client: Client, house: House, logins: Sequence[str] = LOGINS) -> None:
    """Whoever may not is refused by every verb, and nothing changes."""
    ids = nodes(client.world.acme)
    before = await dump(house)
    for login in logins:
        for verb, call in first_calls(ids):
            if not allowed(login, verb):
                answer = await client.post(refusal_of(call), login)
                refused = HIDDEN if hidden(login, verb) else REFUSED
                assert set(codes(answer, verb)) & refused, (login, verb, answer)
    assert await dump(house) == before
