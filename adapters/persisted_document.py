"""The documents that PERSISTED_DOCUMENTS names: a folder, or a manifest as the clients' tools write it.

A manifest in JSON is either `{"id": "text", …}` (Relay, graphql-codegen) or Apollo's `{"format":
"apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", …}, …]}`. A folder holds manifests
(`*.json`) and documents (`*.graphql`, `*.gql`; the name without its ending is the id). Every document is also known by
the SHA-256 of its text, in UTF-8 as it stands.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from adapters.setting_error import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.settings import Settings

APOLLO = "apollo-persisted-query-manifest"
MOST_DOCUMENTS = 10_000
LONGEST_ID = 200


def read_documents(settings: Settings) -> Mapping[str, str]:
    """Texts by id and by SHA-256 (hex); empty without the setting. Raises SettingsError."""
    source = settings.persisted_documents
    if source is None:
        return {}
    texts: dict[str, str] = {}
    for id_, text in _found(source):
        if len(text.encode()) > settings.limits.document_bytes:
            raise _wrong(f"document {id_[:80]!r} has more bytes than LIMIT_DOCUMENT_BYTES")
        for name in (id_, sha256(text)):
            if texts.setdefault(name, text) != text:
                raise _wrong(f"two different documents have the id {id_[:80]!r}")
        if len(texts) > 2 * MOST_DOCUMENTS:
            raise _wrong(f"at most {MOST_DOCUMENTS} documents are taken")
    if not texts:
        raise _wrong(f"{source} has no document")
    return texts


def sha256(text: str) -> str:
    """In lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _found(source: Path) -> Iterator[tuple[str, str]]:
    files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    for path in files:
        if path.suffix in (".graphql", ".gql"):
            yield path.stem, _text(path)
        elif path.suffix == ".json":
            yield from _manifest(path)


def _manifest(path: Path) -> Iterator[tuple[str, str]]:
    try:
        manifest: Any = orjson.loads(_text(path))
    except orjson.JSONDecodeError:
        raise _wrong(f"{path} is not JSON") from None
    if isinstance(manifest, dict) and manifest.get("format") == APOLLO and isinstance(manifest.get("operations"), list):
        operations = [part if isinstance(part, dict) else {} for part in manifest["operations"]]
        pairs = [(part.get("id"), part.get("body")) for part in operations]
    elif isinstance(manifest, dict) and "format" not in manifest:
        pairs = list(manifest.items())
    else:
        raise _wrong(f'{path} is neither {{"id": "text"}} nor a manifest of format {APOLLO}')
    for id_, text in pairs:
        if not isinstance(id_, str) or not 1 <= len(id_) <= LONGEST_ID or not isinstance(text, str) or not text:
            raise _wrong(f"{path} has an entry without an id of 1 to {LONGEST_ID} characters or without a text")
        yield id_, text


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise _wrong(f"{path} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise _wrong(f"{path} is not UTF-8") from None


def _wrong(what: str) -> SettingsError:
    return SettingsError(f"PERSISTED_DOCUMENTS: {what}. Name a folder or a manifest (docs/persisted-documents.md).")
