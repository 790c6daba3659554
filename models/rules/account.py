"""Accounts: the ways to sign in."""

from enum import Enum


class SignInMethod(str, Enum):
    """How a Session was opened."""

    PASSWORD = "PASSWORD"  # noqa: S105 - a word
    SMS = "SMS"
    OIDC = "OIDC"
    WECHAT = "WECHAT"
    CLIENT = "CLIENT"
