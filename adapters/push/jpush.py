"""极光 JPush, REST API v3: HTTP Basic with appKey and masterSecret, one JSON object a push.

https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push and, for `cid`, …/rest_api_v3_push_advanced: a push that
is sent again with the same cid within a day answers as the first one did and pushes nothing. It is fetched before.
Chosen because it reaches the phones of a company in China, and because of the cid.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from adapters.web import ProviderRefused, ProviderUnavailable

if TYPE_CHECKING:
    from adapters.provider_setting import JPushSettings
    from adapters.push.base import Note
    from adapters.web import Answer, Web

# What it says of the call, not of the note: our key, its rate, its own trouble. Tried again.
PASSING = frozenset({"1000", "1004", "1008", "1030", "2002", "2003", "2008"})
MOST_TOKENS = 1_000
ALERT_CHARACTERS = 200
_OK = 200


class JPush:
    """Implements `Push`."""

    def __init__(self, settings: JPushSettings, web: Web) -> None:
        self._settings = settings
        self._web = web
        pair = f"{settings.app_key}:{settings.master_secret}".encode()
        self._headers = {"authorization": f"Basic {base64.b64encode(pair).decode()}", "accept": "application/json"}

    async def once_key(self) -> str:
        """A cid of the app's pool. Raises ProviderUnavailable."""
        url = f"{self._settings.endpoint}/v3/push/cid"
        answer = await self._web.json("GET", url, headers=self._headers, params={"count": "1"})
        cids = answer.body.get("cidlist")
        if answer.status != _OK or not isinstance(cids, list) or not cids:
            raise ProviderUnavailable(f"JPush gives no cid: {_word(answer)}")
        return str(cids[0])

    async def send(self, note: Note, once_key: str) -> str:
        """Push; its msg_id. Raises ProviderUnavailable, ProviderRefused (1011: none of the devices is known)."""
        body = self._body(note, once_key)
        answer = await self._web.json("POST", f"{self._settings.endpoint}/v3/push", headers=self._headers, body=body)
        if answer.status == _OK and "msg_id" in answer.body:
            return str(answer.body["msg_id"])
        word = _word(answer)
        if answer.status >= 500 or answer.status in (401, 403, 429) or word in PASSING:
            raise ProviderUnavailable(f"JPush {word}")
        raise ProviderRefused(word)

    def _body(self, note: Note, once_key: str) -> dict[str, Any]:
        title, text, extras = note.title, note.text[:ALERT_CHARACTERS], dict(note.extras)
        ios = {"alert": {"title": title, "body": text}, "sound": "default", "badge": "+1", "extras": extras}
        android = {"alert": text, "title": title, "priority": 1 if note.urgent else 0, "extras": extras}
        return {
            "cid": once_key,
            "platform": ["android", "ios"],
            "audience": {"registration_id": list(note.tokens)[:MOST_TOKENS]},
            "notification": {"android": android, "ios": ios},
            "options": {"time_to_live": note.seconds, "apns_production": self._settings.production},
        }


def _word(answer: Answer) -> str:
    """Its code for what is wrong, else the HTTP status."""
    error = answer.body.get("error")
    return str(error.get("code", answer.status)) if isinstance(error, dict) else str(answer.status)
