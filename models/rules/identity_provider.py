"""Identity providers: their kinds, what links an account, and which addresses we go to. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

MAX_ADDRESS = 500
MAX_WORD = 200
MAX_REDIRECTS = 10
STATE_FOR = timedelta(minutes=10)  # from sending somebody to the provider until they are back
TICKET_FOR = timedelta(minutes=10)  # from an unknown openid until somebody signed in claims it


class ProviderKind(str, Enum):
    """Who vouches for people."""

    OIDC = "OIDC"
    WECHAT = "WECHAT"


class LoginClaim(str, Enum):
    """The claim of an ID token that finds the Account at the first sign-in; from then on `sub` does."""

    PREFERRED_USERNAME = "preferred_username"
    EMAIL = "email"
    PHONE_NUMBER = "phone_number"


# A claim that the provider's users type in themselves counts only with the provider's word that it was checked.
VERIFIED_BY = {LoginClaim.EMAIL: "email_verified", LoginClaim.PHONE_NUMBER: "phone_number_verified"}


def wechat_issuer(app_id: str) -> str:
    """What stands for a mini-program where an OpenID provider has its issuer: openids are the program's own."""
    return f"wechat:{app_id}"


def address_fault(address: str, *, production: bool) -> bool:
    """Whether we must not call a provider there: anything but https to a public name or address.

    Outside production http and https may lead to the own machine. Names are not looked up: a company may run its
    provider in its own network, but no literal address of our host or its link leads anywhere.
    """
    parts = _split(address)
    if parts is None:
        return True
    loopback = _loopback(parts.hostname or "")
    if parts.scheme == "http" or loopback:
        return production or not loopback
    return parts.scheme != "https" or _own_link(parts.hostname or "")


def redirect_fault(address: str, *, production: bool) -> bool:
    """Whether nobody may be sent back there: https, an app's own scheme (RFC 8252), http only to a loopback."""
    parts = _split(address, host=False)
    if parts is None:
        return True
    if parts.scheme in ("http", "https"):
        return address_fault(address, production=production)
    return "." not in parts.scheme  # com.example.app:/back; never javascript: or data:


def _split(address: str, *, host: bool = True) -> SplitResult | None:
    if (
        len(address) > MAX_ADDRESS
        or not address.isascii()
        or any(ord(mark) <= 32 or mark in '<>"\\^`{|}\x7f' for mark in address)
    ):
        return None
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises for what is no port
    except ValueError:
        return None
    if parts.username or parts.password or parts.fragment or (host and not parts.hostname):
        return None
    return parts


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _own_link(host: str) -> bool:
    """A literal address of the host's own link, such as the clouds' metadata, or a number that is read as one."""
    try:
        found = ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit() or host.startswith("0x")
    return found.is_link_local or found.is_unspecified or found.is_multicast
