"""Static files of our own pages, held in memory: no request can reach another path."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from schema.http.result import has

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.requests import Request

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}

# Inside a script block these end the block, open a comment, or end a line for an older parser.
_ESCAPES: Final = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file of a page, held in memory."""

    body: bytes
    media_type: str
    etag: str
    """Strong validator with its quotes, ready for the header `ETag`."""


def load_assets(folder: Path) -> Mapping[str, Asset]:
    """The files of a folder by name, of the media types that we know; an etag is a hash of the content."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in _MEDIA_TYPES:
            body = path.read_bytes()
            found[path.name] = Asset(body, _MEDIA_TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    return MappingProxyType(found)


def serve_asset(request: Request, found: Asset | None) -> Response:
    """The file, or 304 for who has it, or 404 when there is none."""
    if found is None:
        return Response(status_code=404)
    headers = {"etag": found.etag, "cache-control": "no-cache", "x-content-type-options": "nosniff"}
    if has(request, found.etag):
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type=found.media_type, headers=headers)


def script_data(value: object) -> str:
    """JSON that may stand inside a script block."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
