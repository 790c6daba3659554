"""What of a live document depends on who asks: all else is read once for all who follow with it.

A field that is not known to be the same for all makes the document personal: it runs for each follower by itself.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from graphql import TypeInfo, TypeInfoVisitor, VariableNode, get_named_type, visit
from graphql.language import Visitor

from models.predicate import EVERYTHING
from models.scope import permitted, visible
from schema.base.event import HappenedSpec, SubjectSpec
from schema.base.field import (
    ColumnSpec,
    ComputedSpec,
    HasSpec,
    HouseField,
    IdSpec,
    PartSpec,
    ThroughSpec,
    ToManySpec,
    ToOneSpec,
)
from schema.base.guard import GuardedSpec
from schema.base.node import NODES
from schema.base.reach import declaration
from subscriptions.ports import Sharing

if TYPE_CHECKING:
    from collections.abc import Hashable

    from graphql import FieldNode, GraphQLSchema, OperationDefinitionNode
    from graphql.language import DocumentNode

    from models.base import Model
    from models.rules.permission import Permission
    from models.viewer import Viewer


WHICH = ("after", "coalesce")


class Key:
    """What those share who share: there is one object for equal `parts`, so that comparing them costs nothing."""

    __slots__ = ("__weakref__", "parts")

    def __init__(self, parts: tuple[Hashable, ...]) -> None:
        self.parts = parts


_keys: WeakValueDictionary[tuple[Hashable, ...], Key] = WeakValueDictionary()


def _key(parts: tuple[Hashable, ...]) -> Key:
    found = _keys.get(parts)
    if found is None:
        found = _keys[parts] = Key(parts)
    return found


class Dependence:
    """Of one operation: the permissions, scopes and guards that its fields ask; `personal` when more than these."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self.personal = False
        self.subject: str | None = None
        self._permissions: set[Permission] = set()
        self._models: set[type[Model]] = set()
        self._guards: set[tuple[type[Model], Permission]] = set()
        self.places = _places(document, operation)
        info = TypeInfo(schema)
        visit(document, TypeInfoVisitor(info, _Fields(self, info, schema.subscription_type)))

    def sharing(self, viewer: Viewer, rest: Hashable) -> Sharing | None:
        """What `viewer` shares with whom; `rest` is what else the answer depends on."""
        if self.personal:
            return None
        permissions = sorted(self._permissions)
        parts = (
            rest,
            viewer.organization_id,
            tuple((viewer.somewhere.get(one), one in viewer.everywhere) for one in permissions),
            tuple(visible(model, viewer) for model in sorted(self._models, key=_name)),
            tuple(permitted(model, one, viewer) for model, one in sorted(self._guards, key=str)),
        )
        return Sharing(_key(parts), visible(NODES[self.subject].model, viewer) if self.subject else EVERYTHING)

    def add(self, spec: Any, owner: str, shown: str) -> None:
        """One field of type `owner` that shows `shown`."""
        match spec:
            case HappenedSpec() | IdSpec() | PartSpec() | ComputedSpec(personal=False):
                return
            case SubjectSpec(target=target):
                self.personal = self.personal or self.subject not in (None, target)
                self.subject = target
            case ColumnSpec(permission=permission):
                self._permissions |= {permission} if permission else set()
            case ToOneSpec(permission=permission) if shown in NODES:
                self._permissions |= {permission} if permission else set()
                self._models.add(NODES[shown].model)
            case ThroughSpec(relation=relation) if owner in NODES:
                target = NODES[owner].model._meta.fields_map[relation].model_name  # type: ignore[attr-defined]
                self._models.add(NODES[target.rpartition(".")[2]].model)
            case ToManySpec(target=target):
                self._models.add(NODES[target].model)
            case HasSpec(model=model):
                self._models.add(model)
            case GuardedSpec(permission=permission, show=None) if owner in NODES:
                self._permissions.add(permission)
                self._guards.add((NODES[owner].model, permission))
            case _:
                self.personal = True


class _Fields(Visitor):
    """Adds every field of the document, those that a condition may leave out too."""

    def __init__(self, found: Dependence, info: TypeInfo, root: Any) -> None:
        super().__init__()
        self._found, self._info, self._root = found, info, root

    def enter_field(self, node: FieldNode, *_: object) -> None:
        field, owner = self._info.get_field_def(), self._info.get_parent_type()
        if owner is self._root or node.name.value == "__typename":
            return
        declared = None if field is None else declaration(field)
        if field is None or declared is None or owner is None:
            self._found.personal = True
        elif isinstance(declared, HouseField):
            self._found.add(declared.spec, owner.name, get_named_type(field.type).name)
        elif declared.base_resolver is not None:
            self._found.personal = True


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.count[node.name.value] += 1


def _places(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """The variables that say only which events are told: given to these arguments of the root, to nothing else."""
    counter = _Variables()
    visit(document, counter)
    roots: Any = operation.selection_set.selections
    given = [a.value for root in roots for a in getattr(root, "arguments", None) or () if a.name.value in WHICH]
    names = (value.name.value for value in given if isinstance(value, VariableNode))
    return frozenset(name for name in names if counter.count[name] == 2)  # its definition and this


def _name(model: type[Model]) -> str:
    return model.__name__
