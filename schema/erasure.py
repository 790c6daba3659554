"""Erasures in the contract."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.rules.consent import ErasureScope
from models.rules.permission import Permission
from resolvers import person as usecase
from schema.base import Info, Node, Payload, column, decode, node, text, to_one, values, verb
from schema.person import Person


@node(models.Erasure, "删除请求: what of a Person is to be erased. A job does it, within 24 hours at the latest.")
class Erasure(Node):
    """What of a Person is to be erased."""

    person: Person | None = to_one("Whose it is, or was.")
    scope: ErasureScope = column("What is to go.")
    requested_at: datetime = column("When it was asked for.", source="created_at")
    due_at: datetime = column("By when it will be done: 24 hours after it was asked for.")
    erased_at: datetime | None = column("When the values went; null before.")
    done_at: datetime | None = column("When the sheets of exports with them were gone too; null before.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which state of the Person the viewer saw.")
class PersonEraseInput:
    """Which state of the Person the viewer saw."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to personErase.")
class PersonErasePayload(Payload):
    """The Person and the request."""

    person: Person | None = strawberry.field(
        default=None, description="What is left of the Person; null when the viewer sees it no more."
    )
    erasure: Erasure | None = strawberry.field(default=None, description="How far it is.")


@strawberry.type
class ErasureMutation:
    """Verbs of erasures; that of a withdrawn consent comes by itself."""

    @verb(
        "被遗忘权: forget a Person who left: name, phone, e-mail, ID number, face and cars go, the account is closed;"
        " bills, tickets and passages stay and lead to nobody. It cannot be undone. Needs person.manage in every"
        " Property where the Person held a Unit.",
        shows="Person",
        permission=Permission.PERSON_MANAGE,
        rights=True,
    )
    async def person_erase(self, info: Info, id: strawberry.ID, input: PersonEraseInput) -> PersonErasePayload | None:
        """Forget."""
        context = info.context
        row, erasure = await usecase.erase(context.viewer, context.house, decode("Person", id), **values(input))
        return PersonErasePayload(
            person=await context.show("Person", row.id), erasure=await context.show("Erasure", erasure.id)
        )
