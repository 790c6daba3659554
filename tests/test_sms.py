"""The sender of short messages against the other side's own reading of its signature, and what the net does to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.clock import HeldClock
from adapters.provider_setting import AliyunSmsSettings
from adapters.settings import Settings, SettingsError, load_settings
from adapters.sms import AliyunSms, SmsError
from adapters.sms.aliyun import sign
from adapters.web import ProviderUnavailable, Web
from tests.factories.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.providers import Others

PHONE, PARAMS = "13800000001", {"code": "012345", "minutes": "5"}


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web()
    yield web
    await web.close()


def sms_of(web: Web, others: Others, **changes: object) -> AliyunSms:
    settings = others.settings(Settings()).sms
    assert settings is not None
    return AliyunSms(replace(settings, **changes), web, HeldClock(NOW))  # type: ignore[arg-type]


def test_the_signature_is_that_of_the_published_example() -> None:
    """Alibaba Cloud SDK, "V3 request structure and signature", the fixed example of RunInstances."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    assert sign("POST", query, headers, "YourAccessKeyId", "YourAccessKeySecret")["authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


async def test_what_the_provider_says(web: Web, others: Others) -> None:
    sms = sms_of(web, others)
    assert await sms.send(PHONE, "sign_in_code", PARAMS, "en") == "90061^0"
    assert others.sms.sent == [(PHONE, "SMS_101", PARAMS)]
    assert await sms.send(PHONE, "sign_in_code", PARAMS, "zh") == "", "throttled: nobody else is to suffer"
    assert await sms.send("13900000001", "sign_in_code", PARAMS, "fr") == "90062^0"
    assert others.sms.sent[-1][1] == "SMS_100", "zh where there is no other"
    refused: dict[str, dict[str, Any]] = {
        "SignatureDoesNotMatch": {"access_key_secret": "wrong"},
        "InvalidAccessKeyId.NotFound": {"access_key_id": "nobody"},
        "isv.SMS_SIGNATURE_ILLEGAL": {"sign_name": "别家"},
        "isv.SMS_TEMPLATE_ILLEGAL": {"templates": {"sign_in_code.zh": "SMS_9"}},
        "SMS_TEMPLATES has no sign_in_code.zh": {"templates": {}},
    }
    for code, changes in refused.items():
        with pytest.raises(SmsError) as caught:
            await sms_of(web, others, **changes).send("13700000001", "sign_in_code", PARAMS, "zh")
        assert caught.value.code == code
    with pytest.raises(SmsError, match="TEMPLATE_MISSING_PARAMETERS"):
        await sms.send("13700000001", "sign_in_code", {"code": "1"}, "zh")


async def test_a_lost_connection_is_tried_once_more_and_silence_is_not(web: Web) -> None:
    """What may have been taken is not sent again; an answer too long or of another kind is none."""
    calls: list[str] = []
    answers = {"lost": [b"", b""], "once": [b"", b'{"Code": "OK", "BizId": "1"}'], "html": [b"<html>"]}
    answers |= {"long": [b'{"a": "' + b"x" * 300_000 + b'"}'], "list": [b"[]"]}
    manner = ["silent"]
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        calls.append(manner[0])
        if manner[0] == "silent":
            await over.wait()
        elif body := answers[manner[0]].pop(0):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = AliyunSmsSettings("k", "s", "n", {"t.zh": "1"}, f"http://127.0.0.1:{port}")
    sms, hasty = AliyunSms(settings, web, HeldClock(NOW)), Web(seconds=0.5)
    with pytest.raises(ProviderUnavailable, match="TimeoutError"):
        await AliyunSms(settings, hasty, HeldClock(NOW)).send(PHONE, "t", {}, "zh")
    await hasty.close()
    assert calls == ["silent"]
    for name, tries in (("lost", 2), ("html", 1), ("long", 1), ("list", 1)):
        calls.clear()
        manner[0] = name
        with pytest.raises(ProviderUnavailable, match=r"127\.0\.0\.1"):
            await sms.send(PHONE, "t", {}, "zh")
        assert calls == [name] * tries
    manner[0] = "once"
    assert await sms.send(PHONE, "t", {}, "zh") == "1"
    over.set()
    server.close()
    with pytest.raises(ProviderUnavailable):
        await sms.send(PHONE, "t", {}, "zh")


def test_settings() -> None:
    base = {"STATE_PATH": "var", "SECRET_KEY": "x" * 32, "PERSONAL_DATA_KEY": "x" * 32}
    whole = {
        "SMS_ACCESS_KEY_ID": "k",
        "SMS_ACCESS_KEY_SECRET": "canary",
        "SMS_SIGN_NAME": "物业",
        "SMS_TEMPLATES": "sign_in_code.zh=SMS_1, sign_in_code.en=SMS_2",
    }
    settings = load_settings({**base, **whole})
    assert settings.sms is not None
    assert settings.sms.templates == {"sign_in_code.zh": "SMS_1", "sign_in_code.en": "SMS_2"}
    assert settings.sms.endpoint == "https://dysmsapi.aliyuncs.com"
    assert "canary" not in repr(settings)
    assert load_settings(base).sms is None
    for wrong, text in (
        ({**whole, "SMS_SIGN_NAME": ""}, "set all of them, or none"),
        ({**whole, "SMS_TEMPLATES": "SMS_1"}, "SMS_TEMPLATES must be"),
        ({**whole, "SMS_ENDPOINT": "dysmsapi"}, "SMS_ENDPOINT must be an address"),
        ({"WECHAT_ENDPOINT": "https://x.example/path"}, "without a path"),
    ):
        with pytest.raises(SettingsError, match=text):
            load_settings({**base, **wrong})
