"""Identities that are bound to accounts."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.rules.identity_provider import ProviderKind
from resolvers import account_identity as usecase
from schema.base import Info, Node, Payload, column, decode, node, text, values, verb


@node(models.AccountIdentity, "绑定身份: somebody else's word by which an Account signs in.")
class AccountIdentity(Node):
    """Somebody else's word by which an Account signs in."""

    kind: ProviderKind = column("Who vouches.")
    issuer: str = column("The provider: its address, or `wechat:` with the AppID of the mini-program.")
    created_at: datetime = column("When it was bound.")
    used_at: datetime | None = column("When it was last used to sign in; null when it has not been since it was bound.")


@strawberry.input(description="A proven identity to claim.")
class AccountBindWechatInput:
    """A proven identity to claim."""

    ticket: str = text("`bindTicket` of accountSignInByWechat: good once, for 10 minutes.")


@strawberry.type(description="Answer to accountBindWechat.")
class AccountBindWechatPayload(Payload):
    """The binding."""

    identity: AccountIdentity | None = strawberry.field(default=None, description="The identity as it is bound now.")


@strawberry.type(description="Answer to identityRemove.")
class IdentityRemovePayload(Payload):
    """The binding has ended."""


@strawberry.type
class AccountIdentityMutation:
    """Verbs of bound identities."""

    @verb("Bind the WeChat that accountSignInByWechat did not know to the Account that asks.")
    async def account_bind_wechat(self, info: Info, input: AccountBindWechatInput) -> AccountBindWechatPayload | None:
        """Claim it."""
        context = info.context
        bound = await usecase.bind_wechat(context.viewer, context.house, **values(input))
        return AccountBindWechatPayload(identity=await context.show("AccountIdentity", bound.id))

    @verb("Unbind an identity: the own one, or anybody's for who manages accounts. Running sessions go on.")
    async def identity_remove(self, info: Info, id: strawberry.ID) -> IdentityRemovePayload | None:
        """End it."""
        await usecase.remove(info.context.viewer, info.context.house, decode("AccountIdentity", id))
        return IdentityRemovePayload()
