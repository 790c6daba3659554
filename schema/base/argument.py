"""The descriptions of arguments that mean the same everywhere."""

from __future__ import annotations

from typing import Any

ARGUMENTS = {
    "id": "The id of what the verb is done to.",
    "input": "What the verb needs.",
    "file": "The photo, as a part of a multipart request.",
    "property_id": "The id of the Property.",
    "post_id": "The id of the ForumPost.",
    "import_id": "The id of the import.",
    "gate_id": "Only at this Gate; all of the Property without it.",
    "min_severity": "Only alarms that are at least this bad; all without it.",
    "filter": "Which ones; all that the viewer may see without it.",
    "archived": "True: only archived ones; false: only those that are not; all without it.",
    "order": "In which order.",
    "after": "Resume after this cursor, without a gap or a duplicate; without it the stream starts now.",
}


def described(field: Any) -> Any:
    """Give each argument that has no description of its own the shared one. Raises KeyError when there is none."""
    for argument in field.arguments:
        if argument.description is None:
            argument.description = ARGUMENTS[argument.python_name]
    return field
