"""Who may see vehicles, imports and what was wrong in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.data_import import DataImport, ImportFault
from models.predicate import EVERYTHING, Predicate, all_of, any_of, eq, exists, is_in
from models.rules.permission import Permission
from models.scope.word import Scopes, own, where
from models.vehicle import Vehicle

if TYPE_CHECKING:
    from models.viewer import Viewer


def _vehicle(viewer: Viewer) -> Predicate:
    """A resident sees the own cars and those of the Units held now."""
    return any_of(
        where(viewer, Permission.VEHICLE_READ),
        own(viewer, "owner_id"),
        all_of(is_in("property_id", viewer.home_properties), is_in("unit_id", viewer.units)),
    )


def _import(viewer: Viewer) -> Predicate:
    """The own ones, while one may import anywhere; all of them with import.run for the whole Organization."""
    if Permission.IMPORT_RUN in viewer.everywhere:
        return EVERYTHING
    return eq("account_id", viewer.account_id if viewer.may(Permission.IMPORT_RUN) else None)


def _import_fault(viewer: Viewer) -> Predicate:
    return exists(DataImport, "id", _import(viewer), outer="data_import_id")


SCOPES: Scopes = {
    Vehicle: _vehicle,
    DataImport: _import,
    ImportFault: _import_fault,
}
