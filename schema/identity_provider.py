"""Identity providers in the contract."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.identity_provider import LoginClaim, ProviderKind
from models.rules.permission import Permission
from resolvers import identity_provider as usecase
from schema.base import Info, ListOrder, Node, Payload, column, decode, many, node, one, text, values, verb


@node(models.IdentityProvider, "身份提供方: who else vouches for the people of the Organization.")
class IdentityProvider(Node):
    """Who else vouches for the people of the Organization. Its secret is never shown."""

    kind: ProviderKind = column("Of which kind; one live provider a kind.")
    issuer: str = column("OIDC: the issuer's address. WeChat: `wechat:` with the AppID.")
    client: str = column("What the provider calls us: client id, or AppID.", source="client_id")
    login_claim: LoginClaim | None = column("The claim that finds the Account at the first sign-in; null for WeChat.")
    redirect_uris: list[str] = column("Where people may be sent back to, at most 10.")
    archived_at: datetime | None = column("When it ceased to be used; null while it is.")
    created_at: datetime = column("When it was set up.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="The provider of a kind, as it shall be.")
class IdentityProviderSetInput:
    """The provider of a kind, as it shall be."""

    kind: ProviderKind = text("Of which kind.")
    client_id: str = text("What the provider calls us, at most 200 characters; the AppID of a mini-program.")
    client_secret: str | None = text(
        "At most 200 characters; kept encrypted, never shown. Needed at first, and when issuer or client change;"
        " left out, the kept one stays.",
        optional=True,
    )
    issuer: str | None = text("OIDC: its address, https, exactly as its discovery document spells it.", optional=True)
    login_claim: LoginClaim | None = text("OIDC: the claim that finds the Account at the first sign-in.", optional=True)
    redirect_uris: list[str] | None = text(
        "OIDC: 1 to 10 addresses (https, or an app's own scheme), compared exactly. None for WeChat.",
        optional=True,
    )
    expected_version: int | None = text(
        "The version the viewer saw; needed when there is one of this kind. A newer one is a CONFLICT.", optional=True
    )


@strawberry.input(description="Which state of the provider the viewer saw.")
class IdentityProviderArchiveInput:
    """Which state of the provider the viewer saw."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to identityProviderSet.")
class IdentityProviderSetPayload(Payload):
    """The provider."""

    identity_provider: IdentityProvider | None = strawberry.field(
        default=None, description="The provider as it is now."
    )


@strawberry.type(description="Answer to identityProviderArchive.")
class IdentityProviderArchivePayload(Payload):
    """The archived provider."""

    identity_provider: IdentityProvider | None = strawberry.field(
        default=None, description="The provider as it is now."
    )


@strawberry.type
class IdentityProviderQuery:
    """Reads of identity providers."""

    identity_provider: IdentityProvider | None = one("An identity provider of the company.", "IdentityProvider")

    @many("Identity providers, archived ones too; for who holds account.manage everywhere.", IdentityProvider)
    def identity_providers(self, info: Info, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Identity providers."""
        return usecase.providers(info.context.viewer, order.order)


@strawberry.type
class IdentityProviderMutation:
    """Verbs of identity providers. They need account.manage and role.manage everywhere."""

    @verb(
        "Say who vouches for the company's people: an OIDC provider, or a WeChat mini-program. It needs"
        " account.manage and role.manage everywhere.",
        shows="IdentityProvider",
        permission=Permission.ACCOUNT_MANAGE,
        also=frozenset({Permission.ROLE_MANAGE}),
    )
    async def identity_provider_set(
        self, info: Info, input: IdentityProviderSetInput
    ) -> IdentityProviderSetPayload | None:
        """Set it."""
        context, wanted = info.context, values(input)
        expected = wanted.pop("expected_version")
        wish = usecase.ProviderWish(**wanted)
        row = await usecase.set_provider(context.viewer, context.house, wish, expected)
        return IdentityProviderSetPayload(identity_provider=await context.show("IdentityProvider", row.id))

    @verb(
        "Nobody signs in by this provider any more. What is bound stays bound. It needs account.manage and role.manage"
        " everywhere.",
        shows="IdentityProvider",
        permission=Permission.ACCOUNT_MANAGE,
        also=frozenset({Permission.ROLE_MANAGE}),
    )
    async def identity_provider_archive(
        self, info: Info, id: strawberry.ID, input: IdentityProviderArchiveInput
    ) -> IdentityProviderArchivePayload | None:
        """End it."""
        context = info.context
        row = await usecase.archive(context.viewer, context.house, decode("IdentityProvider", id), **values(input))
        return IdentityProviderArchivePayload(identity_provider=await context.show("IdentityProvider", row.id))
