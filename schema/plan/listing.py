"""Lists: a connection, or a plain list, as JSON text around the texts of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from models.query import Order
from schema.base.leaf import in_bytes
from schema.base.page import Page, encode_position
from schema.plan.statement import NEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from adapters.database import Database
    from schema.base.node import NodeType
    from schema.base.selection import Chosen
    from schema.plan.plan import Plan

    Part = Callable[["Shown"], str]

TRUTH = ("false", "true")


@dataclass
class Shown:
    """One page: its rows as they are fetched (one more when more follow), and what each output wrote of them."""

    database: Database
    kind: str  # of the order's column
    order: Order
    page: Page
    rows: Sequence[Any]
    outputs: list[list[str]]
    place: int  # where each row has the order's column, and after it the id
    more: bool | None = None  # whether more follow, where the rows do not say it

    def __post_init__(self) -> None:
        if self.more is not None:
            return
        size = self.page.size
        self.more = len(self.rows) > size
        self.rows = self.rows[:size]
        self.outputs = [output[:size] for output in self.outputs]
        if self.page.backward:
            self.rows = self.rows[::-1]
            self.outputs = [output[::-1] for output in self.outputs]

    def cursor(self, n: int) -> str:
        """Of a row, as JSON."""
        value, row = self.database.value, self.rows[n]
        key, id_ = value(self.kind, row[self.place]), value("UUIDField", row[self.place + 1])
        return f'"{encode_position(self.order, key, id_)}"'


class Listing:
    """How one selection of a list is written. Its layout has an output for each `nodes` and each `edges { node }`."""

    def __init__(self, plan: Plan, chosen: Chosen, node: NodeType, *, connection: bool) -> None:
        self._plan = plan
        self.node = node
        self._outputs: list[list[Chosen]] = []
        self.connection = connection
        self.cursors = False  # whether the statement must say where each row lies
        self.looks_on = False  # whether it must say if more follow
        self._parts: list[tuple[str, Part]] = []
        if connection:
            self._parts = list(self._members(chosen, chosen.named, self._in_connection))
            names = [member.nodes[0].name.value for member in plan.fields(chosen, chosen.named)]
            self._nodes = names.index("nodes") if len(self._outputs) == 1 and "nodes" in names else None
        else:
            self._output(chosen)
        self.layout = plan.layout(node, self._outputs)
        self.frame = self._frame() if plan.in_sql and self.layout.whole else None

    @property
    def ends(self) -> bool:
        """Whether the page says where it ends or what follows."""
        return self.cursors or self.looks_on

    def of_one_text(self, page: Page) -> bool:
        """Whether the database writes all rows of this page as one, and says where it ends if that is asked."""
        summed = self.connection and self._plan.in_sql and self.layout.whole and self._nodes is not None
        return self.frame is not None or (summed and not page.backward)

    def framed(self, text: str | bytes | None) -> bytes:
        """The JSON of one page of which the database gave the text, and nothing else is to be known."""
        before, after = self.frame or ("", "")
        return b"%b%b%b" % (before.encode(), in_bytes(text or b""), after.encode())

    def summary(self, order: Order, page: Page, row: Any) -> bytes:
        """The JSON of one page of which the database gave the text, how many there are, and both ends."""
        text, count, *ends = row
        text = in_bytes(text or b"")
        kind = type(self.node.model._meta.fields_map[order.column]).__name__
        rows, more = (ends[:2], ends[2:]) if count and page.size else (), count > page.size
        if more:
            text = text.rpartition(NEXT.encode())[0]
        shown = Shown(self._plan.database, kind, order, page, rows, [[NEXT]], 0, more)
        return _object(self._parts, shown).encode().replace(NEXT.encode(), text.replace(NEXT.encode(), b","), 1)

    def text(self, order: Order, page: Page, rows: Sequence[Any], outputs: Sequence[list[str]]) -> str:
        """The JSON of one page."""
        if not self.connection:
            return f"[{','.join(outputs[0][: page.size])}]"
        kind = type(self.node.model._meta.fields_map[order.column]).__name__
        place = len(rows[0]) - 2 if rows else 0
        shown = Shown(self._plan.database, kind, order, page, rows, list(outputs), place)
        return _object(self._parts, shown)

    def _frame(self) -> tuple[str, str] | None:
        """What stands before and after the rows' texts, when nothing else is to be known of the page."""
        if not self.connection:
            return "[", "]"
        if self._nodes is None or self.ends:
            return None
        nothing = Shown(self._plan.database, "", Order(), Page(), (), [[]], 0)
        texts = [key + part(nothing) for key, part in self._parts]
        before, after = texts[: self._nodes + 1], texts[self._nodes + 1 :]
        return "{" + ",".join(before)[:-1], "]" + "".join(f",{text}" for text in after) + "}"

    def _output(self, chosen: Chosen) -> int:
        self._outputs.append(self._plan.selections.of(chosen.sets, self._plan.type(self.node)))
        return len(self._outputs) - 1

    def _members(self, chosen: Chosen, type_: Any, make: Callable[[Chosen], Part]) -> Iterator[tuple[str, Part]]:
        """The fields of an object that is no row: each with its key and how it is written."""
        typename = f'"{type_.name}"'
        for member in self._plan.selections.of(chosen.sets, type_):
            part = (lambda _shown: typename) if member.field is None else make(member)
            yield f'"{member.key}":', part

    def _in_connection(self, chosen: Chosen) -> Part:
        match chosen.nodes[0].name.value:
            case "nodes":
                output = self._output(chosen)
                return lambda shown: f"[{','.join(shown.outputs[output])}]"
            case "edges":
                return self._edges(chosen)
            case "pageInfo":
                parts = list(self._members(chosen, chosen.named, self._in_page_info))
                return lambda shown: _object(parts, shown)
        raise TypeError(f"a connection has no {chosen.key}")

    def _edges(self, chosen: Chosen) -> Part:
        """Each edge in turn: the parts are asked with the number of the row."""
        members: list[tuple[str, Callable[[Shown, int], str]]] = []
        typename = f'"{chosen.named.name}"'
        for member in self._plan.selections.of(chosen.sets, chosen.named):
            if member.field is None:
                part: Callable[[Shown, int], str] = lambda _shown, _n: typename  # noqa: E731
            elif member.nodes[0].name.value == "cursor":
                self.cursors = True
                part = lambda shown, n: shown.cursor(n)  # noqa: E731
            else:
                part = partial(_text_of, self._output(member))
            members.append((f'"{member.key}":', part))

        def write(shown: Shown) -> str:
            edges = [",".join(key + part(shown, n) for key, part in members) for n in range(len(shown.rows))]
            return f"[{','.join(f'{{{edge}}}' for edge in edges)}]"

        return write

    def _in_page_info(self, chosen: Chosen) -> Part:
        match chosen.nodes[0].name.value:
            case "hasNextPage":
                self.looks_on = True
                return lambda shown: TRUTH[shown.page.before is not None if shown.page.backward else bool(shown.more)]
            case "hasPreviousPage":
                self.looks_on = True
                return lambda shown: TRUTH[bool(shown.more) if shown.page.backward else shown.page.after is not None]
            case "startCursor":
                self.cursors = True
                return lambda shown: shown.cursor(0) if shown.rows else "null"
        self.cursors = True
        return lambda shown: shown.cursor(-1) if shown.rows else "null"


def _object(parts: Sequence[tuple[str, Part]], shown: Shown) -> str:
    return "{" + ",".join(key + part(shown) for key, part in parts) + "}"


def _text_of(output: int, shown: Shown, n: int) -> str:
    return shown.outputs[output][n]
