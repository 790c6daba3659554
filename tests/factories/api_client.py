"""A partner's program with a secret and an Account of its own: `program`, whose token is as everybody's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import models
from adapters.identity import token_hash
from models.rules.permission import Role
from tests.factories.tenant import NOW, SECRET

if TYPE_CHECKING:
    from tests.factories.world import Builder

SCOPES = ["gate.read", "ticket.read"]


def furnish(add: Builder) -> None:
    """`client` may read tickets and gates of `home`; its secret is SECRET."""
    keys, slug = add.tenant.keys, add.tenant.slug
    account = add.account("program")
    client = add.add(
        "client",
        models.ApiClient,
        account_id=account,
        name=f"{slug} 小程序",
        scopes=SCOPES,
        property_ids=[str(keys["home"])],
        rate_per_minute=100_000,
    )
    add.add("client_secret", models.ApiClientSecret, api_client_id=client, secret_hash=token_hash(SECRET))
    add.add(
        "program_role",
        models.RoleAssignment,
        account_id=account,
        role=Role.PARTNER,
        property_id=keys["home"],
        valid_from=NOW - timedelta(days=300),
    )
