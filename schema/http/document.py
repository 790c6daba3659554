"""Documents: parsed, limited and validated once, then kept by their text in a bounded cache."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import GraphQLError, GraphQLSchema, parse, validate
from graphql.language import DocumentNode, FieldNode, OperationDefinitionNode, Visitor, visit
from graphql.validation import MaxIntrospectionDepthRule, NoSchemaIntrospectionCustomRule, specified_rules

from models.errors import ErrorCode, Refusal
from schema.http.error import explain, explain_all
from schema.http.limit import check_document
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from adapters.settings import Limits

MOST_KEPT = 1_000


@dataclass(frozen=True)
class Document:
    """A document that may run."""

    ast: DocumentNode
    selects_cursor: bool  # liveCursor is read before anything else

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises Refusal OPERATION_RESOLUTION_FAILURE."""
        found = [
            node
            for node in self.ast.definitions
            if isinstance(node, OperationDefinitionNode)
            and (name is None or (node.name is not None and node.name.value == name))
        ]
        if len(found) != 1:
            raise Refusal(ErrorCode.OPERATION_RESOLUTION_FAILURE)
        return found[0]


class _CursorSeeker(Visitor):
    found = False

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found = self.found or node.name.value == "liveCursor"


class Documents:
    """The cache. A refused document is not kept."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._kept: OrderedDict[tuple[str, bool], Document] = OrderedDict()

    def get(self, text: str, locale: str, *, introspection: bool) -> Document:
        """The document of `text`. Raises RequestRefused."""
        key = (text, introspection)
        document = self._kept.get(key)
        if document is not None:
            self._kept.move_to_end(key)
            return document
        document = self._make(text, locale, introspection)
        self._kept[key] = document
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return document

    def _make(self, text: str, locale: str, introspection: bool) -> Document:
        if len(text.encode()) > self._limits.document_bytes:
            refusal = Refusal(ErrorCode.PAYLOAD_TOO_LARGE, max=self._limits.document_bytes)
            raise RequestRefused([explain(refusal, locale)], 413)
        try:
            ast = parse(text, max_tokens=self._limits.tokens)
        except GraphQLError as error:
            if "tokens" in error.message and "limit" in error.message.lower():
                refusal = Refusal(
                    ErrorCode.QUERY_LIMIT_EXCEEDED,
                    limit="tokens",
                    max=self._limits.tokens,
                    actual=self._limits.tokens + 1,
                )
                raise RequestRefused([explain(refusal, locale)]) from None
            raise RequestRefused(explain_all([error], locale, ErrorCode.GRAPHQL_PARSE_FAILED)) from None
        try:
            check_document(ast, self._limits)
        except Refusal as refusal:
            raise RequestRefused([explain(refusal, locale)]) from None
        rules = [*specified_rules, MaxIntrospectionDepthRule]
        if not introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        errors = validate(
            self._schema, ast, rules, max_errors=self._limits.validation_errors, hide_suggestions=not introspection
        )
        if errors:
            raise RequestRefused(explain_all(errors, locale, ErrorCode.GRAPHQL_VALIDATION_FAILED))
        seeker = _CursorSeeker()
        visit(ast, seeker)
        return Document(ast, seeker.found)
