"""Arguments that mean the same everywhere: their descriptions, and the four of a connection."""

from __future__ import annotations

from typing import Any

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from schema.base.scalar import Cursor

ARGUMENTS = {
    "id": "The id of what the verb is done to.",
    "input": "What the verb needs.",
    "file": "The photo, as a part of a multipart request.",
    "property_id": "The id of the Property.",
    "post_id": "The id of the ForumPost.",
    "import_id": "The id of the import.",
    "gate_id": "Only at this Gate; all of the Property without it.",
    "warehouse_id": "The id of the Warehouse.",
    "search": "Words, all of which must be found; at most 40 characters.",
    "min_severity": "Only alarms that are at least this bad; all without it.",
    "filter": "Which ones; all that the viewer may see without it.",
    "archived": "True: only archived ones; false: only those that are not; all without it.",
    "at": "At which instant; now without it.",
    "order": "In which order.",
    "unread_only": "Only what is unread.",
    "after": "Resume after this cursor, without a gap or a duplicate; without it the stream starts now.",
    "coalesce": "True: of the events that wait while the client is behind, only the newest of each subject is told, "
    "with its cursor. For screens that show how things stand, not for those that count what happened.",
}


def described(field: Any) -> Any:
    """Give each argument that has no description of its own the shared one. Raises KeyError when there is none."""
    for argument in field.arguments:
        if argument.description is None:
            argument.description = ARGUMENTS[argument.python_name]
    return field


def page_arguments(most: int) -> list[StrawberryArgument]:
    """The four arguments of a connection."""
    described = {
        "first": (int | None, f"How many from the start: 20 unless told, {most} at most. Not together with `last`."),
        "after": (Cursor | None, "Only what follows this cursor."),
        "last": (int | None, f"How many from the end, {most} at most."),
        "before": (Cursor | None, "Only what precedes this cursor."),
    }
    return [
        StrawberryArgument(
            python_name=name,
            graphql_name=None,
            type_annotation=StrawberryAnnotation(kind),
            description=description,
            default=None,
        )
        for name, (kind, description) in described.items()
    ]
