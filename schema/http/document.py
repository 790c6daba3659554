"""Documents: parsed, limited and validated once, then kept by their text in a bounded cache."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, parse, validate
from graphql.language import DocumentNode, FieldNode, OperationDefinitionNode, Visitor, visit
from graphql.validation import NoSchemaIntrospectionCustomRule, specified_rules

from models.errors import ErrorCode, Refusal
from schema.http.answer import too_large
from schema.http.cost import Cost
from schema.http.error import explain, explain_all
from schema.http.limit import check_document, check_text
from schema.http.plans import MOST_CHOICES, Plans
from schema.http.scribe import Scribe
from schema.http.sharing import Dependence
from schema.plan.plan import Unplanned
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import GraphQLSchema

    from adapters.settings import Limits
    from schema.http.scoped import Sight

MOST_KEPT = 1_000
MOST_KEPT_TEXT = 256 * 1024  # characters; a parsed document takes 100 to 500 bytes for each


@dataclass(frozen=True)
class Document:
    """A document that may run, on the schema that it was checked against."""

    ast: DocumentNode
    schema: GraphQLSchema
    selects_cursor: bool  # liveCursor is read before anything else
    _operations: dict[str | None, OperationDefinitionNode] = field(default_factory=dict, compare=False)
    _costs: dict[int, Cost] = field(default_factory=dict, compare=False)  # by operation, made when first asked for
    _dependences: dict[int, Dependence] = field(default_factory=dict, compare=False)  # likewise
    _scribes: dict[tuple[int, tuple[Any, ...]], Scribe | None] = field(default_factory=dict, compare=False)

    @cached_property
    def plans(self) -> Plans:
        """Its compiled reads."""
        return Plans(self.schema, self.ast)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises Refusal OPERATION_RESOLUTION_FAILURE."""
        if (known := self._operations.get(name)) is not None:
            return known
        found = [
            node
            for node in self.ast.definitions
            if isinstance(node, OperationDefinitionNode)
            and (name is None or (node.name is not None and node.name.value == name))
        ]
        if len(found) != 1:
            raise Refusal(ErrorCode.OPERATION_RESOLUTION_FAILURE)
        self._operations[name] = found[0]
        return found[0]

    def cost(self, schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> int:
        """How many objects one of its operations asks for."""
        cost = self._costs.get(id(operation))
        if cost is None:
            cost = self._costs[id(operation)] = Cost(schema, self.ast, operation)
        return cost.of(variables)

    def dependence(self, operation: OperationDefinitionNode) -> Dependence:
        """What of a subscription's events depends on who follows."""
        found = self._dependences.get(id(operation))
        if found is None:
            found = self._dependences[id(operation)] = Dependence(self.schema, self.ast, operation)
        return found

    def scribe(self, operation: OperationDefinitionNode, chosen: Mapping[str, Any]) -> Scribe | None:
        """What writes a subscription's events under this choice of its conditions; None: graphql-core does."""
        key = (id(operation), tuple(chosen.values()))
        if key not in self._scribes:
            if len(self._scribes) >= MOST_CHOICES or None in chosen.values():
                return None
            self._scribes[key] = None
            with suppress(Unplanned):
                self._scribes[key] = Scribe(self.schema, self.ast, operation, chosen)
        return self._scribes[key]


class _CursorSeeker(Visitor):
    found = False

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found = self.found or node.name.value == "liveCursor"


class Documents:
    """The cache. A refused document is not kept."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._kept: OrderedDict[tuple[str, Sight], Document] = OrderedDict()
        self._kept_text = 0

    def get(self, text: str, locale: str, sight: Sight) -> Document:
        """The document of `text`, if it fits the schema as the caller sees it. Raises RequestRefused."""
        key = (text, sight)
        document = self._kept.get(key)
        if document is not None:
            self._kept.move_to_end(key)
            return document
        document = self._make(text, locale, sight)
        self._kept[key] = document
        self._kept_text += len(text)
        while len(self._kept) > MOST_KEPT or self._kept_text > MOST_KEPT_TEXT:
            (dropped, _), _ = self._kept.popitem(last=False)
            self._kept_text -= len(dropped)
        return document

    def _make(self, text: str, locale: str, sight: Sight) -> Document:
        if len(text.encode()) > self._limits.document_bytes:
            raise too_large(locale, most=self._limits.document_bytes)
        try:
            check_text(text, self._limits)
            ast = parse(text, max_tokens=self._limits.tokens)
            check_document(ast, self._limits)
        except Refusal as refusal:
            raise RequestRefused([explain(refusal, locale)]) from None
        except GraphQLError as error:
            raise RequestRefused(explain_all([error], locale, ErrorCode.GRAPHQL_PARSE_FAILED)) from None
        rules = list(specified_rules)
        if not sight.introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        errors = validate(
            sight.schema,
            ast,
            rules,
            max_errors=self._limits.validation_errors,
            hide_suggestions=not sight.suggestions,
        )
        if errors:
            raise RequestRefused(explain_all(errors, locale, ErrorCode.GRAPHQL_VALIDATION_FAILED))
        seeker = _CursorSeeker()
        visit(ast, seeker)
        return Document(ast, sight.schema, seeker.found)
