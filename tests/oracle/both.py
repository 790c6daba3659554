"""Runs one operation in every way there is, and compares the bytes of the answers."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from resolvers.deadline import Deadline
from schema.http.execution import CompiledOperation
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

APART = (
    b',"errors":'  # nothing like it comes later in an answer that has errors: within texts quotation marks are escaped
)


class Bugs(logging.Handler):
    """Plans that failed, as the log has them: in tests graphql-core's answer does not make up for them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.found.append(self.format(record))

    def take(self) -> list[str]:
        """Those since we last asked."""
        found, self.found = self.found, []
        return found


BUGS = Bugs()
logging.getLogger("wuye.plan").addHandler(BUGS)


@dataclass
class Answers:
    """What one operation was answered, by the way that it went; None where the plan left it to graphql-core."""

    core: bytes
    planned: dict[str, bytes | None] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)

    @property
    def way(self) -> str:
        """`plan` when every back end answered."""
        return "core" if None in self.planned.values() else "plan"

    @property
    def wrong(self) -> dict[str, bytes]:
        """The answers that differ from graphql-core's."""
        wanted = canonical(self.core)
        return {way: got for way, got in self.planned.items() if got is not None and canonical(got) != wanted}


async def answers(
    operation: CompiledOperation, backends: Sequence[bool], planned: Any = CompiledOperation._planned
) -> Answers:
    """All answers of a query; `backends` says of each plan whether SQL writes its rows."""
    found = Answers(await _told(by_core(operation)) or b"")
    for in_sql in backends:
        found.planned["sql" if in_sql else "rows"] = await _told(planned(operation, in_sql=in_sql))
    found.bugs = BUGS.take()
    return found


async def by_core(operation: CompiledOperation) -> bytes:
    """What `run` does where there is no plan."""
    executor = operation._executor(operation._context(), None)
    return await operation._in_time(operation._execute(executor), Deadline())


async def _told(asked: Any) -> bytes | None:
    """The answer, or the refusal as an answer."""
    try:
        told: bytes | None = await asked
    except RequestRefused as refused:
        return orjson.dumps({"status": refused.status, "refused": refused.errors})
    return told


def canonical(answer: bytes) -> tuple[bytes, bytes]:
    """The bytes, with the errors sorted by their paths: the order in which fields fail is chance."""
    if APART not in answer or "errors" not in orjson.loads(answer):  # a DataImport has errors too
        return answer, b""
    data, _, rest = answer.rpartition(APART)
    end = orjson.loads(b'{"errors":' + rest)
    end["errors"].sort(key=lambda error: str(error.get("path")))
    return data, orjson.dumps(end)
