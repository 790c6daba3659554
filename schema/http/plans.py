"""The plans of a document: one for each operation and each choice of its conditions, made when first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schema.base.coerce import Variables
from schema.base.selection import conditions_of
from schema.plan.plan import Plan, Unplanned

if TYPE_CHECKING:
    from graphql import GraphQLSchema, OperationDefinitionNode
    from graphql.language import DocumentNode

    from adapters.database import Database
    from schema.base.coerce import Values

MOST_CHOICES = 32  # of the conditions of one operation: beyond, graphql-core reads


@dataclass
class Plans:
    """Kept with the document, and bounded with it."""

    schema: GraphQLSchema
    document: DocumentNode
    _plans: dict[tuple[int, tuple[bool, ...], bool], Plan | Unplanned] = field(default_factory=dict)
    _variables: dict[int, Variables] = field(default_factory=dict)
    _conditions: tuple[str, ...] | None = None

    def variables(self, operation: OperationDefinitionNode) -> Variables:
        """How an operation's variables are read."""
        found = self._variables.get(id(operation))
        if found is None:
            found = self._variables[id(operation)] = Variables(self.schema, operation)
        return found

    def of(self, operation: OperationDefinitionNode, values: Values, database: Database, *, in_sql: bool) -> Plan:
        """The plan of an operation with these values of its variables. Raises Unplanned."""
        chosen = self.chosen(values)
        if None in chosen.values():
            raise Unplanned("a condition is null though its default is not: graphql-core refuses it")
        key = (id(operation), tuple(chosen.values()), in_sql)
        found = self._plans.get(key)
        if found is None:
            if len(self._plans) >= MOST_CHOICES:
                raise Unplanned("more choices of its conditions than are kept")
            try:
                found = Plan(self.schema, self.document, operation, chosen, database, in_sql=in_sql)
            except Unplanned as unplanned:
                found = unplanned
            self._plans[key] = found
        if isinstance(found, Unplanned):
            raise found
        return found

    def give_up(self, operation: OperationDefinitionNode, values: Values, bug: Exception, *, in_sql: bool) -> None:
        """A plan that failed fails again: what it was for is graphql-core's from now on."""
        key = (id(operation), tuple(self.chosen(values).values()), in_sql)
        self._plans[key] = Unplanned(f"it failed before: {type(bug).__name__}")

    def chosen(self, values: Values) -> dict[str, Any]:
        """What its conditions are with these values of the variables."""
        if self._conditions is None:
            self._conditions = conditions_of(self.document)
        return {name: values.coerced.get(name, False) for name in self._conditions} if self._conditions else {}
