"""Draws docs/work-order.md from the table of models/rules/work_order.py: the states, and who takes which step.

`python -m tests.house.life` writes it; `--check` fails when it is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

from models.rules.ticket import status_for
from models.rules.work_order import TRANSITIONS, Need, Transition, Who, WorkOrderStatus, WorkOrderVerb

TARGET = Path(__file__).parents[2] / "docs" / "work-order.md"
HEAD = """# The life of a work order

Drawn by `make map` from the table in `models/rules/work_order.py`, which the verbs themselves obey; do not edit.
A step is taken in one transaction with its history (`workOrder.steps`: who, when, where the phone was, from, to, why),
its audit and its event (`workOrderChanged`); the ticket follows, and has an entry on its timeline.
"""
_S = WorkOrderStatus
VERBS = {
    WorkOrderVerb.WITHDRAW: "ticketCancel",
    WorkOrderVerb.OBJECT: "ticketReopen",
    WorkOrderVerb.EXPIRE: "job `ticket.close`",
}
WHO = {
    Who.HOLDER: "who holds `{permission}` there",
    Who.ASSIGNEE: "its assignee, with `{permission}`",
    Who.OTHER: "who holds `{permission}` there and is not its assignee",
    Who.REPORTER: "the resident whose ticket it answers",
    Who.HOUSE: "the house, when nobody objected until `closeAt`",
}
NEEDS = {
    Need.RESULT: "a result",
    Need.BEFORE_PHOTO: "a photo of before, if the category asks for one",
    Need.AFTER_PHOTO: "a photo of after, if the category asks for one",
    Need.CHECKLIST: "every item of the checklist done",
    Need.WINDOW: "`reopenUntil` not over",
}


def name(verb: WorkOrderVerb) -> str:
    """As clients call it."""
    return VERBS.get(verb, f"workOrder{verb.value.capitalize()}")


def diagram() -> str:
    """The states and steps, for Mermaid; steps that lead the same way share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for verb, step in TRANSITIONS.items():
        for source in WorkOrderStatus:
            if source in step.sources:
                arrows.setdefault((source.value, step.target.value), []).append(verb.value.lower())
    lines = [f"    {source} --> {target}: {', '.join(verbs)}" for (source, target), verbs in arrows.items()]
    ends = [f"    {status.value} --> [*]" for status in (_S.CLOSED, _S.CANCELLED)]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> CREATED", *lines, *ends, "```"])


def steps() -> str:
    """A row for each verb."""
    rows = ["| Step | From | To | Who | Needs | Stamp |", "|---|---|---|---|---|---|"]
    for verb, step in TRANSITIONS.items():
        sources = ", ".join(status.value for status in WorkOrderStatus if status in step.sources)
        permission = step.permission.value if step.permission else ""
        who, stamp = WHO[step.who].format(permission=permission), _camel(step.stamp)
        first = "" if step.restamp else " (the first time)"
        shown = name(verb) if name(verb).startswith("job") else f"`{name(verb)}`"
        rows.append(f"| {shown} | {sources} | {step.target.value} | {who} | {_needs(step)} | `{stamp}`{first} |")
    return "\n".join(rows)


def followed() -> str:
    """What the ticket shows."""
    rows = ["| Work order | Its ticket |", "|---|---|"]
    rows += [f"| {status.value} | {status_for(status).value} |" for status in WorkOrderStatus]
    return "\n".join(rows)


def page() -> str:
    """The whole page."""
    follows = "A ticket that its resident cancelled stays CANCELLED. Otherwise it shows how far its order is:"
    return "\n\n".join([HEAD.rstrip(), diagram(), "## Steps", steps(), "## The ticket", follows, followed()]) + "\n"


def _needs(step: Transition) -> str:
    wanted = [words for need, words in NEEDS.items() if need in step.needs]
    if step.explained == step.sources:
        wanted.insert(0, "the reason")
    elif step.explained:
        wanted.insert(0, "the reason, once somebody has taken it on")
    return "; ".join(wanted) or "–"


def _camel(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(word.capitalize() for word in rest)


def main(arguments: list[str]) -> int:
    """Write the page, or say that it is stale."""
    if "--check" in arguments:
        fresh = TARGET.exists() and TARGET.read_text() == page()
        print("docs/work-order.md is fresh" if fresh else "docs/work-order.md is stale: make map", file=sys.stderr)
        return 0 if fresh else 1
    TARGET.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
