"""Codes that people read and type: letters and digits that are not taken for one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
GROUP = 4
ACTIVATION_CHARACTERS = 12  # 60 bits
RECOVERY_CHARACTERS = 12
RECOVERY_CODES = 10
ACTIVATION_DAYS = 7
_READ_AS = str.maketrans("ILO", "110", "- ")


def made(characters: int, below: Callable[[int], int]) -> str:
    """A code in groups of four; `below(n)` draws a number under n."""
    drawn = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(characters))
    return "-".join(drawn[start : start + GROUP] for start in range(0, characters, GROUP))


def normal(text: str) -> str:
    """A code as it is hashed: in whatever spelling it was typed."""
    return text.upper().translate(_READ_AS)
