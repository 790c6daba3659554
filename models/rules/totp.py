"""TOTP (RFC 6238: HMAC-SHA-1, 30 s, 6 digits).

Written out: a library would add a supplier to these few lines, and none remembers which step was used.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, urlencode

SECRET_BYTES = 20  # RFC 4226 recommends 160 bits
STEP_SECONDS, DIGITS = 30, 6
DRIFT = 1  # steps a clock may be off, either way


def hotp(secret: bytes, counter: int) -> str:
    """The code of a counter (RFC 4226 section 5.3)."""
    digest = hmac.new(secret, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: bytes, code: str, seconds: float, last_step: int) -> int | None:
    """The step whose code this is, around `seconds` since 1970; None for a wrong or an old one (up to `last_step`)."""
    text = "".join(code.split())
    if not text.isascii():
        return None
    now = int(seconds // STEP_SECONDS)
    found = None
    for step in range(max(now - DRIFT, 0), now + DRIFT + 1):
        if hmac.compare_digest(hotp(secret, step).encode(), text.encode()) and step > last_step:
            found = step
    return found


def otpauth(secret: str, issuer: str, login: str) -> str:
    """The address that authenticator apps read from a QR code; `secret` in base32."""
    label = quote(f"{issuer}:{login}", safe="")
    return f"otpauth://totp/{label}?" + urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
