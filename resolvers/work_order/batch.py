"""One verb on many orders, each in a transaction of its own.

So one that cannot be done undoes no other, an order is locked for its own step only, and what a client reads between
two of them is whole. Under an idempotency key they are savepoints of the key's one transaction: all of them are kept
with the answer, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import USER_CODES, ErrorCode, Refusal
from models.rules.work_order import MAX_MANY, WorkOrderVerb
from resolvers.audit import note_refusal
from resolvers.work_order.doing import assign, step

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from uuid import UUID

    from models import WorkOrder
    from models.viewer import Viewer
    from resolvers.ports import House

    Do = Callable[["Wanted"], Awaitable[WorkOrder]]


@dataclass(frozen=True)
class Wanted:
    """An order of a batch, and the version that the viewer saw of it."""

    id: UUID
    expected_version: int


async def assign_many(
    viewer: Viewer | None, house: House, items: Sequence[Wanted], staff_id: UUID, note: str | None = None
) -> list[Refusal | None]:
    """Give many orders to one member of staff; why each was refused, None where it was done."""
    return await _each(
        viewer,
        house,
        "workOrderAssignMany",
        items,
        lambda item: assign(viewer, house, item.id, item.expected_version, staff_id, note),
    )


async def cancel_many(
    viewer: Viewer | None, house: House, items: Sequence[Wanted], note: str | None = None
) -> list[Refusal | None]:
    """Call many orders off; why each was refused, None where it was done."""
    return await _each(
        viewer,
        house,
        "workOrderCancelMany",
        items,
        lambda item: step(viewer, house, WorkOrderVerb.CANCEL, item.id, item.expected_version, note),
    )


async def _each(
    viewer: Viewer | None, house: House, verb: str, items: Sequence[Wanted], do: Do
) -> list[Refusal | None]:
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    if not 1 <= len(items) <= MAX_MANY:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="items", message="TOO_MANY_ITEMS", max=MAX_MANY)
    if len({item.id for item in items}) < len(items):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="items", message="NAMED_TWICE")
    done: list[Refusal | None] = []
    for item in items:
        try:
            await do(item)
        except Refusal as refusal:
            if refusal.code is ErrorCode.FORBIDDEN:
                await note_refusal(house, viewer, verb, refusal)
            elif refusal.code not in USER_CODES:
                raise
            done.append(refusal)
        else:
            done.append(None)
    return done
