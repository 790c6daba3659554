"""A client's own document as a list to export: checked as any query, then read page after page by the same engine.

Its root list is asked for with our own paging (`first`, `after`), whatever the document says; every selected leaf below
`nodes` or `edges.node` is a column. Objects are dotted columns, lists of plain values are joined in one cell, lists of
objects have no room in a row and are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from graphql import get_argument_values, get_named_type, get_variable_values
from graphql.language import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    IntValueNode,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
)

from adapters.database import DatabaseUnavailable
from models.errors import ErrorCode, Refusal
from models.rules.export import Column
from resolvers.ports import ListPage
from schema.base import decode, page_size
from schema.http.document import Document
from schema.http.execution import CompiledOperation
from schema.http.selection import Selections, inner
from subscriptions.ports import Caller, Request, RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from graphql import GraphQLSchema

    from models.viewer import Viewer
    from schema.http.execution import Engine
    from schema.http.selection import Found, Path

PAGING = frozenset({"first", "after", "last", "before"})
AFTER = "exportAfter"  # our variable that leads to the next page
LIST = "list"  # our alias of the root field


class Listings:
    """Implements resolvers.ports.Documents on the engine that serves every request."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listing(self, document: str, variables: Mapping[str, Any], viewer: Viewer, locale: str) -> DocumentListing:
        """The document's one list. Raises Refusal BAD_USER_INPUT."""
        try:
            request = self._engine.parse_request({"query": document, "variables": dict(variables)}, locale)
            operation = self._engine.compile(request, Caller(viewer, locale))
        except RequestRefused as refused:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="document", detail=refused.errors[0]["message"]) from None
        if operation.kind != "query":
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="document", message="EXPORT_ROOT")
        return DocumentListing(self._engine, operation.document, request, locale)


class DocumentListing:
    """Implements resolvers.ports.Listing."""

    def __init__(self, engine: Engine, document: Document, request: Request, locale: str) -> None:
        self._engine = engine
        self._request = request
        self._locale = locale
        operation = document.operation(None)
        values = get_variable_values(
            document.schema, operation.variable_definitions or (), dict(request.variables), hide_suggestions=True
        )
        if isinstance(values, list):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="document", detail=values[0].message)
        selections = Selections(document.schema, document.ast, values)
        root, field, size = _root(document.schema, selections, operation)
        connection: Any = get_named_type(field.type)
        rows = _rows(selections, root, connection)
        found = list(selections.columns(rows, get_named_type(connection.fields["nodes"].type)))
        if not found:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="document", message="EXPORT_NO_COLUMN")
        self._paths = [path for path, _ in found]
        self.columns: Sequence[Column] = [Column(".".join(path), kind) for path, kind in found]
        place = get_argument_values(field, root[0][0], values).get("propertyId")
        self.property_id: UUID | None = decode("Property", str(place), "document") if place else None
        self._document = Document(
            _paged(document.ast, operation, root[0][0], rows, size), document.schema, document.selects_cursor
        )

    async def page(self, viewer: Viewer, after: str | None) -> ListPage:
        """Run the document for one page. Raises Refusal, or DatabaseUnavailable when it is worth another try."""
        request = Request(self._request.query, {**self._request.variables, AFTER: after})
        caller, operation = Caller(viewer, self._locale), self._document.operation(None)
        run = CompiledOperation(self._engine, self._document, request, caller, operation)
        try:
            answer = orjson.loads(await run.run())
            errors = answer.get("errors")
        except RequestRefused as refused:
            answer, errors = {}, refused.errors
        if errors:
            code, detail = ErrorCode(errors[0]["extensions"]["code"]), errors[0]["message"]
            if code is ErrorCode.SERVICE_UNAVAILABLE:
                raise DatabaseUnavailable(detail)
            raise Refusal(code, detail=detail)
        page = answer["data"][LIST]
        info = page["pageInfo"]
        return ListPage(
            [[_value(row, path) for path in self._paths] for row in page["nodes"]],
            info["endCursor"] if info["hasNextPage"] else None,
        )


def _root(schema: GraphQLSchema, selections: Selections, operation: OperationDefinitionNode) -> tuple[Found, Any, int]:
    """The one root field, its declaration and its largest page."""
    query: Any = schema.query_type
    fields = list(selections.fields([operation.selection_set], query).values())
    field = query.fields.get(fields[0][0][0].name.value) if len(fields) == 1 else None
    size = None if field is None else page_size(field)
    if size is None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="document", message="EXPORT_ROOT")
    return fields[0], field, size


def _rows(selections: Selections, root: Found, connection: Any) -> list[SelectionSetNode]:
    """What is selected of each row: below `nodes`, else below `edges.node`."""
    chosen: list[SelectionSetNode] = []
    below = list(selections.fields(inner(root), connection).values())
    for found in below:
        if found[0][0].name.value == "nodes":
            chosen += inner(found)
    for found in [] if chosen else below:
        if found[0][0].name.value == "edges":
            edge = get_named_type(connection.fields["edges"].type)
            for node in selections.fields(inner(found), edge).values():
                chosen += inner(node) if node[0][0].name.value == "node" else []
    return chosen


def _paged(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    root: FieldNode,
    rows: list[SelectionSetNode],
    size: int,
) -> DocumentNode:
    """The document with the root list alone, our paging in it, and what the next page needs."""
    ours = (
        ArgumentNode(name=_name("first"), value=IntValueNode(value=str(size))),
        ArgumentNode(name=_name("after"), value=VariableNode(name=_name(AFTER))),
    )
    info = [_field(name) for name in ("hasNextPage", "endCursor")]
    selected = SelectionSetNode(selections=tuple(node for part in rows for node in part.selections))
    page = SelectionSetNode(selections=(_field("nodes", selected), _field("pageInfo", _set(info))))
    theirs = tuple(argument for argument in root.arguments or () if argument.name.value not in PAGING)
    listed = FieldNode(alias=_name(LIST), name=root.name, arguments=(*theirs, *ours), directives=(), selection_set=page)
    variable = VariableDefinitionNode(
        variable=VariableNode(name=_name(AFTER)), type=NamedTypeNode(name=_name("Cursor")), directives=()
    )
    asked = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=(*(operation.variable_definitions or ()), variable),
        directives=(),
        selection_set=_set([listed]),
    )
    rest = tuple(node for node in document.definitions if not isinstance(node, OperationDefinitionNode))
    return DocumentNode(definitions=(asked, *rest))


def _field(name: str, selected: SelectionSetNode | None = None) -> FieldNode:
    return FieldNode(name=_name(name), arguments=(), directives=(), selection_set=selected)


def _set(fields: Sequence[FieldNode]) -> SelectionSetNode:
    return SelectionSetNode(selections=tuple(fields))


def _name(text: str) -> NameNode:
    return NameNode(value=text)


def _value(row: Any, path: Path) -> Any:
    """What stands at a path; nothing below a null."""
    for key in path:
        row = None if row is None else row.get(key)
    return row
