"""Which addresses we call and send people back to; which numbers get messages."""

from __future__ import annotations

import pytest

from models.rules.identity_provider import address_fault, redirect_fault
from models.rules.phone import normal_mobile

# address: (refused in production, refused outside it)
ADDRESSES = {
    "https://login.example.com": (False, False),
    "https://login.example.com:8443/realms/acme": (False, False),
    "https://10.0.0.5/oidc": (False, False),  # a company's own network
    "http://login.example.com": (True, True),
    "http://127.0.0.1:9000/oidc": (True, False),
    "http://localhost:9000": (True, False),
    "https://127.0.0.1": (True, False),
    "https://[::1]/oidc": (True, False),
    "https://169.254.169.254/latest": (True, True),
    "https://[fe80::1]": (True, True),
    "https://0.0.0.0": (True, True),
    "https://2130706433": (True, True),
    "https://0x7f.1": (True, True),
    "https://user:password@login.example.com": (True, True),
    "https://login.example.com/#x": (True, True),
    "https://login.example.com:99999": (True, True),
    "https://login.example.com/a b": (True, True),
    "https://login.example.com\\@127.0.0.1": (True, True),
    "https://": (True, True),
    "ftp://login.example.com": (True, True),
    "file:///etc/passwd": (True, True),
    "//login.example.com": (True, True),
    "": (True, True),
    "https://登录.example.com": (True, True),
    "https://a.example.com/" + "x" * 500: (True, True),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_where_a_provider_may_be(address: str) -> None:
    assert (address_fault(address, production=True), address_fault(address, production=False)) == ADDRESSES[address]


REDIRECTS = {
    "https://app.example.com/back?x=1": (False, False),
    "http://localhost:5173/back": (True, False),
    "http://app.example.com/back": (True, True),
    "com.example.app:/back": (False, False),
    "javascript:alert(1)": (True, True),
    "data:text/html,x": (True, True),
    "https://app.example.com/back#f": (True, True),
    "/back": (True, True),
    "": (True, True),
}


@pytest.mark.parametrize("address", REDIRECTS)
def test_where_people_may_come_back_to(address: str) -> None:
    assert (redirect_fault(address, production=True), redirect_fault(address, production=False)) == REDIRECTS[address]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800000001", "13800000001"),
        (" +86 138-0000-0001", "13800000001"),
        ("008613800000001", "13800000001"),
        ("(138)00000001", "13800000001"),
        ("12800000001", None),
        ("1380000000", None),
        ("138000000011", None),
        ("１３８００００００01", None),
        ("+113800000001", None),
        ("", None),
    ],
)
def test_mobile_numbers(text: str, number: str | None) -> None:
    assert normal_mobile(text) == number
