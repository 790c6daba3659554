"""Consents to sensitive personal data in the contract."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.consent import OTHER_WAYS, ConsentAct, ConsentChannel, ConsentKind
from models.rules.gate import AccessMethod
from models.rules.permission import Permission
from resolvers import consent as usecase
from schema.base import (
    Info,
    ListOrder,
    Node,
    Payload,
    column,
    computed,
    many,
    node,
    ref,
    text,
    to_one,
    values,
    verb,
)
from schema.erasure import Erasure
from schema.person import Person

_KIND = "To what: an ID number or a face that is kept."
_OTHER_WAYS = (
    "另一种方式: the ways in that are always offered beside it, so that nobody has to consent; [] where it opens no"
    " gate."
)


@node(models.ConsentText, "同意书: the text of an edition, as people consent to it. Never changed.")
class ConsentText(Node):
    """The text of an edition."""

    kind: ConsentKind = column(_KIND)
    edition: str = column("版本, unique for its kind; the newest one in effect is what people consent to.")
    body: str = column("The whole text.")
    effective_from: datetime = column("From when on it is in effect.")
    other_ways: list[AccessMethod] = computed(
        _OTHER_WAYS,
        needs=("kind",),
        personal=False,
        compute=lambda row, _viewer: list(OTHER_WAYS[ConsentKind(row["kind"])]),
    )
    created_at: datetime = column("When it was published.")


@node(models.Consent, "同意: one act of a Person, who consents or withdraws. Acts are history: none is changed.")
class Consent(Node):
    """One act of a Person."""

    person: Person | None = to_one("Who.")
    kind: ConsentKind = column(_KIND)
    act: ConsentAct = column("What was done. The consent runs while the last act of its kind is GIVEN.")
    number: int = column("1, 2, … of this Person and kind.")
    edition: str = column("版本 of the text that was agreed to.")
    purpose: str = column("What it may be used for; at most 120 characters.")
    channel: ConsentChannel = column("How it reached us.")
    occurred_at: datetime = column("When it was given or withdrawn.")
    other_ways: list[AccessMethod] = computed(
        _OTHER_WAYS,
        needs=("kind",),
        personal=False,
        compute=lambda row, _viewer: list(OTHER_WAYS[ConsentKind(row["kind"])]),
    )


@strawberry.input(description="Which texts.")
class ConsentTextFilter:
    """Which texts."""

    kind: ConsentKind | None = text("Only of this kind.", optional=True)


@strawberry.input(description="A new edition of a text.")
class ConsentTextPublishInput:
    """A new edition of a text."""

    kind: ConsentKind = text(_KIND)
    edition: str = text("版本, such as 2026-01; 1 to 20 characters, not used before for this kind.")
    body: str = text("The whole text: purpose, how long, how to withdraw; 1 to 10,000 characters.")
    effective_from: datetime | None = text("From when on, not in the past; now without it.", optional=True)


@strawberry.input(description="A Person consents.")
class ConsentGiveInput:
    """A Person consents."""

    person_id: strawberry.ID = ref("Person", "Who consents: oneself, or somebody at the desk.")
    kind: ConsentKind = text(_KIND)
    edition: str = text("版本 of the text that was shown: the one in effect now.")
    purpose: str = text("What it may be used for; 1 to 120 characters.")


@strawberry.input(description="A Person withdraws a consent.")
class ConsentWithdrawInput:
    """A Person withdraws a consent."""

    person_id: strawberry.ID = ref("Person", "Who withdraws: oneself, or somebody at the desk.")
    kind: ConsentKind = text("Which one.")


@strawberry.type(description="Answer to consentTextPublish.")
class ConsentTextPublishPayload(Payload):
    """The new edition."""

    consent_text: ConsentText | None = strawberry.field(default=None, description="The new edition.")


@strawberry.type(description="Answer to consentGive.")
class ConsentGivePayload(Payload):
    """The consent."""

    consent: Consent | None = strawberry.field(default=None, description="The consent that runs now.")


@strawberry.type(description="Answer to consentWithdraw.")
class ConsentWithdrawPayload(Payload):
    """The withdrawal and what follows from it."""

    consent: Consent | None = strawberry.field(default=None, description="The withdrawal.")
    erasure: Erasure | None = strawberry.field(
        default=None, description="What is erased because of it, within 24 hours."
    )


@strawberry.type
class ConsentQuery:
    """Reads of consents; a Person's own are `Person.consents`."""

    @many("The texts that people consent to, in every edition.", ConsentText)
    def consent_texts(
        self, info: Info, filter: ConsentTextFilter | None = None, order: ListOrder = ListOrder.OLDEST
    ) -> Rows:
        """The texts."""
        return usecase.texts(info.context.viewer, order.order, filter.kind if filter else None)


@strawberry.type
class ConsentMutation:
    """Verbs of consents."""

    @verb(
        "Publish a new edition of a text; needs person.manage for the whole Organization.",
        permission=Permission.PERSON_MANAGE,
    )
    async def consent_text_publish(
        self, info: Info, input: ConsentTextPublishInput
    ) -> ConsentTextPublishPayload | None:
        """Publish it."""
        context = info.context
        row = await usecase.publish(context.viewer, context.house, **values(input))
        return ConsentTextPublishPayload(consent_text=await context.show("ConsentText", row.id))

    @verb(
        "Consent to an ID number or a face being kept: a resident for himself, or the desk with person.manage where the"
        " Person holds or held a Unit. Nothing is kept without it; another way in is always offered (otherWays)."
    )
    async def consent_give(self, info: Info, input: ConsentGiveInput) -> ConsentGivePayload | None:
        """Consent."""
        context = info.context
        row = await usecase.give(context.viewer, context.house, **values(input))
        return ConsentGivePayload(consent=await context.show("Consent", row.id))

    @verb(
        "Withdraw a consent: a resident his own, or the desk with person.manage where the Person holds or held a Unit."
        " What was kept is shown no more and erased within 24 hours; the other ways in stay as they are (otherWays)."
    )
    async def consent_withdraw(self, info: Info, input: ConsentWithdrawInput) -> ConsentWithdrawPayload | None:
        """Withdraw it."""
        context = info.context
        row, erasure = await usecase.withdraw(context.viewer, context.house, **values(input))
        return ConsentWithdrawPayload(
            consent=await context.show("Consent", row.id), erasure=await context.show("Erasure", erasure.id)
        )
