"""The settings of providers that the whole installation shares; a company's own ones lie in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters.setting_error import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

ALIYUN = "https://dysmsapi.aliyuncs.com"
WECHAT = "https://api.weixin.qq.com"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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
    if parts.scheme == "http" and env.get("ENVIRONMENT") == "production" and parts.hostname not in LOOPBACK:
        raise SettingsError("CLASSIFIER_URL must be https in production: what residents write travels there.")
    return ClassifierSettings(url.rstrip("/"), model, key)


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
