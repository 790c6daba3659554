"""The Viewer: who asks, and what they hold. Pure; resolvers/viewer.py loads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from models.rules.permission import ADMINISTRATIVE, ROLE_PERMISSIONS, Permission, Role

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID


@dataclass(frozen=True)
class Grant:
    """A role in one Property, or in all of the Organization when `property_id` is None.

    `custom` are the permissions of a role that the company made itself (Role.CUSTOM).
    """

    role: Role
    property_id: UUID | None
    custom: frozenset[Permission] = frozenset()

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it allows there."""
        return self.custom if self.role is Role.CUSTOM else ROLE_PERMISSIONS[self.role]


@dataclass(frozen=True)
class Home:
    """A running Occupancy: where a resident lives or works. `today` is the day there when the viewer was loaded."""

    property_id: UUID
    building_id: UUID
    unit_id: UUID
    today: date = field(compare=False)  # another day is no change of rights


@dataclass(frozen=True)
class Viewer:
    """Immutable; right until `valid_until` (the earliest end of a session, assignment or occupancy)."""

    organization_id: UUID
    valid_until: datetime = field(compare=False)  # when it is to be loaded again, not what it allows
    session_key: str = ""  # the token's hash: by it the viewer is loaded again
    session_id: UUID | None = None
    account_id: UUID | None = None
    device_id: UUID | None = None
    person_id: UUID | None = None
    staff_id: UUID | None = None
    api_client_id: UUID | None = None
    scopes: frozenset[Permission] | None = None  # what a partner's program is bound to; None for people
    rate_per_minute: int | None = None  # a partner's own limit of requests; None for the limit of all
    grants: tuple[Grant, ...] = ()
    totp_required: bool = False  # grants were left out until the session shows a second factor
    homes: tuple[Home, ...] = ()
    made_of: tuple[Any, ...] = field(default=(), compare=False, repr=False)  # what the database said of it
    bucket: str = field(init=False, compare=False)  # whose counters of limits it draws from
    everywhere: frozenset[Permission] = field(init=False)
    somewhere: Mapping[Permission, frozenset[UUID]] = field(init=False)

    def __post_init__(self) -> None:
        grants = (*self.grants, *(Grant(Role.RESIDENT, home.property_id) for home in self.homes))
        allowed = dict.fromkeys((grant.permissions, grant.property_id) for grant in grants)
        everywhere, somewhere = _held(tuple(allowed), self.scopes)
        object.__setattr__(self, "bucket", str(self.api_client_id or self.account_id or self.device_id))
        object.__setattr__(self, "everywhere", everywhere)
        object.__setattr__(self, "somewhere", somewhere)

    @property
    def home_properties(self) -> frozenset[UUID]:
        """Properties in which the viewer holds a Unit."""
        return frozenset(home.property_id for home in self.homes)

    @property
    def units(self) -> frozenset[UUID]:
        """Units that the viewer holds now."""
        return frozenset(home.unit_id for home in self.homes)

    @property
    def properties(self) -> frozenset[UUID] | None:
        """Properties in which the viewer has any role; None for all of the Organization."""
        if any(grant.property_id is None for grant in self.grants):
            return None
        return self.home_properties | {g.property_id for g in self.grants if g.property_id is not None}

    @property
    def roles(self) -> tuple[Role, ...]:
        """The distinct roles held, in the order of the enum."""
        held = {grant.role for grant in self.grants} | ({Role.RESIDENT} if self.homes else set())
        return tuple(role for role in Role if role in held)

    @property
    def held(self) -> frozenset[Permission]:
        """What is allowed in one Property at least."""
        return self.everywhere | frozenset(self.somewhere)

    @property
    def administers(self) -> frozenset[Permission]:
        """The permissions of ADMINISTRATIVE that it holds anywhere."""
        return ADMINISTRATIVE & (self.everywhere | self.somewhere.keys())

    def may(self, permission: Permission, property_id: UUID | None = None) -> bool:
        """Whether `permission` is held in the Property (in any Property when None)."""
        if permission in self.everywhere:
            return True
        held = self.somewhere.get(permission, frozenset())
        return bool(held) if property_id is None else property_id in held


@lru_cache(maxsize=4_096)
def _held(
    allowed: tuple[tuple[frozenset[Permission], UUID | None], ...], scopes: frozenset[Permission] | None
) -> tuple[frozenset[Permission], Mapping[Permission, frozenset[UUID]]]:
    """What is allowed everywhere, and where else: one copy for all who hold the same, for many thousand are kept."""
    everywhere: set[Permission] = set()
    somewhere: dict[Permission, set[UUID]] = {}
    for permissions, property_id in allowed:
        for permission in permissions if scopes is None else permissions & scopes:
            if property_id is None:
                everywhere.add(permission)
            else:
                somewhere.setdefault(permission, set()).add(property_id)
    same: dict[frozenset[UUID], frozenset[UUID]] = {}
    places = {permission: frozenset(ids) for permission, ids in somewhere.items()}
    held = {permission: same.setdefault(ids, ids) for permission, ids in places.items()}
    return frozenset(everywhere), MappingProxyType(held)
