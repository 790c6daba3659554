"""Verbs of what is sensitive about people."""

from __future__ import annotations

import strawberry

from models.rules.consent import RevealPurpose
from models.rules.permission import Permission
from resolvers import person as usecase
from schema.base import Info, Payload, decode, text, values, verb
from schema.person.type import Person

_VERSION = "The version the viewer saw; a newer one is a CONFLICT."
_AS_IT_IS = "The Person as it is now."


@strawberry.input(description="What the whole number is needed for; it is kept in the audit.")
class PersonIdNumberRevealInput:
    """What the whole number is needed for."""

    purpose: RevealPurpose = text("What for.")
    note: str | None = text("More about it, at most 200 characters; required with OTHER.", optional=True)


@strawberry.input(description="What the whole reference is needed for; it is kept in the audit.")
class PersonFaceRevealInput:
    """What the whole reference is needed for."""

    purpose: RevealPurpose = text("What for.")
    note: str | None = text("More about it, at most 200 characters; required with OTHER.", optional=True)


@strawberry.input(description="The ID number of a Person.")
class PersonIdNumberSetInput:
    """The ID number of a Person."""

    expected_version: int = text(_VERSION)
    id_number: str | None = text(
        "身份证号: 18 characters, the check character is verified (GB 11643); null removes it."
    )


@strawberry.input(description="The face of a Person, as the gates know it.")
class PersonFaceSetInput:
    """The face of a Person, as the gates know it."""

    expected_version: int = text(_VERSION)
    reference: str = text("The reference of the gates' maker to the template; 1 to 200 characters. No picture.")


@strawberry.input(description="Which state of the Person the viewer saw.")
class PersonFaceRemoveInput:
    """Which state of the Person the viewer saw."""

    expected_version: int = text(_VERSION)


@strawberry.type(description="Answer to personIdNumberReveal.")
class PersonIdNumberRevealPayload(Payload):
    """The number."""

    id_number: str | None = strawberry.field(
        default=None, description="The whole number, this once; null without one.", metadata={"personal": True}
    )
    person: Person | None = strawberry.field(default=None, description="Whose it is.")


@strawberry.type(description="Answer to personFaceReveal.")
class PersonFaceRevealPayload(Payload):
    """The reference."""

    reference: str | None = strawberry.field(
        default=None, description="All of it, this once; null without one.", metadata={"personal": True}
    )
    person: Person | None = strawberry.field(default=None, description="Whose it is.")


@strawberry.type(description="Answer to personIdNumberSet.")
class PersonIdNumberSetPayload(Payload):
    """The Person."""

    person: Person | None = strawberry.field(default=None, description=_AS_IT_IS)


@strawberry.type(description="Answer to personFaceSet.")
class PersonFaceSetPayload(Payload):
    """The Person."""

    person: Person | None = strawberry.field(default=None, description=_AS_IT_IS)


@strawberry.type(description="Answer to personFaceRemove.")
class PersonFaceRemovePayload(Payload):
    """The Person."""

    person: Person | None = strawberry.field(default=None, description=_AS_IT_IS)


@strawberry.type
class PersonMutation:
    """Verbs of what is sensitive about people."""

    @verb(
        "Show the whole ID number of a Person, with a record of who asked and what for; needs person.reveal where the"
        " Person holds or held a Unit. CONSENT_REQUIRED once its consent was withdrawn.",
        permission=Permission.PERSON_REVEAL,
    )
    async def person_id_number_reveal(
        self, info: Info, id: strawberry.ID, input: PersonIdNumberRevealInput
    ) -> PersonIdNumberRevealPayload | None:
        """Show it."""
        context = info.context
        row, number = await usecase.reveal_id_number(
            context.viewer, context.house, decode("Person", id), **values(input)
        )
        return PersonIdNumberRevealPayload(id_number=number, person=await context.show("Person", row.id))

    @verb(
        "Show the whole face reference of a Person, with a record of who asked and what for; needs face.read where the"
        " Person holds or held a Unit. CONSENT_REQUIRED once its consent was withdrawn.",
        permission=Permission.FACE_READ,
    )
    async def person_face_reveal(
        self, info: Info, id: strawberry.ID, input: PersonFaceRevealInput
    ) -> PersonFaceRevealPayload | None:
        """Show it."""
        context = info.context
        row, reference = await usecase.reveal_face(context.viewer, context.house, decode("Person", id), **values(input))
        return PersonFaceRevealPayload(reference=reference, person=await context.show("Person", row.id))

    @verb(
        "Set, change or remove the ID number of a Person, sealed at once; needs person.manage where the Person holds or"
        " held a Unit, and to set it a running consent of kind ID_NUMBER.",
        shows="Person",
        permission=Permission.PERSON_MANAGE,
    )
    async def person_id_number_set(
        self, info: Info, id: strawberry.ID, input: PersonIdNumberSetInput
    ) -> PersonIdNumberSetPayload | None:
        """Set it."""
        context = info.context
        row = await usecase.set_id_number(context.viewer, context.house, decode("Person", id), **values(input))
        return PersonIdNumberSetPayload(person=await context.show("Person", row.id))

    @verb(
        "Keep or change the face reference of a Person, sealed at once; needs person.manage where the Person holds or"
        " held a Unit, and a running consent of kind FACE.",
        shows="Person",
        permission=Permission.PERSON_MANAGE,
    )
    async def person_face_set(
        self, info: Info, id: strawberry.ID, input: PersonFaceSetInput
    ) -> PersonFaceSetPayload | None:
        """Keep it."""
        context = info.context
        row = await usecase.set_face(context.viewer, context.house, decode("Person", id), **values(input))
        return PersonFaceSetPayload(person=await context.show("Person", row.id))

    @verb(
        "Remove the face reference of a Person; the other ways in stay. Needs person.manage there.",
        shows="Person",
        permission=Permission.PERSON_MANAGE,
    )
    async def person_face_remove(
        self, info: Info, id: strawberry.ID, input: PersonFaceRemoveInput
    ) -> PersonFaceRemovePayload | None:
        """Remove it."""
        context = info.context
        row = await usecase.set_face(
            context.viewer, context.house, decode("Person", id), reference=None, **values(input)
        )
        return PersonFaceRemovePayload(person=await context.show("Person", row.id))
