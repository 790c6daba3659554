"""Signing in and out, and who the viewer is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import strawberry

import models
from models.query import Query as Rows
from models.rules.permission import Permission, Role
from resolvers import account as usecase
from resolvers import account_identity, place
from schema.account_identity import AccountIdentity
from schema.base import (
    EVERY_PROGRAM,
    Cursor,
    Info,
    ListOrder,
    Node,
    Payload,
    column,
    computed,
    decode,
    many,
    node,
    one,
    text,
    to_one,
    values,
    verb,
)
from schema.base.field import Spec, declare
from schema.base.node import NODES
from schema.base.page import Page
from schema.organization import Organization
from schema.person import Person
from schema.place import Property
from schema.staff import Staff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resolvers.session import Tokens
    from schema.batch.row import Row


class OwnCursorSpec(Spec):
    """The cursor of the Account's stream, for its owner."""

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> str | None:
        """A cursor for `after`."""
        own: bool = row.values["id"] == row.reader.signed_in.account_id
        return row.reader.live_cursor(row.values["id"]) if own else None


@node(models.Account, "Who signs in: at most one Person and one member of Staff stand behind it.")
class Account(Node):
    """Who signs in."""

    login: str = column("Phone or staff number, unique in the Organization.")
    locale: str = column("Preferred language: zh or en.")
    organization: Organization = to_one("The company the Account belongs to.")
    person: Person | None = to_one("The resident behind it.")
    staff: Staff | None = to_one("The member of staff behind it.")
    totp_enabled: bool = computed(
        "两步验证: whether signing in asks for a second factor.",
        needs=("totp_at",),
        compute=lambda row, _viewer: row["totp_at"] is not None,
    )
    disabled_at: datetime | None = column("停用: since when nobody signs in by it; null while somebody may.")
    created_at: datetime = column("When it was made.")
    live_cursor: Cursor | None = declare(
        OwnCursorSpec(),
        "Where the own live stream (`billChanged`) stood before this operation read anything: subscribe with `after`"
        " from here. Null for the Account of somebody else.",
    )
    version: int = column("Grows by one with each change.")


@strawberry.type(description="Who asks.")
class Viewer:
    """Who asks."""

    account: Account = strawberry.field(description="The Account that is signed in.")
    organization: Organization = strawberry.field(description="Its company.")
    person: Person | None = strawberry.field(description="The resident behind it.")
    staff: Staff | None = strawberry.field(description="The member of staff behind it.")
    roles: list[Role] = strawberry.field(description="The roles held anywhere.")
    totp_required: bool = strawberry.field(
        description="Whether roles that administer the company sleep until this session has shown a second factor:"
        " begin with `accountTotpBegin`, or sign in with `totpCode`."
    )
    properties: list[Property] = strawberry.field(description="Properties in which a role is held, at most 100.")
    identities: list[AccountIdentity] = strawberry.field(
        description="绑定身份: what else the Account signs in by, the oldest first, at most 100."
    )

    @strawberry.field(description="权限: what the viewer may do there; without a Property, in all of the Organization.")
    async def permissions(
        self,
        info: Info,
        property_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Where; null for all of the Organization.")
        ] = None,
    ) -> list[Permission]:
        """What the viewer may do: a client shows and hides by it."""
        who = info.context.reader.signed_in
        if property_id is None:
            return sorted(who.everywhere)
        place = decode("Property", property_id, "property_id")
        if await info.context.show("Property", place) is None:
            return []
        return sorted(permission for permission in Permission if who.may(permission, place))


@strawberry.input(description="Who signs in.")
class AccountSignInInput:
    """Who signs in."""

    organization: str | None = text(
        "The Organization's slug; not needed where the address of the server is the Organization's own.", optional=True
    )
    login: str = text("Phone or staff number.")
    password: str = text("The password.")
    totp_code: str | None = text(
        "验证码: six digits of the authenticator app, or a recovery code; after TOTP_REQUIRED.", optional=True
    )


@strawberry.type(description="Answer to accountSignIn.")
class AccountSignInPayload(Payload):
    """A new session."""

    token: str | None = strawberry.field(
        default=None, description="Send it as Authorization: Bearer TOKEN, or in connection_init as payload.token."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="When the token ends: within minutes.")
    refresh_token: str | None = strawberry.field(
        default=None, description="Buys the next pair of tokens, once. Keep it where scripts do not reach it."
    )
    refresh_expires_at: datetime | None = strawberry.field(
        default=None, description="When the session ends: sign in again."
    )
    account: Account | None = strawberry.field(default=None, description="Who signed in.")


@strawberry.type(description="Answer to accountSignOut.")
class AccountSignOutPayload(Payload):
    """The session has ended."""


P = TypeVar("P", bound=AccountSignInPayload)


async def signed_in(info: Info, session: Tokens, payload: type[P] = AccountSignInPayload) -> P:  # type: ignore[assignment]
    """What every way to sign in answers: the tokens, and the Account as it sees itself."""
    info.context.reader.viewer = await info.context.viewers(session.token)
    return payload(
        token=session.token,
        expires_at=session.expires_at,
        refresh_token=session.refresh_token,
        refresh_expires_at=session.refresh_expires_at,
        account=await info.context.show("Account", session.account_id),
    )


@strawberry.type
class AccountQuery:
    """Reads of accounts."""

    @strawberry.field(description="Who asks; null without a token.", metadata={"scopes": EVERY_PROGRAM})
    async def viewer(self, info: Info) -> Viewer | None:
        """Who asks."""
        who = info.context.viewer
        if who is None:
            return None
        reader: Any = info.context.reader
        mine = await reader.page(place.properties(who, ListOrder.OLDEST.order), NODES["Property"], Page(first=100))
        bound = await reader.page(account_identity.own(who), NODES["AccountIdentity"], Page(first=100))
        return Viewer(
            account=await reader.one("Account", who.account_id),
            organization=await reader.one("Organization", who.organization_id),
            person=await info.context.show("Person", who.person_id),
            staff=await info.context.show("Staff", who.staff_id),
            roles=list(who.roles),
            totp_required=who.totp_required,
            properties=mine.nodes,
            identities=bound.nodes,
        )

    organization: Organization | None = one("The own company; null for any other.", "Organization")
    account: Account | None = one("An Account: the own one, or any for a manager of the whole Organization.", "Account")

    @many("Accounts that the viewer may see.", Account)
    def accounts(self, info: Info, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Accounts."""
        return usecase.accounts(info.context.viewer, order.order)


@strawberry.type
class AccountMutation:
    """Verbs of accounts."""

    @verb(
        "Sign in with organization, login and password. 5 failures of an account or 20 of an address within 15 minutes"
        " are followed by RATE_LIMITED with `retryAfter`."
    )
    async def account_sign_in(self, info: Info, input: AccountSignInInput) -> AccountSignInPayload | None:
        """Open a session."""
        return await signed_in(info, await usecase.sign_in(info.context.house, **values(input)))

    @verb("End the session that asks; its live streams end within two seconds.", scopes=EVERY_PROGRAM)
    async def account_sign_out(self, info: Info) -> AccountSignOutPayload | None:
        """End the session."""
        await usecase.sign_out(info.context.viewer, info.context.house)
        info.context.viewers.forget(info.context.viewer.session_key if info.context.viewer else "")
        return AccountSignOutPayload()
