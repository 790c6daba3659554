"""Content negotiation (RFC 9110, section 12): the media type by Accept, in its order and q; gzip by Accept-Encoding."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"
HTML = "text/html"
MOST_READ = 1_000  # characters of a header
_MEMBER = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*"?)+')
_PARAMETER = re.compile(r';\s*([^\s;="]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^\s;]*)')
_QVALUE = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")
# What each range stands for, the one that we like best first. A page and a stream are for those who name them.
_STARS = {"*/*": (JSON, GRAPHQL), "application/*": (GRAPHQL, JSON), "text/*": (EVENTS,)}


def choose(accept: str, *, html: bool = False) -> str | None:
    """The media type to answer with; JSON without an Accept, None when nothing that we speak is wanted.

    The most specific range says the q of a type. Higher q wins, then whoever is named earlier: urql names
    text/event-stream after JSON and wants JSON. q=0 excludes. A range with a parameter other than charset is for
    something that we do not make.
    """
    return _choose(accept[:MOST_READ], html)


@lru_cache(maxsize=256)
def _choose(accept: str, html: bool) -> str | None:
    if not accept.strip():
        return JSON
    named: dict[str, tuple[int, float, float]] = {}  # by type: how specific the range is, its q, how early it comes
    for place, (name, quality, plain) in enumerate(_members(accept)):
        level = 2 if name not in _STARS else int(name != "*/*")
        for rank, kind in enumerate(_STARS.get(name, (name,))):
            if plain:
                named[kind] = max(named.get(kind, (-1, 0.0, 0.0)), (level, quality, -place - rank / 8))
    spoken = (JSON, GRAPHQL, EVENTS, HTML) if html else (JSON, GRAPHQL, EVENTS)
    wanted = [kind for kind in spoken if kind in named and named[kind][1] > 0]
    return max(wanted, key=lambda kind: named[kind][1:], default=None)


def takes_gzip(accept_encoding: str) -> bool:
    """Whether gzip is taken, and liked no less than the plain bytes."""
    return _takes_gzip(accept_encoding[:MOST_READ])


@lru_cache(maxsize=256)
def _takes_gzip(accept_encoding: str) -> bool:
    weights = {name: quality for name, quality, _ in _members(accept_encoding)}
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _members(header: str) -> Iterator[tuple[str, float, bool]]:
    """Name, q and whether nothing but q and charset narrows it, in their order; a q that is none is 0."""
    for member in _MEMBER.finditer(header.lower()):
        name, quality, plain = member[0].partition(";")[0].strip(), 1.0, True
        for key, value in _PARAMETER.findall(member[0]):
            if key == "q":
                quality = float(value) if _QVALUE.fullmatch(value) else 0.0
                break  # what comes after it is not of the media type
            plain = plain and key == "charset"
        if name:
            yield name, quality, plain
