"""Roles: given, taken, and made by the company itself. Nobody gives or takes what he does not hold there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Account, ApiClient, CustomRole, Property, RoleAssignment
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, any_of, eq, is_null, less, negate, to_q
from models.query import Order, Query
from models.rules.permission import ROLE_PERMISSIONS, Permission, Role, known_permissions
from models.rules.role import (
    ASSIGNABLE,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    MOST_ASSIGNMENTS,
    MOST_CUSTOM_ROLES,
    beyond,
)
from models.scope import visible
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require, require_everywhere

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models.predicate import Predicate
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


def assignments(
    viewer: Viewer | None,
    order: Order,
    now: datetime,
    account_id: UUID | None = None,
    property_id: UUID | None = None,
    current: bool | None = None,
) -> Query:
    """Roles given; of an Account, for one Property, those that have not ended (`current`) or have."""
    running: Predicate = EVERYTHING if current is None else _not_ended(now)
    return Query(RoleAssignment, visible(RoleAssignment, viewer), order).only(
        EVERYTHING if account_id is None else eq("account_id", account_id),
        EVERYTHING if property_id is None else eq("property_id", property_id),
        negate(running) if current is False else running,
    )


def custom_roles(viewer: Viewer | None, order: Order, archived: bool | None = None) -> Query:
    """Roles that the company made; only the archived ones, or only the others."""
    ended: Predicate = EVERYTHING
    if archived is not None:
        ended = negate(is_null("archived_at")) if archived else is_null("archived_at")
    return Query(CustomRole, visible(CustomRole, viewer), order).only(ended)


@dataclass(frozen=True)
class Gift:
    """Which role goes to whom: `role` or `custom_role_id`, for one Property or (None) all of the Organization."""

    account_id: UUID
    role: Role | None = None
    custom_role_id: UUID | None = None
    property_id: UUID | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


async def assign(viewer: Viewer | None, house: House, gift: Gift) -> RoleAssignment:
    """Give a role, from now or `valid_from` until `valid_until`.

    Raises Refusal FORBIDDEN (what the giver does not hold there), ROLE_ALREADY_GIVEN, CUSTOM_ROLE_ARCHIVED.
    """
    async with unit_of_work(house, viewer) as unit:
        account = await unit.find(Account, gift.account_id, "account_id")
        if gift.property_id is not None:
            await unit.see(Property, gift.property_id, "property_id")
        _require(unit, gift.property_id)
        role, permissions, made = await _wanted(unit, gift)
        _check_gift(unit, permissions, gift.property_id)
        await _check_receiver(unit, account)
        start, end = gift.valid_from or unit.now, gift.valid_until
        if end is not None and end <= max(start, unit.now):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="valid_until", message="END_BEFORE_START")
        what = {"role": role, "custom_role_id": made, "property_id": gift.property_id}
        running = RoleAssignment.filter(to_q(_not_ended(unit.now))).filter(account_id=account.id)
        if (there := await running.filter(**what).first()) is not None:
            raise Refusal(ErrorCode.ROLE_ALREADY_GIVEN, current=there.id)
        if await running.count() >= MOST_ASSIGNMENTS:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="account_id", message="TOO_MANY_ROLES", max=MOST_ASSIGNMENTS)
        given = await unit.add(RoleAssignment, account_id=account.id, valid_from=start, valid_until=end, **what)
        unit.audit("role.assign", None, given)
    return given


async def revoke(viewer: Viewer | None, house: House, id_: UUID) -> RoleAssignment:
    """End an assignment now; one that has ended stays as it is. Raises Refusal FORBIDDEN, LAST_ADMINISTRATOR."""
    async with unit_of_work(house, viewer) as unit:
        administrators = await lock_administrators(unit)
        given = await unit.find(RoleAssignment, id_, "id")
        _require(unit, given.property_id)
        permissions = ROLE_PERMISSIONS[given.role]
        if given.custom_role_id is not None:
            permissions = _names(await CustomRole.get(id=given.custom_role_id))
        _check_gift(unit, permissions, given.property_id)
        if given.valid_until is None or given.valid_until > unit.now:
            keep_an_administrator(administrators, [given])
            before = given.clone(pk=given.id)
            given.valid_until = max(unit.now, given.valid_from)
            await given.save(update_fields=["valid_until"])
            unit.audit("role.revoke", before, given)
    return given


async def lock_administrators(unit: Unit) -> list[RoleAssignment]:
    """Who administers all of the Organization now or later, locked: verbs that take one away do it one by one.

    They lock these first, in id order, so that two of them never wait for each other.
    """
    everyone = RoleAssignment.filter(
        to_q(_not_ended(unit.now)),
        organization_id=unit.organization_id,
        role=Role.ORGANIZATION_ADMIN,
        property_id=None,
        valid_from__lte=unit.now,
    )
    held = await everyone.order_by("id").select_for_update()
    enabled = await Account.filter(id__in=[one.account_id for one in held], disabled_at=None).values_list(
        "id", flat=True
    )
    return [one for one in held if one.account_id in set(enabled)]


def keep_an_administrator(administrators: list[RoleAssignment], taken: list[RoleAssignment]) -> None:
    """Raise Refusal LAST_ADMINISTRATOR when after `taken` none is left, or none whose role has no end."""
    gone = {one.id for one in taken}
    lost = [one for one in administrators if one.id in gone]
    left = [one for one in administrators if one.id not in gone]
    lasting = any(one.valid_until is None for one in lost)
    if lost and not any(one.valid_until is None or not lasting for one in left):
        raise Refusal(ErrorCode.LAST_ADMINISTRATOR)


async def create_custom(
    viewer: Viewer | None, house: House, name: str, permissions: list[Permission], description: str = ""
) -> CustomRole:
    """Make a role of the company's own. Raises Refusal FORBIDDEN, NAME_TAKEN, BAD_USER_INPUT."""
    values = _checked({"name": name, "description": description, "permissions": permissions})
    try:
        async with unit_of_work(house, viewer) as unit:
            require_everywhere(unit.signed_in, Permission.ROLE_MANAGE)
            _check_gift(unit, frozenset(permissions), None)
            live = CustomRole.filter(organization_id=unit.organization_id, archived_at=None)
            if await live.count() >= MOST_CUSTOM_ROLES:
                raise Refusal(ErrorCode.BAD_USER_INPUT, field="name", message="TOO_MANY_ROLES", max=MOST_CUSTOM_ROLES)
            await _free_name(unit, values["name"], None)
            made = await unit.add(CustomRole, archived_at=None, **values)
            unit.audit("customRole.create", None, made)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=values["name"]) from None
    return made


async def update_custom(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **changes: Any
) -> CustomRole:
    """Change what is sent; everybody who holds the role gains or loses at once. Raises Refusal as `create_custom`."""
    values = _checked(changes)
    try:
        async with unit_of_work(house, viewer) as unit:
            made = await _live_custom(unit, id_, expected_version)
            if "permissions" in values:
                differing = _names(made) ^ known_permissions(values["permissions"])
                mine = RoleAssignment.filter(account_id=unit.signed_in.account_id, custom_role_id=made.id)
                _check_gift(unit, differing, None, delegates=not await mine.exists())
            if "name" in values:
                await _free_name(unit, values["name"], made.id)
            before = await unit.change(made, **values)
            unit.audit("customRole.update", before, made)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=values["name"]) from None
    return made


async def archive_custom(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> CustomRole:
    """End the role: it allows nothing any more, to nobody."""
    async with unit_of_work(house, viewer) as unit:
        made = await _live_custom(unit, id_, expected_version)
        _check_gift(unit, _names(made), None)
        before = await unit.change(made, archived_at=unit.now)
        unit.audit("customRole.archive", before, made)
    return made


async def _live_custom(unit: Unit, id_: UUID, expected_version: int) -> CustomRole:
    made = await unit.find(CustomRole, id_, "id")
    require_everywhere(unit.signed_in, Permission.ROLE_MANAGE)
    check_version(made, expected_version)
    if made.archived_at is not None:
        raise Refusal(ErrorCode.CUSTOM_ROLE_ARCHIVED, field="id", current=made.id)
    return made


async def _wanted(unit: Unit, gift: Gift) -> tuple[Role, frozenset[Permission], UUID | None]:
    """The role that is to be given, what it allows, and which of the company's own it is."""
    if (gift.role is None) is (gift.custom_role_id is None) or gift.role is Role.CUSTOM:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="role", message="ROLE_OR_CUSTOM_ROLE")
    if gift.role is not None:
        if gift.role not in ASSIGNABLE:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="role", message="ROLE_NOT_ASSIGNABLE", role=gift.role.value)
        return gift.role, ROLE_PERMISSIONS[gift.role], None
    made = await unit.find(CustomRole, gift.custom_role_id, "custom_role_id")
    if made.archived_at is not None:
        raise Refusal(ErrorCode.CUSTOM_ROLE_ARCHIVED, field="custom_role_id")
    return Role.CUSTOM, _names(made), made.id


async def _check_receiver(unit: Unit, account: Account) -> None:
    if account.id == unit.signed_in.account_id:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="account_id", message="NOT_ONESELF")
    if await ApiClient.filter(account_id=account.id).exists():
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="account_id", message="ACCOUNT_OF_CLIENT")


def _require(unit: Unit, property_id: UUID | None) -> None:
    if property_id is None:
        require_everywhere(unit.signed_in, Permission.ROLE_MANAGE)
    else:
        require(unit.signed_in, Permission.ROLE_MANAGE, property_id)


def _check_gift(
    unit: Unit, permissions: frozenset[Permission], property_id: UUID | None, *, delegates: bool = True
) -> None:
    if lacking := beyond(unit.signed_in, permissions, property_id, delegates=delegates):
        raise Refusal(ErrorCode.FORBIDDEN, permission=lacking[0].value, message="NOT_YOURS_TO_GIVE")


async def _free_name(unit: Unit, name: str, own: UUID | None) -> None:
    same = CustomRole.filter(organization_id=unit.organization_id, name=name, archived_at=None)
    if await same.exclude(id=own).exists() if own else await same.exists():
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=name)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal BAD_USER_INPUT."""
    kept = dict(values)
    for name, low, high in (("name", 1, LONGEST_NAME), ("description", 0, LONGEST_DESCRIPTION)):
        if name in kept:
            kept[name] = (kept[name] or "").strip()
            if not low <= len(kept[name]) <= high:
                raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="TEXT_LENGTH", low=low, high=high)
    if "permissions" in kept:
        if not kept["permissions"]:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="permissions", message="NOT_EMPTY")
        kept["permissions"] = sorted({permission.value for permission in kept["permissions"]})
    return kept


def _names(made: CustomRole) -> frozenset[Permission]:
    return known_permissions(made.permissions)


def _not_ended(now: datetime) -> Predicate:
    return any_of(is_null("valid_until"), negate(any_of(less("valid_until", now), eq("valid_until", now))))
