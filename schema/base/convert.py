"""Conversions of a column's value that the read engine knows by name, so that SQL may make them too."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")


@dataclass(frozen=True)
class Scaled:
    """Whole numbers of a column as a Decimal with `places`: 8950 with two places is 89.50."""

    places: int

    def __call__(self, whole: int) -> Decimal:
        """The Decimal."""
        return Decimal(whole).scaleb(-self.places)


@dataclass(frozen=True)
class Always:
    """A conversion whose outcome does not depend on the value."""

    value: Any

    def __call__(self, _value: Any) -> Any:
        """The one outcome."""
        return self.value


@dataclass(frozen=True, eq=False)
class Parts(Generic[T]):
    """A conversion of one column into an object: each of its fields is a conversion of the same value."""

    type: type[T]
    parts: Mapping[str, Callable[[Any], Any]]

    def __call__(self, value: Any) -> T:
        """The object."""
        return self.type(**{name: part(value) for name, part in self.parts.items()})
