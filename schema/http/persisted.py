"""Documents that a request names instead of sending: by Apollo's hash (automatic persisted queries) or `documentId`.

Texts only: what a text means is decided by the caller's own sight (schema/http/document.py), so a name that one caller
taught us shows another nothing. Each process learns by itself: a miss makes the client send the text once more.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLError, OperationDefinitionNode, parse

from adapters.persisted_document import read_documents, sha256
from models.errors import ErrorCode, Refusal
from schema.http.answer import bad_request
from schema.http.error import explain
from schema.http.limit import INTROSPECTION, check_text
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.settings import Settings
    from subscriptions.ports import Caller

MOST_KEPT = 1_000
MOST_KEPT_TEXT = 1024 * 1024  # characters
PREFIX = "sha256:"
_CONTRACT = INTROSPECTION | {"__typename"}
_HASH = re.compile(r"[0-9a-f]{64}")


class PersistedDocuments:
    """The listed documents (PERSISTED_DOCUMENTS), and those that clients taught this process."""

    def __init__(self, settings: Settings) -> None:
        """Reads the list; raises SettingsError."""
        self._listed = read_documents(settings)
        self._allowed = frozenset(self._listed.values()) if settings.allow_list else None
        self._limits = settings.limits
        self._learnt: OrderedDict[str, str] = OrderedDict()
        self._learnt_text = 0

    def text(self, body: Mapping[str, Any], locale: str) -> str:
        """The document that a request sends or names. Raises RequestRefused BAD_REQUEST, PERSISTED_QUERY_NOT_FOUND."""
        query, id_, digest = body.get("query"), body.get("documentId"), _digest(body, locale)
        if query is None and (id_ is not None or digest is not None):
            return self._named(id_, digest, locale)
        if not isinstance(query, str) or not query:
            raise bad_request("`query` must be a text (or name a document: `documentId`, `persistedQuery`)", locale)
        if id_ is not None:
            raise bad_request("send `query` or `documentId`, not both", locale)
        if digest is not None and self._known(digest) != query and sha256_of(query) != digest:
            raise bad_request("`sha256Hash` is not the hash of `query`", locale)
        return query

    def admit(self, text: str, caller: Caller) -> None:
        """With ALLOW_LIST, raise RequestRefused PERSISTED_QUERY_NOT_FOUND for what is not listed.

        Partners' programs bring documents of their own: scopes and limits bound them. Whoever may introspect may.
        """
        partner = caller.viewer is not None and caller.viewer.api_client_id is not None
        if self._allowed is None or text in self._allowed or partner or self._describes(text):
            return
        refusal = Refusal(ErrorCode.PERSISTED_QUERY_NOT_FOUND, message="PERSISTED_QUERY_NOT_LISTED")
        raise RequestRefused([explain(refusal, caller.locale)])

    def learn(self, body: Mapping[str, Any], text: str, locale: str) -> None:
        """Keep a text that came with its hash and has proved to be a document that runs."""
        digest = _digest(body, locale)
        if digest is None or self._known(digest) is not None:
            return
        self._learnt[digest] = text
        self._learnt_text += len(text)
        while len(self._learnt) > MOST_KEPT or self._learnt_text > MOST_KEPT_TEXT:
            self._learnt_text -= len(self._learnt.popitem(last=False)[1])

    def _named(self, id_: Any, digest: str | None, locale: str) -> str:
        if id_ is not None and digest is not None:
            raise bad_request("send `documentId` or `extensions.persistedQuery`, not both", locale)
        if digest is None:
            if not isinstance(id_, str):
                raise bad_request("`documentId` must be a text such as sha256:…", locale)
            digest = id_.removeprefix(PREFIX)
        text = self._known(digest)
        if text is None:
            raise RequestRefused([explain(Refusal(ErrorCode.PERSISTED_QUERY_NOT_FOUND), locale)])
        return text

    def _known(self, name: str) -> str | None:
        text = self._listed.get(name)
        if text is None and (text := self._learnt.get(name)) is not None:
            self._learnt.move_to_end(name)
        return text

    def _describes(self, text: str) -> bool:
        """Whether a document asks for the contract and nothing else; `Sight` says who may."""
        if "__" not in text or len(text) > self._limits.document_bytes:
            return False
        try:
            check_text(text, self._limits)
            document = parse(text, max_tokens=self._limits.tokens)
        except (Refusal, GraphQLError):
            return False
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        fields = [node for operation in operations for node in operation.selection_set.selections]
        return all(isinstance(node, FieldNode) and node.name.value in _CONTRACT for node in fields)


def sha256_of(query: str) -> str | None:
    """The hash of a text; of what is no UTF-8, none."""
    try:
        return sha256(query)
    except UnicodeEncodeError:
        return None


def _digest(body: Mapping[str, Any], locale: str) -> str | None:
    """Apollo's hash. Raises RequestRefused BAD_REQUEST."""
    extensions = body.get("extensions")
    asked = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if asked is None:
        return None
    digest = asked.get("sha256Hash") if isinstance(asked, dict) and asked.get("version") == 1 else None
    if not isinstance(digest, str) or not _HASH.fullmatch(digest):
        raise bad_request("`persistedQuery` is {version: 1, sha256Hash: 64 digits in lower case}", locale)
    return digest
