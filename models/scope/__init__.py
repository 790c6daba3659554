"""Scope: what a viewer may see of each table. The only place that decides it; every read and verb goes through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.organization import Organization
from models.predicate import NOTHING, Predicate, all_of, eq
from models.scope import (
    api_client,
    audit,
    billing,
    core,
    device,
    export,
    forum,
    identity,
    ingest,
    notification,
    personal,
    role,
    sheet,
    sla,
    staff,
    stock,
)
from models.scope.word import Scopes, not_ended, running

if TYPE_CHECKING:
    from uuid import UUID

    from tortoise import Model

    from models.rules.permission import Permission
    from models.viewer import Viewer

__all__ = ["audible", "not_ended", "permitted", "running", "visible", "wall"]


def visible(model: type[Model], viewer: Viewer | None) -> Predicate:
    """The rows of `model` that `viewer` may see; nobody sees nothing. The Organization is a hard wall."""
    if viewer is None:
        return NOTHING
    return all_of(wall(model, viewer.organization_id), _SCOPES[model](viewer))


def wall(model: type[Model], organization_id: UUID) -> Predicate:
    """The rows of one Organization."""
    return eq("id" if model is Organization else "organization_id", organization_id)


def audible(model: type[Model], viewer: Viewer) -> Predicate:
    """The events about rows of `model` that `viewer` may hear: never more than `visible` shows."""
    scope = _AUDIBLE.get(model) or _SCOPES[model]
    return all_of(eq("organization_id", viewer.organization_id), scope(viewer))


def permitted(model: type[Model], permission: Permission, viewer: Viewer | None) -> Predicate:
    """The visible rows of `model`, a table without a Property, about which the viewer holds `permission`."""
    if viewer is None:
        return NOTHING
    return all_of(visible(model, viewer), personal.FIELDS[model, permission](viewer))


# One file of scopes per group of domains.
_SCOPES: Scopes = {
    **core.SCOPES,
    **audit.SCOPES,
    **device.SCOPES,
    **export.SCOPES,
    **forum.SCOPES,
    **billing.SCOPES,
    **sheet.SCOPES,
    **sla.SCOPES,
    **staff.SCOPES,
    **stock.SCOPES,
    **ingest.SCOPES,
    **notification.SCOPES,
    **api_client.SCOPES,
    **role.SCOPES,
    **identity.SCOPES,
    **personal.SCOPES,
}
# What an audience can answer, where the scope of reads asks more (an event knows ids only).
_AUDIBLE: Scopes = {
    **core.AUDIBLE,
    **device.AUDIBLE,
    **sla.AUDIBLE,
    **staff.AUDIBLE,
}
