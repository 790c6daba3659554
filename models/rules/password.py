"""Passwords: what may be one (NIST SP 800-63B: length counts, composition rules do not, known ones are refused)."""

from __future__ import annotations

from models.rules.common_password import COMMON

SHORTEST, LONGEST = 10, 200  # characters
FEWEST_DIFFERENT = 5
SHORTEST_LOGIN = 4  # a shorter login may well be part of a good password


def fault(password: str, login: str) -> str | None:
    """The key of the message that says why `password` may not be one of `login`; None when it may."""
    plain = password.casefold()
    if not SHORTEST <= len(password) <= LONGEST:
        return "PASSWORD_LENGTH"
    if len(login) >= SHORTEST_LOGIN and login.casefold() in plain:
        return "PASSWORD_HAS_LOGIN"
    if plain in COMMON or len(set(plain)) < FEWEST_DIFFERENT:
        return "PASSWORD_COMMON"
    return None
