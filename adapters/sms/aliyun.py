"""Alibaba Cloud's short messages: Dysmsapi 2017-05-25 SendSms, signed by ACS3-HMAC-SHA256.

https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import orjson

from adapters.sms.base import SmsError, masked_phone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.clock import Clock
    from adapters.provider_setting import AliyunSmsSettings
    from adapters.web import Web

logger = logging.getLogger("wuye.sms")
ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
# One number's throttle says nothing about the service: it must not make others believe that the provider is down.
THROTTLED = frozenset({"isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MOBILE_NUMBER_ILLEGAL"})


class AliyunSms:
    """Sends through approved templates: `settings.templates` has their ids by `<template>.<locale>`."""

    def __init__(self, settings: AliyunSmsSettings, web: Web, clock: Clock) -> None:
        self._settings = settings
        self._web = web
        self._clock = clock

    async def send(self, phone: str, template: str, params: Mapping[str, str], locale: str) -> str:
        """SendSms; its BizId. A number that is throttled or no mobile is logged and answers "". Raises SmsError."""
        templates = self._settings.templates
        code = templates.get(f"{template}.{locale}") or templates.get(f"{template}.zh")
        if code is None:
            raise SmsError(f"SMS_TEMPLATES has no {template}.zh")
        query = {
            "PhoneNumbers": phone,
            "SignName": self._settings.sign_name,
            "TemplateCode": code,
            "TemplateParam": orjson.dumps(dict(params)).decode(),
        }
        endpoint = urlsplit(self._settings.endpoint)
        headers = {
            "host": endpoint.netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": VERSION,
            "x-acs-date": self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
        }
        signed = sign("POST", query, headers, self._settings.access_key_id, self._settings.access_key_secret)
        url = f"{self._settings.endpoint}/?{canonical_query(query)}"
        answer = await self._web.json("POST", url, headers={**signed, "accept": "application/json"})
        said = str(answer.body.get("Code", answer.status))
        if said in THROTTLED:
            logger.warning("%s for %s", said, masked_phone(phone))
            return ""
        if said != "OK":
            raise SmsError(said)
        return str(answer.body.get("BizId", ""))


def canonical_query(query: Mapping[str, str]) -> str:
    """Names and values by RFC 3986, in the order of the names."""
    return "&".join(f"{_escaped(name)}={_escaped(query[name])}" for name in sorted(query))


def sign(
    method: str, query: Mapping[str, str], headers: Mapping[str, str], key_id: str, secret: str, body: bytes = b""
) -> dict[str, str]:
    """The headers to send, Authorization among them: of a call to the path "/"."""
    digest = hashlib.sha256(body).hexdigest()
    full = {**{name.lower(): value.strip() for name, value in headers.items()}, "x-acs-content-sha256": digest}
    names = sorted(name for name in full if name.startswith("x-acs-") or name in ("host", "content-type"))
    lines = "".join(f"{name}:{full[name]}\n" for name in names)
    request = "\n".join((method, "/", canonical_query(query), lines, ";".join(names), digest))
    text = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    head = f"{ALGORITHM} Credential={key_id},SignedHeaders={';'.join(names)},Signature={signature}"
    return {**full, "authorization": head}


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")
