"""What the house asks of a service that pushes to phones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Note:
    """What a phone shows. `extras` is for the app: which notification it is."""

    tokens: Sequence[str]
    title: str
    text: str
    extras: Mapping[str, str]
    urgent: bool
    seconds: int  # after which nobody needs it any more


class Push(Protocol):
    """Pushes one note to the devices of one Account, once."""

    async def once_key(self) -> str:
        """A key for one note: whoever sends it again with the same key sends nothing. Raises ProviderUnavailable."""
        ...

    async def send(self, note: Note, once_key: str) -> str:
        """Hand it over; the service's id. Raises ProviderUnavailable: again later; ProviderRefused: never."""
        ...
