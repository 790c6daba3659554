"""The live side of an operation: its feed, and its events for one follower or for all who share them."""

from __future__ import annotations

import inspect
import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import orjson
from graphql import ExecutionResult, GraphQLError, create_source_event_stream

from models.errors import Refusal
from models.predicate import Look
from resolvers.deadline import Deadline
from schema.base import Happening
from schema.base.leaf import Gone
from schema.base.node import NODES
from schema.batch.row import Row
from schema.batch.wide import Witness, scope_look
from schema.http.error import UNAVAILABLE, explain, explain_all, timed_out
from schema.http.glance import Glancing
from subscriptions.ports import Rendering, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from uuid import UUID

    from graphql import Executor, OperationDefinitionNode

    from schema.base import Context
    from schema.base.coerce import Values
    from schema.http.document import Document
    from schema.http.execution import Engine
    from schema.http.scribe import Scribe
    from subscriptions.event import Entry
    from subscriptions.feed import Feed
    from subscriptions.ports import Batch, Caller, Request, Sharing

logger = logging.getLogger("wuye.live")


class Live:
    """What a compiled subscription does. Implements the live part of subscriptions.ports.Operation."""

    document: Document
    cost: int
    _chosen: OperationDefinitionNode
    _engine: Engine
    _request: Request
    _caller: Caller
    _shown: dict[str, Any]
    _values: Callable[[], Values]
    _context: Callable[[], Context]
    _executor: Callable[[Context, Any], Executor[Any]]
    _execute: Callable[[Executor[Any]], Coroutine[Any, Any, bytes]]
    _in_time: Callable[[Coroutine[Any, Any, bytes], Deadline], Coroutine[Any, Any, bytes]]

    async def feed(self) -> Feed:
        """The description of a subscription's stream. Raises RequestRefused; Refusal TIMEOUT: ask again."""
        context = self._context()
        context.reader = Glancing(context.reader, self._engine.glances)
        source = create_source_event_stream(self._executor(context, None))
        source = await source if inspect.isawaitable(source) else source
        if isinstance(source, ExecutionResult):
            if (late := timed_out(source.errors or [])) is not None:
                raise late
            raise RequestRefused(explain_all(source.errors or [], self._caller.locale))
        return cast("Feed", source)

    @cached_property
    def sharing(self) -> Sharing | None:
        """With whom events are shared; None where what they show depends on the viewer in person."""
        viewer, request = self._caller.viewer, self._request
        if viewer is None or request.explain or self.document.selects_cursor:
            return None
        dependence = self.document.dependence(self._chosen)
        variables = {name: value for name, value in request.variables.items() if name not in dependence.places}
        written = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)
        schema, cost = id(self.document.schema), orjson.dumps(self._shown)
        rest = (request.query, schema, request.operation_name, written, self._caller.locale, cost)
        return dependence.sharing(viewer, rest)

    async def render(self, entry: Entry) -> bytes:
        """One event as an execution result, for this viewer alone."""
        context = self._context()
        return await self._told(context, Happening(entry, context.reader))

    async def share(self, entry: Entry, batch: Batch) -> Rendering:
        """One event for all with an equal `sharing.key`: whoever may see `row` and the `others` gets `content`.

        They are read by their Organization alone, each in the one statement that it is given from; the rest by the
        scopes in the key. Whoever's scope does not find `row` is to get `unseen`.
        """
        context, sharing = self._context(), self.sharing
        if sharing is None:
            raise TypeError("nothing of a personal document is shared")
        witness = Witness(batch.setdefault(("reader", sharing.key), context.reader), batch)
        context.reader, found = witness, list[dict[str, Any]]()
        readings: list[Coroutine[Any, Any, Row | None]] = []

        async def reading(target: str, id_: UUID) -> Row | None:
            values = await witness.subject(target, id_, scope_look(target, sharing.scope) or Look())
            if values is None:
                return None
            found.append(values)
            return Row(NODES[target], values, witness)

        def read(target: str, id_: UUID) -> Coroutine[Any, Any, Row | None]:
            readings.append(reading(target, id_))
            return readings[-1]

        content = await self._told(context, Happening(entry, witness, read))
        for one in readings:
            if inspect.getcoroutinestate(one) == inspect.CORO_CREATED:
                one.close()  # another field failed before it was wanted
        return Rendering(content, found[0] if found else None, tuple(witness.others))

    async def unseen(self, entry: Entry) -> bytes:
        """One event as `share`, for those whose scope does not find its subject: null."""
        context = self._context()
        return await self._told(context, Happening(entry, context.reader, lambda _target, _id: None))

    @cached_property
    def _scribe(self) -> Scribe | None:
        if self._request.explain or self.document.selects_cursor:
            return None
        return self.document.scribe(self._chosen, self.document.plans.chosen(self._values()))

    async def _told(self, context: Context, happening: Happening) -> bytes:
        """What fails on one event is told as that event's error: the subscription goes on behind it."""
        try:
            return await self._in_time(self._result(context, happening), Deadline())
        except (RequestRefused, *UNAVAILABLE):
            raise
        except Exception as bug:  # noqa: BLE001 - `explain` logs it under its errorId
            return orjson.dumps({"data": None, "errors": [explain(bug, self._caller.locale)]})

    async def _result(self, context: Context, happening: Happening) -> bytes:
        """Written from the declarations where they suffice; all else, and every error, is graphql-core's to say."""
        scribe, bug = self._scribe, None
        if scribe is not None:
            try:
                return await scribe.write(happening, orjson.dumps(self._shown))
            except (Gone, Refusal, GraphQLError):
                pass
            except UNAVAILABLE:
                raise
            except Exception as error:  # noqa: BLE001 - logged here, or by whoever fails on the same
                bug = error
        answer = await self._execute(self._executor(context, happening))
        if bug is not None and b'"errors":' not in answer:
            logger.error("the scribe failed, graphql-core answers", exc_info=bug)
        return answer
