"""Boards: who runs a Property's forum makes, changes and archives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import ForumBoard, Property
from models.errors import ErrorCode, Refusal
from models.rules.forum import MAX_BOARD_DESCRIPTION, MAX_BOARD_NAME, ForumBoardPosting, writes_as_staff
from models.rules.permission import Permission
from resolvers.forum.common import checked, member
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

MOST_POSITION = 10_000


async def create(
    viewer: Viewer | None,
    house: House,
    property_id: UUID,
    name: str,
    description: str = "",
    posting: ForumBoardPosting = ForumBoardPosting.EVERYBODY,
    position: int = 0,
) -> ForumBoard:
    """A new board. Its name is unique among the live boards of the Property."""
    async with unit_of_work(house, viewer) as unit:
        place = await unit.find(Property, property_id, "property_id")
        require(member(unit), Permission.FORUM_MODERATE, place.id)
        values = _values(name=name, description=description, posting=posting, position=position)
        await _check_name(place.id, values["name"])
        board = await unit.add(ForumBoard, property_id=place.id, **values)
        unit.audit("forumBoard.create", None, board)
    return board


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **changes: Any) -> ForumBoard:
    """Change what is given of name, description, posting and position."""
    async with unit_of_work(house, viewer) as unit:
        board = await _mine(unit, id_, expected_version)
        values = _values(**{name: value for name, value in changes.items() if value is not None})
        if values.get("name", board.name) != board.name and board.archived_at is None:
            await _check_name(board.property_id, values["name"])
        before = await unit.change(board, **values)
        unit.audit("forumBoard.update", before, board)
    return board


async def archive(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, *, archived: bool = True
) -> ForumBoard:
    """Close a board: residents see it and its posts no longer. Or open it again."""
    async with unit_of_work(house, viewer) as unit:
        board = await _mine(unit, id_, expected_version)
        if archived is (board.archived_at is not None):
            return board
        if not archived:
            await _check_name(board.property_id, board.name)
        before = await unit.change(board, archived_at=unit.now if archived else None)
        unit.audit("forumBoard.archive", before, board)
    return board


def viewer_can_post(board: dict[str, Any], viewer: Viewer) -> bool:
    """Whether to show the button for a new post: what resolvers/forum/post.py obeys."""
    return (
        board["archived_at"] is None
        and viewer.may(Permission.FORUM_WRITE, board["property_id"])
        and may_post(ForumBoardPosting(board["posting"]), viewer, board["property_id"])
    )


def may_post(posting: ForumBoardPosting, viewer: Viewer, property_id: UUID) -> bool:
    """Whether the board is open to this viewer."""
    return posting is ForumBoardPosting.EVERYBODY or writes_as_staff(viewer, property_id)


async def _mine(unit: Unit, id_: UUID, expected: int) -> ForumBoard:
    board = await unit.find(ForumBoard, id_, "id")
    require(member(unit), Permission.FORUM_MODERATE, board.property_id)
    check_version(board, expected)
    return board


def _values(**given: Any) -> dict[str, Any]:
    if "name" in given:
        given["name"] = checked(given["name"], "name", MAX_BOARD_NAME)
    if "description" in given:
        given["description"] = given["description"].strip()
        if len(given["description"]) > MAX_BOARD_DESCRIPTION:
            raise Refusal(
                ErrorCode.BAD_USER_INPUT, field="description", message="TEXT_LENGTH", low=0, high=MAX_BOARD_DESCRIPTION
            )
    if not 0 <= given.get("position", 0) <= MOST_POSITION:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="position", message="NUMBER_BETWEEN", low=0, high=MOST_POSITION)
    return given


async def _check_name(property_id: UUID, name: str) -> None:
    """Raise Refusal when a live board has the name. The Property is locked: two of them never pass at once."""
    await Property.filter(id=property_id).select_for_update(no_key=True).get()
    if await ForumBoard.filter(property_id=property_id, name=name, archived_at=None).exists():
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="name", message="NAME_TAKEN", name=name)
