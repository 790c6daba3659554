"""The live side of an operation: its feed, and its events for one follower or for all who share them."""

from __future__ import annotations

import inspect
import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import orjson
from graphql import ExecutionResult, GraphQLError, create_source_event_stream
from strawberry.dataloader import DataLoader

from models.errors import Refusal
from models.predicate import Params, eq, is_in
from models.query import Query
from resolvers.deadline import Deadline
from schema.base import Happening
from schema.base.leaf import Gone
from schema.base.node import NODES
from schema.batch.row import Row
from schema.batch.sql import converters, select_sql
from schema.http.error import UNAVAILABLE, explain, explain_all
from subscriptions.ports import Rendering, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from uuid import UUID

    from graphql import Executor, OperationDefinitionNode

    from schema.base import Context
    from schema.base.coerce import Values
    from schema.batch.reader import Reader
    from schema.http.document import Document
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
    _request: Request
    _caller: Caller
    _shown: dict[str, Any]
    _values: Callable[[], Values]
    _context: Callable[[], Context]
    _executor: Callable[[Context, Any], Executor[Any]]
    _execute: Callable[[Executor[Any]], Coroutine[Any, Any, bytes]]
    _in_time: Callable[[Coroutine[Any, Any, bytes], Deadline], Coroutine[Any, Any, bytes]]

    async def feed(self) -> Feed:
        """The description of a subscription's stream. Raises RequestRefused."""
        source = create_source_event_stream(self._executor(self._context(), None))
        source = await source if inspect.isawaitable(source) else source
        if isinstance(source, ExecutionResult):
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
        """One event for all with an equal `sharing.key`: whoever may see `row` gets `content`.

        The subject is read by its Organization alone, in the one statement that `row` is from; the others by the
        scopes in the key. Whoever's scope does not find `row` is to get `unseen`.
        """
        context, sharing = self._context(), self.sharing
        if sharing is None:
            raise TypeError("nothing of a personal document is shared")
        context.reader = batch.setdefault(("reader", sharing.key), context.reader)
        found: list[dict[str, Any]] = []
        readings: list[Coroutine[Any, Any, Row | None]] = []

        async def reading(target: str, id_: UUID) -> Row | None:
            values = await self._subjects(target, context.reader, batch).load(id_)
            if values is None:
                return None
            found.append(values)
            return Row(NODES[target], values, context.reader)

        def read(target: str, id_: UUID) -> Coroutine[Any, Any, Row | None]:
            readings.append(reading(target, id_))
            return readings[-1]

        content = await self._told(context, Happening(entry, context.reader, read))
        for one in readings:
            if inspect.getcoroutinestate(one) == inspect.CORO_CREATED:
                one.close()  # another field failed before it was wanted
        return Rendering(content, found[0] if found else None)

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

    @staticmethod
    def _subjects(target: str, reader: Reader, batch: Batch) -> DataLoader[UUID, dict[str, Any] | None]:
        """The subjects of the batch's events, read in one statement for all documents."""
        organization_id = reader.signed_in.organization_id
        key = ("subjects", target, organization_id)
        loader: DataLoader[UUID, dict[str, Any] | None] | None = batch.get(key)
        if loader is None:

            async def load(ids: Sequence[UUID]) -> list[dict[str, Any] | Exception | None]:
                node, database = NODES[target], reader.house.database
                params = Params(database.dialect)
                query = Query(node.model, eq("organization_id", organization_id)).only(is_in("id", ids))
                rows = await reader.fetch(select_sql(query, node.columns, params), params.values)
                plan = converters(database, node.model, node.columns)
                wall = {"organization_id": organization_id}
                known: dict[UUID, dict[str, Any] | Exception] = {}
                for row in rows:
                    id_ = database.value("UUIDField", row["id"])
                    try:
                        known[id_] = {**wall, **{name: convert(row[name]) for name, convert in plan}}
                    except Exception as error:  # noqa: BLE001 - told to those who want this one
                        known[id_] = error
                return [known.get(id_) for id_ in ids]

            loader = batch[key] = DataLoader(load, max_batch_size=500)
        return loader
