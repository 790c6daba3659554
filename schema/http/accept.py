"""Content negotiation: the media type by the order and q of Accept."""

from __future__ import annotations

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"
HTML = "text/html"
_STARS = {"*/*": JSON, "application/*": GRAPHQL, "text/*": EVENTS}


def choose(accept: str | None, *, html: bool = False) -> str | None:
    """The media type to answer with; JSON without an Accept, None when nothing that we speak is named.

    Higher q wins, then the earlier one: urql names text/event-stream after JSON and wants JSON.
    """
    if not accept or not accept.strip():
        return JSON
    best: str | None = None
    rank = 0.0
    for part in accept[:1000].split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        kind = _STARS.get(name, name)
        if quality > rank and (kind in (JSON, GRAPHQL, EVENTS) or (html and kind == HTML)):
            best, rank = kind, quality
    return best
