"""Alibaba Cloud's SendSms: checks the signature by itself, and refuses in the documented words."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

KEY, SECRET, SIGN = "LTAI-test", "canary-sms-secret", "物业"
TEMPLATES = {"SMS_100": {"code", "minutes"}, "SMS_101": {"code", "minutes"}}
TEMPLATES["SMS_200"] = {"place", "severity", "type"}
_HEAD = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})")


class Aliyun:
    """`sent` are the messages that went out; while `down` it answers 503."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._nonces: set[str] = set()
        self._last: dict[str, datetime] = {}
        self.sent: list[tuple[str, str, dict[str, str]]] = []
        self.calls = 0
        self.down = False
        self.per_minute = True

    def routes(self) -> list[Route]:
        """Everything is a POST to the root."""
        return [Route("/", self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> JSONResponse:
        self.calls += 1
        if self.down:
            return JSONResponse({"Code": "ServiceUnavailable", "RequestId": "r"}, 503)
        fault = self._fault(request, await request.body())
        if fault:
            return JSONResponse({"Code": fault, "Message": fault, "RequestId": "r", "HostId": "h"}, 400)
        query = request.query_params
        said = self._said(query)
        if said != "OK":
            return JSONResponse({"Code": said, "Message": said, "RequestId": "r"})
        self._last[query["PhoneNumbers"]] = self._now()
        self.sent.append((query["PhoneNumbers"], query["TemplateCode"], orjson.loads(query["TemplateParam"])))
        return JSONResponse({"Code": "OK", "Message": "OK", "BizId": f"9006{len(self.sent)}^0", "RequestId": "r"})

    def _fault(self, request: Request, body: bytes) -> str | None:
        """What the gateway refuses before the product is asked."""
        headers = request.headers
        found = _HEAD.fullmatch(headers.get("authorization", ""))
        if found is None:
            return "IncompleteSignature"
        if found[1] != KEY:
            return "InvalidAccessKeyId.NotFound"
        signed = found[2].split(";")
        needed = {name for name in headers if name.startswith("x-acs-")} | {"host"}
        canonical = "&".join(
            f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(request.query_params.items())
        )
        text = "\n".join(
            [
                request.method,
                request.url.path,
                canonical,
                *(f"{name}:{headers.get(name, '').strip()}" for name in signed),
                "",
                found[2],
                hashlib.sha256(body).hexdigest(),
            ]
        )
        digest = f"ACS3-HMAC-SHA256\n{hashlib.sha256(text.encode()).hexdigest()}".encode()
        if hmac.new(SECRET.encode(), digest, hashlib.sha256).hexdigest() != found[3] or not needed <= set(signed):
            return "SignatureDoesNotMatch"
        at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(self._now() - at) > timedelta(minutes=15):
            return "InvalidTimeStamp.Expired"
        if headers["x-acs-signature-nonce"] in self._nonces:
            return "SignatureNonceUsed"
        self._nonces.add(headers["x-acs-signature-nonce"])
        if (headers["x-acs-action"], headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
            return "InvalidAction.NotFound"
        return None

    def _said(self, query: object) -> str:
        wanted = dict(query)  # type: ignore[call-overload]
        if wanted.get("SignName") != SIGN:
            return "isv.SMS_SIGNATURE_ILLEGAL"
        if not re.fullmatch(r"1\d{10}", wanted.get("PhoneNumbers", "")):
            return "isv.MOBILE_NUMBER_ILLEGAL"
        if wanted.get("TemplateCode") not in TEMPLATES:
            return "isv.SMS_TEMPLATE_ILLEGAL"
        given = orjson.loads(wanted.get("TemplateParam", "{}"))
        if not set(given) >= TEMPLATES[wanted["TemplateCode"]]:
            return "isv.TEMPLATE_MISSING_PARAMETERS"
        last = self._last.get(wanted["PhoneNumbers"])
        if self.per_minute and last is not None and self._now() - last < timedelta(minutes=1):
            return "isv.BUSINESS_LIMIT_CONTROL"
        return "OK"
