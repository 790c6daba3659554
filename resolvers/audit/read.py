"""The audit as auditors search it. Reading it is itself not audited: it changes nothing and shows nothing new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from models import AuditEntry
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, eq, less, negate, starts
from models.query import Order, Query
from models.rules.key import least_key
from models.scope import visible

if TYPE_CHECKING:
    from datetime import datetime

    from models.rules.audit import AuditActor
    from models.viewer import Viewer

MAX_WORD = 60


@dataclass(frozen=True)
class Wanted:
    """Which entries: all that is given holds."""

    account_id: UUID | None = None
    person_id: UUID | None = None
    property_id: UUID | None = None
    verb: str | None = None
    verb_prefix: str | None = None
    subject_type: str | None = None
    subject_id: UUID | None = None
    actor: AuditActor | None = None
    since: datetime | None = None
    until: datetime | None = None
    address: str | None = None


def entries(viewer: Viewer | None, order: Order, wanted: Wanted) -> Query:
    """Entries that the viewer may see. Raises Refusal BAD_USER_INPUT for a word that is too long."""
    for name in ("verb", "verb_prefix", "subject_type", "address"):
        if len(getattr(wanted, name) or "") > MAX_WORD:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="TEXT_LENGTH", low=0, high=MAX_WORD)
    equal = ("account_id", "person_id", "property_id", "verb", "subject_type", "subject_id", "address")
    return Query(AuditEntry, visible(AuditEntry, viewer), order).only(
        *(eq(name, value) for name in equal if (value := getattr(wanted, name)) is not None),
        EVERYTHING if wanted.actor is None else eq("actor", wanted.actor.value.lower()),
        EVERYTHING if not wanted.verb_prefix else starts("verb", wanted.verb_prefix),
        *_period(wanted.since, wanted.until),
    )


def _period(since: datetime | None, until: datetime | None) -> list[Predicate]:
    """By id, which begins with its instant: so the order's own index, and on PostgreSQL the partitions, serve."""
    bounds = []
    if since is not None:
        bounds.append(negate(less("id", least_key(since))))
    if until is not None:
        bounds.append(less("id", least_key(until)))
    return bounds
