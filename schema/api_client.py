"""Partners' programs in the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry

import models
from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import api_client as usecase
from schema.account import Account
from schema.base import (
    EVERY_PROGRAM,
    Connection,
    Info,
    ListOrder,
    Node,
    Payload,
    changed,
    column,
    computed,
    decode,
    many,
    node,
    one,
    ref,
    text,
    to_many,
    to_one,
    values,
    verb,
)
from schema.base.field import Spec, declare
from schema.place import Property

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema.batch.row import Row

MANAGE = Permission.API_CLIENT_MANAGE


@dataclass(frozen=True)
class PlacesSpec(Spec):
    """The Properties named in a column, those that the viewer may see."""

    def needs(self, name: str) -> set[str]:
        """The list of ids."""
        return {"property_ids"}

    async def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> list[Any]:
        """Batched with every other reference to a Property."""
        ids = [UUID(id_) for id_ in row.values["property_ids"] or ()]
        found = [row.reader.one("Property", id_) for id_ in ids]
        return [place for place in [await one for one in found] if place is not None]


@node(models.ApiClientSecret, "应用密钥: what a program signs in with; it is shown once. At most two hold at a time.")
class ApiClientSecret(Node):
    """What a program signs in with."""

    created_at: datetime = column("When it was made.")
    expires_at: datetime | None = column("The end of the overlap with the next one; null for the newest.")
    revoked_at: datetime | None = column("When it was ended.")
    last_used_at: datetime | None = column("When it last bought a token; null if it never did.")


@node(models.ApiClient, "应用: a partner's program. An Account of its own stands behind it, which has no password.")
class ApiClient(Node):
    """A partner's program."""

    name: str = column("Unique among the live ones of the Organization; 1 to 80 characters.")
    identifier: str = computed(
        "The `client_id` that it signs in with, 32 hexadecimal digits.",
        needs=("id",),
        compute=lambda row, _: row["id"].hex,
    )
    scopes: list[Permission] = column(
        "What it may, at most: of that, what its Properties allow.",
        convert=lambda names: [Permission(name) for name in names],
    )
    everywhere: bool = computed(
        "Whether it may act in all Properties, coming ones too.",
        needs=("property_ids",),
        compute=lambda row, _: row["property_ids"] is None,
    )
    properties: list[Property] = declare(PlacesSpec(), "Where it may act; empty when `everywhere`.")
    rate_per_minute: int | None = column("Its own limit of requests a minute; null for that of all programs.")
    expires_at: datetime | None = column("When it ends by itself; no token outlives it.")
    revoked_at: datetime | None = column("When it was ended for good.")
    account: Account | None = to_one("The Account behind it, under which the audit has what it did.")
    secrets: Connection[ApiClientSecret] = to_many(
        "Its secrets, ended ones too, oldest first; never what they say.", "ApiClientSecret", "api_client_id"
    )
    created_at: datetime = column("When it was made.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change, a new secret too.")


@strawberry.input(description="Which programs.")
class ApiClientFilter:
    """Which programs."""

    revoked: bool | None = text("Only those that were ended, or only those that were not.", optional=True)


@strawberry.input(description="A partner's program.")
class ApiClientCreateInput:
    """A partner's program."""

    name: str = text("Unique among the live ones of the Organization; 1 to 80 characters.")
    scopes: list[Permission] = text("What it may; only what programs may have, and what the viewer holds there.")
    property_ids: list[strawberry.ID] | None = ref(
        "Property", "Where it may act; in all Properties without it.", optional=True
    )
    rate_per_minute: int | None = text("1 to 60,000 requests; the limit of all programs without it.", optional=True)
    expires_at: datetime | None = text("When it ends by itself; never without it.", optional=True)


@strawberry.input(description="What changes about a program: what is not sent stays, null empties.")
class ApiClientUpdateInput:
    """What changes about a program."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    name: str | None = changed("Unique among the live ones of the Organization; 1 to 80 characters; not null.")
    scopes: list[Permission] | None = changed("What it may from now on; not null.")
    property_ids: list[strawberry.ID] | None = changed("Where it may act; null: in all Properties.", type_="Property")
    rate_per_minute: int | None = changed("1 to 60,000 requests; null: the limit of all programs.")
    expires_at: datetime | None = changed("When it ends by itself; null: never.")


@strawberry.input(description="How the old secret gives way.")
class ApiClientSecretRotateInput:
    """How the old secret gives way."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    overlap_hours: int = text("How long the old secret holds beside the new one, 0 to 168 hours.", default=24)


@strawberry.input(description="The end of a program.")
class ApiClientRevokeInput:
    """The end of a program."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.input(description="How a program proves who it is.")
class ApiClientSignInInput:
    """How a program proves who it is."""

    client_id: str = text("`ApiClient.identifier`.")
    client_secret: str = text("The secret, as it was shown.")


SECRET = "The secret: it is shown this once and kept nowhere. Whoever has it acts as the program."  # noqa: S105
AFTER_VERB = "The program after the verb; on CONFLICT and API_CLIENT_REVOKED as it is now."


@strawberry.type(description="Answer to apiClientCreate.")
class ApiClientCreatePayload(Payload):
    """The new program."""

    api_client: ApiClient | None = strawberry.field(default=None, description="The new program.")
    secret: str | None = strawberry.field(default=None, description=SECRET)


@strawberry.type(description="Answer to apiClientUpdate.")
class ApiClientUpdatePayload(Payload):
    """The program after the verb."""

    api_client: ApiClient | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to apiClientSecretRotate.")
class ApiClientSecretRotatePayload(Payload):
    """The new secret."""

    api_client: ApiClient | None = strawberry.field(default=None, description=AFTER_VERB)
    secret: str | None = strawberry.field(default=None, description=SECRET)


@strawberry.type(description="Answer to apiClientSecretRevoke.")
class ApiClientSecretRevokePayload(Payload):
    """The ended secret."""

    secret: ApiClientSecret | None = strawberry.field(default=None, description="The ended secret.")


@strawberry.type(description="Answer to apiClientRevoke.")
class ApiClientRevokePayload(Payload):
    """The ended program."""

    api_client: ApiClient | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to apiClientSignIn.")
class ApiClientSignInPayload(Payload):
    """A session of a program."""

    token: str | None = strawberry.field(default=None, description="Send it as Authorization: Bearer TOKEN.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="When it ends: within minutes; sign in again, there is no refresh token."
    )
    api_client: ApiClient | None = strawberry.field(default=None, description="Who signed in, with its scopes.")


@strawberry.type
class ApiClientQuery:
    """Reads of programs."""

    api_client: ApiClient | None = one("A program, for who manages them; its own for a program.", "ApiClient")
    api_client_secret: ApiClientSecret | None = one("A program's secret; never what it says.", "ApiClientSecret")

    @many("Programs of the Organization, for who manages them (api_client.manage); itself for a program.", ApiClient)
    def api_clients(
        self, info: Info, filter: ApiClientFilter | None = None, order: ListOrder = ListOrder.OLDEST
    ) -> Rows:
        """Programs."""
        return usecase.clients(info.context.viewer, order.order, filter.revoked if filter else None)


@strawberry.type
class ApiClientMutation:
    """Verbs of programs."""

    @verb("Make a partner's program; its secret is in the answer, once.", permission=MANAGE)
    async def api_client_create(self, info: Info, input: ApiClientCreateInput) -> ApiClientCreatePayload | None:
        """Make one."""
        made = await usecase.create(info.context.viewer, info.context.house, **values(input))
        shown = await info.context.show("ApiClient", made.client.id)
        return ApiClientCreatePayload(api_client=shown, secret=made.secret)

    @verb(
        "Change what a program may; its sessions follow within two seconds.",
        shows="ApiClient",
        permission=MANAGE,
        rights=True,
    )
    async def api_client_update(
        self, info: Info, id: strawberry.ID, input: ApiClientUpdateInput
    ) -> ApiClientUpdatePayload | None:
        """Change one."""
        context = info.context
        done = await usecase.update(context.viewer, context.house, decode("ApiClient", id), **values(input))
        return ApiClientUpdatePayload(api_client=await context.show("ApiClient", done.id))

    @verb(
        "Give a program a new secret; the old one holds for the overlap.",
        shows="ApiClient",
        permission=MANAGE,
    )
    async def api_client_secret_rotate(
        self, info: Info, id: strawberry.ID, input: ApiClientSecretRotateInput
    ) -> ApiClientSecretRotatePayload | None:
        """A new secret."""
        context = info.context
        made = await usecase.rotate(context.viewer, context.house, decode("ApiClient", id), **values(input))
        shown = await context.show("ApiClient", made.client.id)
        return ApiClientSecretRotatePayload(api_client=shown, secret=made.secret)

    @verb(
        "End a secret at once, and every session of its program. Again changes nothing.", permission=MANAGE, rights=True
    )
    async def api_client_secret_revoke(self, info: Info, id: strawberry.ID) -> ApiClientSecretRevokePayload | None:
        """End a secret."""
        context = info.context
        done = await usecase.revoke_secret(context.viewer, context.house, decode("ApiClientSecret", id))
        return ApiClientSecretRevokePayload(secret=await context.show("ApiClientSecret", done.id))

    @verb("End a program for good, with its secrets and sessions.", shows="ApiClient", permission=MANAGE, rights=True)
    async def api_client_revoke(
        self, info: Info, id: strawberry.ID, input: ApiClientRevokeInput
    ) -> ApiClientRevokePayload | None:
        """End one."""
        context = info.context
        done = await usecase.revoke(context.viewer, context.house, decode("ApiClient", id), **values(input))
        return ApiClientRevokePayload(api_client=await context.show("ApiClient", done.id))

    @verb("Sign a program in by its credentials, as `POST /oauth/token` does.", scopes=EVERY_PROGRAM)
    async def api_client_sign_in(self, info: Info, input: ApiClientSignInInput) -> ApiClientSignInPayload | None:
        """Open a session."""
        context = info.context
        done = await usecase.sign_in(context.house, **values(input))
        context.reader.viewer = await context.viewers(done.token)
        return ApiClientSignInPayload(
            token=done.token, expires_at=done.expires_at, api_client=await context.show("ApiClient", done.client.id)
        )
