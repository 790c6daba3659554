"""The settings of providers that the whole installation shares; a company's own ones lie in the database."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from adapters.setting_error import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

ALIYUN = "https://dysmsapi.aliyuncs.com"
WECHAT = "https://api.weixin.qq.com"
JPUSH = "https://api.jpush.cn"
SMTP_PORTS = {"smtps": 465, "smtp": 587}
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class AliyunSmsSettings:
    """An access key that may call SendSms, an approved signature, and approved templates by `<template>.<locale>`."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str
    templates: Mapping[str, str]
    endpoint: str = ALIYUN


@dataclass(frozen=True)
class ClassifierSettings:
    """A server of language models: the address before `/chat/completions`, a model of it, its key if it wants one."""

    url: str
    model: str
    key: str = field(default="", repr=False)


def classifier_settings(env: Mapping[str, str]) -> ClassifierSettings | None:
    """CLASSIFIER_URL and CLASSIFIER_MODEL, or neither. Raises SettingsError."""
    names = ("CLASSIFIER_URL", "CLASSIFIER_MODEL", "CLASSIFIER_KEY")
    url, model, key = (env.get(name, "").strip() for name in names)
    if not (url or model or key):
        return None
    if not (url and model):
        raise SettingsError("CLASSIFIER_URL and CLASSIFIER_MODEL go together: set both, or none.")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise SettingsError("CLASSIFIER_URL must be an address such as https://HOST/v1.")
    if parts.scheme == "http" and env.get("ENVIRONMENT") == "production" and parts.hostname not in LOCAL:
        raise SettingsError("CLASSIFIER_URL must be https in production: what residents write travels there.")
    return ClassifierSettings(url.rstrip("/"), model, key)


def provider_settings(env: Mapping[str, str]) -> dict[str, Any]:
    """All of them, by their names in Settings. Raises SettingsError."""
    return {
        "sms": sms_settings(env),
        "mail": mail_settings(env),
        "push": push_settings(env),
        "classifier": classifier_settings(env),
        "wechat_endpoint": wechat_endpoint(env),
    }


def sms_settings(env: Mapping[str, str]) -> AliyunSmsSettings | None:
    """All of SMS_…, or none. Raises SettingsError."""
    names = ("SMS_ACCESS_KEY_ID", "SMS_ACCESS_KEY_SECRET", "SMS_SIGN_NAME", "SMS_TEMPLATES")
    key, secret, sign_name, templates = (env.get(name, "").strip() for name in names)
    if not (key or secret or sign_name or templates):
        return None
    if not (key and secret and sign_name and templates):
        raise SettingsError(f"Some of {', '.join(names)} are missing: set all of them, or none.")
    pairs = [pair.strip().partition("=") for pair in templates.split(",")]
    if not all(name and code for name, _, code in pairs):
        raise SettingsError("SMS_TEMPLATES must be such as sign_in_code.zh=SMS_100,sign_in_code.en=SMS_101.")
    endpoint = _endpoint(env, "SMS_ENDPOINT", ALIYUN)
    return AliyunSmsSettings(key, secret, sign_name, {name: code for name, _, code in pairs}, endpoint)


@dataclass(frozen=True)
class SmtpSettings:
    """Where mail is handed in, and from whom it comes. `tls` from the first byte on, or by STARTTLS."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = True
    starttls: bool = False


@dataclass(frozen=True)
class JPushSettings:
    """An app's key and secret; `production`: which of Apple's two services iPhones are reached by."""

    app_key: str
    master_secret: str = field(repr=False)
    endpoint: str = JPUSH
    production: bool = True


def mail_settings(env: Mapping[str, str]) -> SmtpSettings | None:
    """MAIL_URL and MAIL_FROM, or none. Raises SettingsError."""
    url, sender = env.get("MAIL_URL", "").strip(), env.get("MAIL_FROM", "").strip()
    if not url and not sender:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port or SMTP_PORTS[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    if not port or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise SettingsError("MAIL_URL must be such as smtps://USER:PASSWORD@HOST:465, or smtp://…:587 for STARTTLS.")
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", parseaddr(sender)[1]):
        raise SettingsError("MAIL_FROM must be an address, such as 物业 <service@example.com>.")
    tls = parts.scheme == "smtps"
    return SmtpSettings(
        host=parts.hostname,
        port=port,
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=not tls and parts.hostname not in LOCAL,  # a server on this machine is not overheard
    )


def push_settings(env: Mapping[str, str]) -> JPushSettings | None:
    """All of JPUSH_…, or none. Raises SettingsError."""
    key, secret = env.get("JPUSH_APP_KEY", "").strip(), env.get("JPUSH_MASTER_SECRET", "").strip()
    if not key and not secret:
        return None
    if not (key and secret):
        raise SettingsError("JPUSH_APP_KEY or JPUSH_MASTER_SECRET is missing: set both, or none.")
    production = env.get("JPUSH_APNS", "production")
    if production not in ("production", "development"):
        raise SettingsError("JPUSH_APNS must be production or development.")
    return JPushSettings(key, secret, _endpoint(env, "JPUSH_ENDPOINT", JPUSH), production == "production")


def wechat_endpoint(env: Mapping[str, str]) -> str:
    """Where `jscode2session` answers. Raises SettingsError."""
    return _endpoint(env, "WECHAT_ENDPOINT", WECHAT)


def _endpoint(env: Mapping[str, str], name: str, default: str) -> str:
    text = (env.get(name) or default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingsError(f"{name} must be an address without a path, such as {default}.")
    if parts.scheme == "http" and env.get("ENVIRONMENT") == "production":
        raise SettingsError(f"{name} must be https in production: a secret travels there.")
    return text
