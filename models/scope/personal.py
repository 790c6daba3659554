"""Who may see what is personal: consents, erasures, and the fields of a Person, who is in no Property of his own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.consent import Consent, ConsentText
from models.erasure import Erasure
from models.person import Occupancy, Person
from models.predicate import EVERYTHING, NOTHING, Predicate, all_of, any_of, eq, exists
from models.rules.permission import Permission
from models.scope.word import Scopes, running, where
from models.viewer import Viewer

if TYPE_CHECKING:
    from tortoise import Model

_P = Permission


def about(viewer: Viewer, permission: Permission, column: str = "id") -> Predicate:
    """Rows about people who hold or held a Unit where the viewer holds `permission`; `column` is the Person's id."""
    if permission in viewer.everywhere:
        return EVERYTHING
    if not viewer.may(permission):
        return NOTHING
    return exists(Occupancy, "person_id", where(viewer, permission), outer=column)


def _contact(viewer: Viewer) -> Predicate:
    """The own, the household's, and where the permission is held."""
    households = any_of(*(all_of(eq("unit_id", home.unit_id), running(home.today)) for home in viewer.homes))
    lives_with = exists(Occupancy, "person_id", households) if viewer.homes else NOTHING
    return any_of(eq("id", viewer.person_id), lives_with, about(viewer, _P.PERSON_CONTACT))


def _record(viewer: Viewer) -> Predicate:
    """The own, those of who keeps such data there, and all for an auditor of the whole Organization."""
    if _P.AUDIT_READ in viewer.everywhere:
        return EVERYTHING
    return any_of(eq("person_id", viewer.person_id), about(viewer, _P.PERSON_MANAGE, "person_id"))


SCOPES: Scopes = {
    ConsentText: lambda _viewer: EVERYTHING,
    Consent: _record,
    Erasure: _record,
}
# The rows of a table without a Property for which a permission shows its fields, or allows its verb.
FIELDS: dict[tuple[type[Model], Permission], Callable[[Viewer], Predicate]] = {
    (Person, _P.PERSON_CONTACT): _contact,
    **{
        (Person, permission): lambda viewer, permission=permission: about(viewer, permission)  # type: ignore[misc]
        for permission in (_P.PERSON_READ, _P.FACE_READ, _P.PERSON_REVEAL, _P.PERSON_MANAGE)
    },
}
