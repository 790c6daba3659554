"""Roles in the contract: what they allow, who holds them, and those that a company makes."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.permission import ROLE_PERMISSIONS, Permission, Role, known_permissions
from models.rules.role import ASSIGNABLE
from resolvers import role as usecase
from schema.account import Account
from schema.base import (
    Info,
    ListOrder,
    Node,
    Payload,
    changed,
    column,
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
from schema.place import Property

_VERSION = "The version the viewer saw; a newer one is a CONFLICT."
_NAME = "名称, 1 to 40 characters, unique among those not archived."
_PERMISSIONS = "权限: what it allows, at least one; only what the viewer holds in all of the Organization."


@node(models.CustomRole, "自定义角色: a role that the company made for itself.")
class CustomRole(Node):
    """A role that the company made."""

    name: str = column("名称, unique among those not archived.")
    description: str = column("说明; empty without one.")
    permissions: list[Permission] = column("What it allows.", convert=lambda names: sorted(known_permissions(names)))
    archived_at: datetime | None = column("When it ended; it allows nothing since. Null while it goes on.")
    created_at: datetime = column("When it was made.")
    version: int = column("Grows by one with each change.")


@node(models.RoleAssignment, "授权: a role given to an Account, for one Property or for all of the Organization.")
class RoleAssignment(Node):
    """A role given to an Account."""

    account: Account | None = to_one("Who holds it.")
    role: Role = column("Which role; CUSTOM for one that the company made.")
    custom_role: CustomRole | None = to_one("Which of the company's own roles; null for the built-in ones.")
    property: Property | None = to_one("Where; null for all of the Organization.")
    valid_from: datetime = column("From when.")
    valid_until: datetime | None = column("Until when; null without end.")
    created_at: datetime = column("When it was given.")


@strawberry.type(description="A role, and what it allows.")
class RoleDescription:
    """A role, and what it allows."""

    role: Role = strawberry.field(description="The role.")
    assignable: bool = strawberry.field(
        description="Whether roleAssign gives it; the others follow from an Occupancy, a program or a device."
    )
    permissions: list[Permission] = strawberry.field(
        description="What it allows. PARTNER is cut down to its program's scopes; CUSTOM allows what a CustomRole says."
    )


@strawberry.input(description="Which assignments.")
class RoleAssignmentFilter:
    """Which assignments."""

    account_id: strawberry.ID | None = ref("Account", "Only of this Account.", optional=True)
    property_id: strawberry.ID | None = ref("Property", "Only for this Property by name.", optional=True)
    current: bool | None = text("True: only those that have not ended; false: only those that have.", optional=True)


@strawberry.input(description="A role to give.")
class RoleAssignInput:
    """A role to give."""

    account_id: strawberry.ID = ref("Account", "To whom; not to oneself.")
    role: Role | None = text("A built-in role that is `assignable`; or else customRoleId.", optional=True)
    custom_role_id: strawberry.ID | None = ref(
        "CustomRole", "A role of the company's own; or else role.", optional=True
    )
    property_id: strawberry.ID | None = ref("Property", "Where; null for all of the Organization.", optional=True)
    valid_from: datetime | None = text("From when; null for now.", optional=True)
    valid_until: datetime | None = text("Until when, later than now and validFrom; null without end.", optional=True)


@strawberry.input(description="A role to make.")
class CustomRoleCreateInput:
    """A role to make."""

    name: str = text(_NAME)
    permissions: list[Permission] = text(_PERMISSIONS)
    description: str = text("说明, at most 200 characters.", default="")


@strawberry.input(description="What changes about a role of the company's own. What is not sent stays.")
class CustomRoleUpdateInput:
    """What changes about a role."""

    expected_version: int = text(_VERSION)
    name: str | None = changed(_NAME)
    permissions: list[Permission] | None = changed(
        "权限: what it allows from now on, at least one; only what the viewer holds in all of the Organization is added"
        " or taken."
    )
    description: str | None = changed("说明, at most 200 characters.")


@strawberry.input(description="Which state of the role the viewer saw.")
class CustomRoleArchiveInput:
    """Which state of the role the viewer saw."""

    expected_version: int = text(_VERSION)


@strawberry.type(description="Answer to roleAssign.")
class RoleAssignPayload(Payload):
    """The role is given."""

    role_assignment: RoleAssignment | None = strawberry.field(
        default=None, description="The assignment; with ROLE_ALREADY_GIVEN the one that is there."
    )


@strawberry.type(description="Answer to roleRevoke.")
class RoleRevokePayload(Payload):
    """The role is taken."""

    role_assignment: RoleAssignment | None = strawberry.field(default=None, description="The assignment as it ended.")


@strawberry.type(description="Answer to customRoleCreate.")
class CustomRoleCreatePayload(Payload):
    """The new role."""

    custom_role: CustomRole | None = strawberry.field(default=None, description="The new role.")


@strawberry.type(description="Answer to customRoleUpdate.")
class CustomRoleUpdatePayload(Payload):
    """The role as it is."""

    custom_role: CustomRole | None = strawberry.field(default=None, description="The role as it is now.")


@strawberry.type(description="Answer to customRoleArchive.")
class CustomRoleArchivePayload(Payload):
    """The archived role."""

    custom_role: CustomRole | None = strawberry.field(default=None, description="The role as it is now.")


@strawberry.type
class RoleQuery:
    """Reads of roles."""

    role_assignment: RoleAssignment | None = one("A role given.", "RoleAssignment")
    custom_role: CustomRole | None = one("A role of the company's own.", "CustomRole")

    @strawberry.field(description="角色权限表: every role and what it allows, for whoever is signed in.")
    def roles(self, info: Info) -> list[RoleDescription]:
        """The table of permissions."""
        if info.context.viewer is None:
            return []
        return [
            RoleDescription(role=role, assignable=role in ASSIGNABLE, permissions=sorted(ROLE_PERMISSIONS[role]))
            for role in Role
        ]

    @many("Roles given: the own ones; with role.manage or account.read there those of everybody.", RoleAssignment)
    def role_assignments(
        self, info: Info, filter: RoleAssignmentFilter | None = None, order: ListOrder = ListOrder.OLDEST
    ) -> Rows:
        """Roles given."""
        now = info.context.house.clock.now()
        return usecase.assignments(info.context.viewer, order.order, now, **(values(filter) if filter else {}))

    @many("Roles of the company's own.", CustomRole)
    def custom_roles(self, info: Info, archived: bool | None = None, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Roles of the company's own."""
        return usecase.custom_roles(info.context.viewer, order.order, archived)


@strawberry.type
class RoleMutation:
    """Verbs of roles."""

    @verb(
        "Give an Account a role. Nobody gives what he does not hold there himself; role.manage also hands out"
        " work_order.work and payment.record.",
        shows="RoleAssignment",
        permission=Permission.ROLE_MANAGE,
        rights=True,
    )
    async def role_assign(self, info: Info, input: RoleAssignInput) -> RoleAssignPayload | None:
        """Give a role."""
        context = info.context
        given = await usecase.assign(context.viewer, context.house, usecase.Gift(**values(input)))
        return RoleAssignPayload(role_assignment=await context.show("RoleAssignment", given.id))

    @verb(
        "Take a role away: the assignment ends now, and what was open by it within two seconds.",
        permission=Permission.ROLE_MANAGE,
        rights=True,
    )
    async def role_revoke(self, info: Info, id: strawberry.ID) -> RoleRevokePayload | None:
        """Take a role away."""
        context = info.context
        given = await usecase.revoke(context.viewer, context.house, decode("RoleAssignment", id))
        return RoleRevokePayload(role_assignment=await context.show("RoleAssignment", given.id))

    @verb("Make a role of the company's own.", permission=Permission.ROLE_MANAGE)
    async def custom_role_create(self, info: Info, input: CustomRoleCreateInput) -> CustomRoleCreatePayload | None:
        """Make a role."""
        context = info.context
        made = await usecase.create_custom(context.viewer, context.house, **values(input))
        return CustomRoleCreatePayload(custom_role=await context.show("CustomRole", made.id))

    @verb(
        "Change a role of the company's own: whoever holds it gains or loses at once.",
        shows="CustomRole",
        permission=Permission.ROLE_MANAGE,
        rights=True,
    )
    async def custom_role_update(
        self, info: Info, id: strawberry.ID, input: CustomRoleUpdateInput
    ) -> CustomRoleUpdatePayload | None:
        """Change a role."""
        context = info.context
        made = await usecase.update_custom(context.viewer, context.house, decode("CustomRole", id), **values(input))
        return CustomRoleUpdatePayload(custom_role=await context.show("CustomRole", made.id))

    @verb(
        "Archive a role of the company's own: it allows nothing any more, and its name is free again.",
        shows="CustomRole",
        permission=Permission.ROLE_MANAGE,
        rights=True,
    )
    async def custom_role_archive(
        self, info: Info, id: strawberry.ID, input: CustomRoleArchiveInput
    ) -> CustomRoleArchivePayload | None:
        """Archive a role."""
        context = info.context
        made = await usecase.archive_custom(context.viewer, context.house, decode("CustomRole", id), **values(input))
        return CustomRoleArchivePayload(custom_role=await context.show("CustomRole", made.id))
