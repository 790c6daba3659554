"""The log: lines for people, or with LOG_FORMAT=json one JSON object a line, which says what it was about.

Never variables, tokens or what people entered: names of operations, kinds, ids of events and of the Organization, and
times. What a line is about travels with the task that does the work.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

PLAIN = "%(levelname)s %(name)s: %(message)s"
LONGEST_NAME = 64
_done = logging.getLogger("wuye.operation")


@dataclass
class Subject:
    """What the work under way is about; every line of it says so."""

    said: dict[str, Any]
    events: list[dict[str, Any]] = field(default_factory=list)
    error_ids: list[str] = field(default_factory=list)


_subject: ContextVar[Subject | None] = ContextVar("subject", default=None)


@contextmanager
def operation(kind: str, name: str | None, organization_id: UUID | None) -> Iterator[None]:
    """An operation: one line at its end, with its duration, the events that it caused and the errors under an id."""
    said = {"operationKind": kind, "operationName": name and name[:LONGEST_NAME], "organizationId": organization_id}
    subject, started = Subject(said), time.perf_counter()
    token = _subject.set(subject)
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
        more = {"durationMs": milliseconds, "outcome": outcome}
        _done.info("operation", extra={"told": {**more, **_lists(subject)}})
        _subject.reset(token)


def note_events(stream: UUID, head: int, count: int) -> None:
    """The work under way gave `count` events the positions up to `head` of a stream."""
    subject = _subject.get()
    if subject is not None:
        subject.events += [{"stream": stream, "position": position} for position in range(head - count + 1, head + 1)]


def note_error(error_id: str) -> dict[str, Any]:
    """The work under way met an error that a client is told by this id; `extra` of the line that has its cause."""
    subject = _subject.get()
    if subject is not None:
        subject.error_ids.append(error_id)
    return {"told": {"errorId": error_id}}


def about_event(stream: UUID, position: int) -> dict[str, Any]:
    """`extra` of a line about one event."""
    return {"told": {"events": [{"stream": stream, "position": position}]}}


def _lists(subject: Subject) -> dict[str, Any]:
    told: dict[str, Any] = {"events": subject.events} if subject.events else {}
    return told | ({"errorId": subject.error_ids[-1], "errorIds": subject.error_ids} if subject.error_ids else {})


class JsonFormatter(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger and message, what it is about, and the traceback of an exception."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        subject = _subject.get()
        if subject is not None:
            line |= {name: value for name, value in subject.said.items() if value is not None}
        line |= getattr(record, "told", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def configure_log(level: str, form: str) -> None:
    """One form for every line; libraries speak from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter(PLAIN))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    for name in ("tortoise", "uvicorn", "asyncio", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if form != "json":
        _done.setLevel(logging.WARNING)  # a line an operation is for machines
