"""Compiles a request into an operation and runs it: the same for HTTP, WebSocket and SSE."""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any, Literal, cast
from uuid import uuid4

import orjson
from graphql import Executor, GraphQLError
from graphql.execution.values import get_variable_values

from adapters.database import DatabaseUnavailable
from adapters.log import note_error
from models.errors import ErrorCode, Refusal
from models.rules.limit import Rank, rank_of
from models.rules.permission import Permission
from resolvers.deadline import Deadline
from resolvers.idempotency_key import once
from resolvers.origin import coming_from
from schema.base import Context
from schema.base.leaf import Gone
from schema.batch.reader import Reader
from schema.http.answer import bad_request
from schema.http.document import Document, Documents
from schema.http.error import UNAVAILABLE, explain, explain_all, timed_out
from schema.http.glance import Glances
from schema.http.idempotency import KeyedOutcome, key_of, keyed_request
from schema.http.limit import at_most, check_variables
from schema.http.live import Live
from schema.http.persisted import PersistedDocuments
from schema.http.scoped import Sights
from schema.http.throttle import Throttle
from schema.http.timer import Spans
from schema.plan.plan import Unplanned
from schema.plan.run import Run
from subscriptions.ports import Caller, Request, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Coroutine

    import strawberry
    from graphql import ExecutionResult, GraphQLSchema, OperationDefinitionNode

    from resolvers.ports import House
    from resolvers.rights import Viewers
    from schema.base.coerce import Values

logger = logging.getLogger("wuye.plan")


class Engine:
    """The schema, ready to run requests."""

    def __init__(self, schema: strawberry.Schema, house: House, viewers: Viewers) -> None:
        whole: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no public name for it
        self.sights = Sights(whole, production=house.settings.production)
        self.house = house
        self.viewers = viewers
        self._documents = Documents(house.settings.limits)
        self._persisted = PersistedDocuments(house.settings)
        self.throttle = Throttle(house.counters, house.settings.limits)
        self.spans = Spans(house.settings.limits.request_seconds)
        self.glances = Glances(house.database)
        from schema.http.listing import Listings  # which runs our operations: a circle at import

        self.listings = Listings(self)
        from schema.http.traced import operation_class

        self._operation: type[CompiledOperation] = operation_class(house)
        self.planned, self.in_sql = True, house.database.dialect == "postgres"

    def parse_request(self, body: object, locale: str) -> Request:
        """A decoded JSON body as a request. Raises RequestRefused BAD_REQUEST."""
        if not isinstance(body, dict):
            raise bad_request("a JSON object is expected (batches are off)", locale)
        variables, name = body.get("variables"), body.get("operationName")
        if variables is not None and not isinstance(variables, dict):
            raise bad_request("`variables` must be an object", locale)
        if name is not None and not isinstance(name, str):
            raise bad_request("`operationName` must be a text", locale)
        if body.get("extensions") is not None and not isinstance(body["extensions"], dict):
            raise bad_request("`extensions` must be an object", locale)
        try:
            check_variables(variables, self.house.settings.limits)
        except Refusal as refusal:
            raise RequestRefused([explain(refusal, locale)]) from None
        explains = (body.get("extensions") or {}).get("explain") is True
        return Request(
            self._persisted.text(body, locale), variables or {}, name or None, key_of(body, locale), explains
        )

    async def admit(self, body: object, caller: Caller) -> CompiledOperation:
        """A request as every transport lets it in: counted, read, limited, its cost counted. Raises RequestRefused."""
        await self.throttle.enter(caller)
        return await self.prepare(body, caller)

    async def prepare(self, body: object, caller: Caller) -> CompiledOperation:
        """What is left of `admit` for whom was counted before its body was read. Raises RequestRefused."""
        request = self.parse_request(body, caller.locale)
        self._persisted.admit(request.query, caller)
        operation = self.compile(request, caller)
        self._persisted.learn(cast("dict[str, Any]", body), request.query, caller.locale)
        await self.throttle.spend(caller, operation.cost)
        return operation

    def compile(self, request: Request, caller: Caller) -> CompiledOperation:
        """Parse, limit, validate, choose the operation. Raises RequestRefused."""
        if request.explain and (caller.viewer is None or Permission.PLAN_READ not in caller.viewer.everywhere):
            refusal = Refusal(ErrorCode.FORBIDDEN, permission=Permission.PLAN_READ.value)
            raise RequestRefused([explain(refusal, caller.locale)], 403)
        document = self._documents.get(request.query, caller.locale, self.sights.of(caller.viewer))
        try:
            chosen = document.operation(request.operation_name)
            cost, most = document.cost(document.schema, chosen, request.variables), self.most_cost(caller)
            at_most("cost", cost, most)
        except Refusal as refusal:
            raise RequestRefused([explain(refusal, caller.locale)]) from None
        return self._operation(self, document, request, caller, chosen, (cost, most))

    def most_cost(self, caller: Caller) -> int:
        """What one request of theirs may cost."""
        limits, rank = self.house.settings.limits, rank_of(caller.viewer)
        return limits.cost_staff if rank in (Rank.STAFF, Rank.PARTNER) else limits.cost_resident


class CompiledOperation(Live):
    """One operation of one caller. Implements subscriptions.ports.Operation."""

    def __init__(
        self,
        engine: Engine,
        document: Document,
        request: Request,
        caller: Caller,
        chosen: OperationDefinitionNode,
        cost: tuple[int, int] = (0, 0),
    ) -> None:
        """`cost` is what was asked for and the most that may be."""
        self.kind: Literal["query", "mutation", "subscription"] = chosen.operation.value
        self._chosen = chosen
        self.cost = cost[0]
        self._shown: dict[str, Any] = {"cost": {"requested": cost[0], "max": cost[1]}}
        self._reason = f"a {self.kind}"  # why graphql-core and not the plan
        self.replayed = False
        self._done: dict[str, Any] = {}  # verbs that ran: whoever writes the answer, none runs twice
        self._engine = engine
        self.document = document
        self._request = request
        self._caller = caller
        self._limits = engine.house.settings.limits

    async def run(self) -> bytes:
        """Execute a query or mutation. Raises RequestRefused for bad variables, and TIMEOUT (504)."""
        if self.kind == "query":
            planned = await self._planned(in_sql=self._engine.in_sql) if self._engine.planned else None
            return planned or await self._in_time(self._execute(self._executor(self._context(), None)), Deadline())
        with coming_from(self._caller.origin):
            if self._request.idempotency_key is not None:
                return await self._in_time(self._once(self._executor(self._context(), None)), Deadline())
            return await self._in_time(self._verbs(), Deadline())

    async def _verbs(self) -> bytes:
        """One after the other; what graphql-core is left to write was done before, it runs nothing again."""
        planned = await self._by_plan(in_sql=self._engine.in_sql) if self._engine.planned else None
        return planned or await self._execute(self._executor(self._context(), None))

    async def _planned(self, *, in_sql: bool) -> bytes | None:
        """A query by its plan, in its time; as `_by_plan`."""
        try:
            with self._engine.spans.span():
                return await self._by_plan(in_sql=in_sql)
        except TimeoutError:
            refusal = Refusal(ErrorCode.TIMEOUT)
            raise RequestRefused([explain(refusal, self._caller.locale)], 504) from None

    async def _by_plan(self, *, in_sql: bool) -> bytes | None:
        """The answer of the compiled plan; None where graphql-core is to say it. Raises RequestRefused.

        A plan that fails is a bug: the log has it under its errorId, graphql-core answers, and nobody asks it again.
        """
        document, database, values = self.document, self._engine.house.database, self._values()
        try:
            plan = document.plans.of(self._chosen, values, database, in_sql=in_sql)
            run = Run(plan, self._context(), values)
            run.context.points = plan.verbs
            if document.selects_cursor:
                await run.reader.prepare_cursors()
            data, errors = await run.data()
        except (Unplanned, Gone) as reason:
            self._reason = str(reason)
            return None
        except UNAVAILABLE:
            raise
        except Exception as bug:
            error_id = uuid4().hex[:12]
            logger.exception("the plan failed, graphql-core answers: %s", error_id, extra=note_error(error_id))
            document.plans.give_up(self._chosen, values, bug, in_sql=in_sql)
            self._reason = "the plan failed"
            return None
        explained = orjson.dumps(explain_all(errors, self._caller.locale)) if errors else b""
        parts = [b'{"data":', data, b',"errors":' + explained if errors else b""]
        return b"".join([*parts, b',"extensions":', orjson.dumps(self._extensions(run.reader, None)), b"}"])

    def _extensions(self, reader: Reader, reason: str | None) -> dict[str, Any]:
        """The cost, and for who asks which way the read went, why, and the SQL that it ran."""
        if not self._request.explain:
            return self._shown
        way = "plan" if reason is None else "graphql-core"
        return {**self._shown, "plan": {"way": way, "reason": reason, "statements": reader.statements}}

    def _values(self) -> Values:
        """The variables, coerced. Raises RequestRefused."""
        known = self.document.plans.variables(self._chosen).of(self._request.variables)
        if known is not None:
            return known
        found = get_variable_values(
            self.document.schema,
            self._chosen.variable_definitions or (),
            dict(self._request.variables),
            self._limits.validation_errors,
            hide_suggestions=True,
        )
        if isinstance(found, list):
            raise RequestRefused(explain_all(found, self._caller.locale, ErrorCode.BAD_USER_INPUT))
        return found

    async def _once(self, executor: Executor[Any]) -> bytes:
        """Run a mutation under its idempotency key. Raises Refusal."""
        house, viewer = self._engine.house, self._caller.viewer
        keyed = await keyed_request(self._request, self.document, executor, viewer)
        answer = await once(house, viewer, keyed, lambda: self._outcome(executor))  # type: ignore[arg-type]  # keyed_request refused nobody
        self.replayed = answer.replayed
        return answer.content

    async def _outcome(self, executor: Executor[Any]) -> KeyedOutcome:
        return KeyedOutcome(orjson.loads(await self._execute(executor)))

    async def _execute(self, executor: Executor[Any]) -> bytes:
        if self.document.selects_cursor:
            await executor.context_value.reader.prepare_cursors()
        serially = False if self.kind == "subscription" else None
        result = executor.execute_operation(serially)
        result = await result if inspect.isawaitable(result) else result
        return self._write(cast("ExecutionResult", result), executor.context_value.reader)

    def _write(self, result: ExecutionResult, reader: Reader) -> bytes:
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            causes = (error.original_error for error in result.errors)
            outage: Exception | None = next((one for one in causes if isinstance(one, DatabaseUnavailable)), None)
            outage = outage or timed_out(result.errors)
            if self.kind == "subscription" and outage is not None:
                raise outage  # an event is delivered whole or not yet
            # An event is nobody's input: what it holds and the schema does not know is ours to look at.
            code = ErrorCode.INTERNAL_SERVER_ERROR if self.kind == "subscription" else None
            answer["errors"] = explain_all(result.errors, self._caller.locale, code)
        answer["extensions"] = self._extensions(reader, self._reason)
        return orjson.dumps(answer)

    def _context(self) -> Context:
        house = self._engine.house
        reader = Reader(house, self._caller.viewer, self._caller.locale)
        engine, caller = self._engine, self._caller
        return Context(caller.viewer, house, engine.viewers, engine.listings, reader, caller.locale, self._done)

    def _executor(self, context: Context, root: Any) -> Executor[Any]:
        built = Executor.build(
            self.document.schema,
            self.document.ast,
            root_value=root,
            context_value=context,
            raw_variable_values=dict(self._request.variables),
            operation_name=self._request.operation_name,
            max_coercion_errors=self._limits.validation_errors,
            hide_suggestions=True,
        )
        if isinstance(built, list):
            raise RequestRefused(explain_all(built, self._caller.locale, ErrorCode.BAD_USER_INPUT))
        return built

    async def _in_time(self, work: Coroutine[Any, Any, bytes], deadline: Deadline) -> bytes:
        """Run within the request's time; a verb that has reached its last statement finishes whatever happens."""
        try:
            if self.kind == "mutation":
                return await deadline.run(work, self._limits.request_seconds)
            with self._engine.spans.span():  # a read needs no task of its own to be stopped
                return await work
        except TimeoutError:
            refusal = Refusal(ErrorCode.TIMEOUT)
            raise RequestRefused([explain(refusal, self._caller.locale)], 504) from None
        except (Refusal, GraphQLError) as error:
            late = isinstance(error, Refusal) and error.code is ErrorCode.TIMEOUT
            raise RequestRefused([explain(error, self._caller.locale)], 504 if late else 400) from None
