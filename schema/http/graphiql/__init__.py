"""GraphiQL at GET /graphql: the page and its files, all served by us, so that it works without the internet.

The vendored files: `assets/VERSIONS.md`, their licences: `assets/LICENSES.txt`.
This module knows no web framework: the routes are the caller's.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_FOLDER: Final = Path(__file__).parent
_SLOT: Final = '<script type="application/json" id="accounts">[]</script>'

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}

# Inside a script block these end the block, open a comment, or end a line for an older parser.
_ESCAPES: Final = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # GraphiQL's editor places itself with style attributes
        "font-src data:",  # the fonts are inside graphiql.min.css
        "img-src data:",
        "connect-src 'self'",  # the WebSocket at the same URL too
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""The page's Content-Security-Policy: nothing from another host, no inline script."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file of the page, held in memory."""

    body: bytes
    media_type: str
    etag: str
    """Strong validator with its quotes, ready for the header `ETag`."""


def _load(path: Path) -> Asset:
    """Read one file; its etag is a hash of its content."""
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:32]
    return Asset(body, _MEDIA_TYPES[path.suffix], f'"{digest}"')


ASSETS: Final[Mapping[str, Asset]] = MappingProxyType(
    {path.name: _load(path) for path in sorted((_FOLDER / "assets").iterdir()) if path.suffix in _MEDIA_TYPES}
)
"""What `/graphql/assets/<name>` serves, by name: loaded once, so no request can reach another path."""


@cache
def _template() -> tuple[str, str]:
    """Return the page's text before and after the list of accounts."""
    before, slot, after = (_FOLDER / "index.html").read_text(encoding="utf-8").partition(_SLOT)
    if not slot:
        raise RuntimeError(f"index.html has lost its placeholder for the accounts: {_SLOT}")
    head, tail = _SLOT.split("[]")
    return before + head, tail + after


def page(accounts: list[dict[str, str]]) -> bytes:
    """Return the page, UTF-8.

    `accounts` are the demo's accounts, each with organization, login, password, name and role: whoever opens
    the page can read them. Outside the demo pass an empty list: the page then shows a plain sign-in form.
    """
    before, after = _template()
    data = json.dumps(accounts, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return f"{before}{data}{after}".encode()
