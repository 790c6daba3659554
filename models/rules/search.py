"""Full-text search that works for two-character Chinese words: pairs of characters, in a table of tokens.

FTS5's trigrams and pg_trgm find nothing for 电梯 or 停车; array operators are not leakproof and lose their index under
row-level security. Rows (property, token, subject) with equality serve SQLite and PostgreSQL alike.
"""

from __future__ import annotations

from models.rules.forum import runs

MAX_QUERY = 60
MAX_TOKEN = 60
"""Characters; a longer Latin word is cut, on both sides alike."""


def tokens(*texts: str) -> set[str]:
    """What a text is found by: single CJK characters, pairs of neighbours, and Latin words and numbers as a whole."""
    found: set[str] = set()
    for text in texts:
        for cjk, run in runs(text):
            if cjk:
                found.update(run)
                found.update(_pairs(run))
            else:
                found.add(run[:MAX_TOKEN])
    return found


def query_tokens(query: str) -> list[str]:
    """What a text must have, all of it, to answer `query`: pairs, or the character where it stands alone."""
    found: dict[str, None] = {}
    for cjk, run in runs(query):
        wanted = _pairs(run) if cjk and len(run) > 1 else [run[:MAX_TOKEN]]
        found.update(dict.fromkeys(wanted))
    return list(found)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
