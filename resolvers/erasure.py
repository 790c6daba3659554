"""Erasure: what was withdrawn goes within a day, and a Person who left can be forgotten.

The request is a row of the same transaction as what asks for it, so a crash loses no request; what erases is
idempotent, so any number of workers may.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models import Account, DataExport, Erasure, ForumPost, ForumReply, Person, PushDevice, Session, Vehicle
from models.errors import ErrorCode, Refusal
from models.person import ID_NUMBER
from models.predicate import eq
from models.query import Order, Query
from models.rules.consent import ERASED_NAME, ErasureScope
from models.rules.export import ExportState
from models.scope import visible
from resolvers.idempotency_key import blank_answers
from resolvers.person_key import destroy_person_key
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

logger = logging.getLogger("wuye.erasure")
MOST = 100  # taken up by one run of the job
# What each scope empties, and the field by which an export shows that it has it (None: any export may).
_COLUMNS: dict[ErasureScope, tuple[str, ...]] = {
    ErasureScope.ID_NUMBER: ID_NUMBER,
    ErasureScope.FACE: ("face_cipher",),
    ErasureScope.PERSON: (*ID_NUMBER, "face_cipher", "phone", "email"),
}
# All of it, and the copies that `_forget` empties, by the model: kept answers that show one of these are blanked.
ERASABLE: dict[str, frozenset[str]] = {
    "Person": frozenset({*_COLUMNS[ErasureScope.PERSON], "name"}),
    "Account": frozenset({"login"}),
    "ForumPost": frozenset({"author_name"}),
    "ForumReply": frozenset({"author_name"}),
    "Vehicle": frozenset({"plate", "brand", "colour"}),
}
_SHOWN_AS: dict[ErasureScope, str] = {
    ErasureScope.ID_NUMBER: "idNumberMasked",
    ErasureScope.FACE: "faceReferenceMasked",
    ErasureScope.PERSON: "",
}


def of_person(viewer: Viewer | None, person_id: UUID, order: Order) -> Query:
    """What of a Person was to be erased."""
    return Query(Erasure, visible(Erasure, viewer), order).only(eq("person_id", person_id))


async def require_kept(person: Person) -> None:
    """Raise Refusal PERSON_ERASED for somebody about whom nothing may be kept any more."""
    if person.erased_at is not None:
        raise Refusal(ErrorCode.PERSON_ERASED, field="id")


async def erase_values(unit: Unit, person: Person, erasure: Erasure) -> None:
    """Empty what the scope names, in this transaction. The audit says which columns, never what was in them."""
    columns = _COLUMNS[erasure.scope]
    gone = [name for name in columns if getattr(person, name) is not None]
    values: dict[str, Any] = dict.fromkeys(columns)
    if erasure.scope is ErasureScope.PERSON:
        await _forget(unit, person)
        await destroy_person_key(unit, person.id)  # what the audit keeps of him opens for nobody any more
        values |= {"name": ERASED_NAME, "erased_at": unit.now}
    await unit.change(person, **values)
    unit.audit_values("person.erase", person, None, {"scope": erasure.scope.value, "columns": gone}, actor=_actor(unit))
    await unit.change(erasure, erased_at=unit.now)


async def _forget(unit: Unit, person: Person) -> None:
    """The account that leads to the Person, and the places where a value of theirs is copied to."""
    for account in await Account.filter(person_id=person.id).select_for_update():
        nobody = {"login": f"erased-{account.id.hex}", "password_hash": "!", "disabled_at": unit.now}
        await unit.change(account, **nobody)
        await Session.filter(account_id=account.id, revoked_at=None).update(revoked_at=unit.now)
        await Session.filter(account_id=account.id).update(address=None, agent=None)
        await PushDevice.filter(account_id=account.id, removed_at=None).update(removed_at=unit.now)
        await PushDevice.filter(account_id=account.id).update(token="")
    for model in (ForumPost, ForumReply):
        await model.filter(person_id=person.id).update(author_name=ERASED_NAME)
    for vehicle in await Vehicle.filter(owner_id=person.id).select_for_update():
        ended = vehicle.archived_at or unit.now
        await unit.change(vehicle, owner_id=None, plate=ERASED_NAME, brand=None, colour=None, archived_at=ended)


async def erase_due(house: House) -> None:
    """The job: every open erasure, the oldest first. One that fails is told in the log and holds nobody up."""
    for row in await house.database.call("erasure_due", MOST):
        try:
            await _erase(house, UUID(str(row["organization_id"])), UUID(str(row["id"])))
        except Exception:
            logger.exception("erasure %s failed, it stays open", row["id"])


async def _erase(house: House, organization_id: UUID, id_: UUID) -> None:
    """Values first, then the sheets and the kept answers that show them, then the note that it is done."""
    async with system_unit(house, organization_id) as unit:
        erasure, person = await _locked(id_)
        if erasure is None or person is None:
            return
        if erasure.erased_at is None:
            await erase_values(unit, person, erasure)
    if not await _drop_sheets(house, organization_id, erasure):
        return  # an export that may have read it is under way: the next run looks again
    erased_at = erasure.erased_at
    assert erased_at is not None  # noqa: S101 - it was a moment ago
    if house.clock.now() < erased_at + timedelta(seconds=house.settings.limits.request_seconds):
        return  # so may be a keyed mutation, whose answer is not there yet
    async with system_unit(house, organization_id) as unit:
        erasure, person = await _locked(id_)
        if erasure is not None:
            await blank_answers(unit, erased_at)
            before = await unit.change(erasure, done_at=unit.now)
            unit.audit("erasure.done", before, erasure, actor="job")


async def _locked(id_: UUID) -> tuple[Erasure | None, Person | None]:
    """The Person before the erasure, as the verbs lock them; nothing when another worker was faster."""
    open_ = await Erasure.filter(id=id_, done_at=None).get_or_none()
    if open_ is None:
        return None, None
    person = await Person.filter(id=open_.person_id).select_for_update().get()
    return await Erasure.filter(id=id_, done_at=None).select_for_update().get_or_none(), person


async def _drop_sheets(house: House, organization_id: UUID, erasure: Erasure) -> bool:
    """Remove the exports that may show what was erased; False while one of them is being written.

    The bytes go before their row does: killed in between, the next run finds them by the row.
    """
    assert erasure.erased_at is not None  # noqa: S101 - the caller has seen to it
    async with system_unit(house, organization_id) as unit:
        begun = DataExport.filter(
            organization_id=organization_id,
            created_at__lte=erasure.erased_at,
            document__contains=_SHOWN_AS[erasure.scope],
        )
        if await begun.filter(state=ExportState.RUNNING).exists():
            return False
        files = {export.file_id for export in await begun.filter(file_id__isnull=False)}
        rows = await unit.tx.call("file_known", sorted(file for file in files if file is not None))
    for row in rows:
        for key in (row["storage_key"], row["thumbnail_key"]):
            if key is not None:
                await house.storage.delete(key)
    if files:
        async with system_unit(house, organization_id) as unit:
            for export in await DataExport.filter(file_id__in=list(files)).select_for_update():
                before = await unit.change(export, file_id=None)
                unit.audit("export.erase", before, export, actor="job")
            await unit.tx.call("file_delete", sorted(file for file in files if file is not None), unit.now)
    return True


def _actor(unit: Unit) -> str:
    return "account" if unit.viewer is not None else "job"
