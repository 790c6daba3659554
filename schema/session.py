"""Sessions in the contract: refreshed, listed, revoked."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.account import SignInMethod
from resolvers import session as usecase
from schema.account import Account
from schema.base import (
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
    ref,
    text,
    to_one,
    values,
    verb,
)


@node(models.Session, "登录会话: a sign-in, and everything that was done with its tokens.")
class Session(Node):
    """A sign-in."""

    account: Account = to_one("Who signed in.")
    method: SignInMethod = column("How.")
    address: str | None = column("The network address that it was opened from.")
    agent: str | None = column("What it was opened with (User-Agent), at most 200 characters.")
    created_at: datetime = column("When it was opened.")
    refreshed_at: datetime | None = column("When it last bought new tokens; null before the first time.")
    expires_at: datetime = column("When it ends by itself.")
    revoked_at: datetime | None = column("When it was ended; null while it goes on.")
    second_factor: bool = computed(
        "两步验证: whether a second factor was shown in it.",
        needs=("totp_at",),
        compute=lambda row, _viewer: row["totp_at"] is not None,
    )
    is_current: bool = computed(
        "Whether it is the one that asks.",
        needs=("id",),
        compute=lambda row, viewer: row["id"] == viewer.session_id,
    )


@strawberry.input(description="Which sessions.")
class SessionFilter:
    """Which sessions."""

    account_id: strawberry.ID | None = ref("Account", "Only of this Account.", optional=True)


@strawberry.input(description="What buys the next pair of tokens.")
class SessionRefreshInput:
    """What buys the next pair of tokens."""

    refresh_token: str = text("The newest refresh token of the session.")


@strawberry.type(description="Answer to sessionRefresh.")
class SessionRefreshPayload(Payload):
    """The next pair of tokens."""

    token: str | None = strawberry.field(default=None, description="The next access token; older ones run out.")
    expires_at: datetime | None = strawberry.field(default=None, description="When the token ends: within minutes.")
    refresh_token: str | None = strawberry.field(default=None, description="Buys the next pair, once.")
    refresh_expires_at: datetime | None = strawberry.field(
        default=None, description="When the session ends: sign in again."
    )


@strawberry.type(description="Answer to sessionRevoke.")
class SessionRevokePayload(Payload):
    """The session has ended."""

    session: Session | None = strawberry.field(default=None, description="The session as it ended.")


@strawberry.type(description="Answer to sessionRevokeOthers.")
class SessionRevokeOthersPayload(Payload):
    """The other sessions have ended."""

    count: int | None = strawberry.field(default=None, description="How many sessions ended.")


@strawberry.type
class SessionQuery:
    """Reads of sessions."""

    session: Session | None = one("A session: an own one, or any for who manages accounts.", "Session")

    @many("Sessions that go on: the own ones; with account.manage those of everybody in the Organization.", Session)
    def sessions(self, info: Info, filter: SessionFilter | None = None, order: ListOrder = ListOrder.NEWEST) -> Rows:
        """Sessions."""
        now = info.context.house.clock.now()
        return usecase.sessions(info.context.viewer, now, order.order, **(values(filter) if filter else {}))


@strawberry.type
class SessionMutation:
    """Verbs of sessions."""

    @verb(
        "Buy the next pair of tokens; the refresh token is used up. Shown again later than 10 seconds after its use it"
        " ends the session: somebody holds a copy. UNAUTHENTICATED means: sign in again."
    )
    async def session_refresh(self, info: Info, input: SessionRefreshInput) -> SessionRefreshPayload | None:
        """The next pair of tokens."""
        tokens = await usecase.refresh(info.context.house, **values(input))
        return SessionRefreshPayload(
            token=tokens.token,
            expires_at=tokens.expires_at,
            refresh_token=tokens.refresh_token,
            refresh_expires_at=tokens.refresh_expires_at,
        )

    @verb("End a session, an own one or with account.manage any; its live streams end within two seconds.", rights=True)
    async def session_revoke(self, info: Info, id: strawberry.ID) -> SessionRevokePayload | None:
        """End a session."""
        session = await usecase.revoke(info.context.viewer, info.context.house, decode("Session", id))
        return SessionRevokePayload(session=await info.context.show("Session", session.id))

    @verb("End every session of the own Account but the one that asks.", rights=True)
    async def session_revoke_others(self, info: Info) -> SessionRevokeOthersPayload | None:
        """End the other sessions."""
        return SessionRevokeOthersPayload(count=await usecase.revoke_others(info.context.viewer, info.context.house))
