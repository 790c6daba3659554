"""Passwords, codes and TOTP: the pure rules."""

from __future__ import annotations

import pytest

from models.rules.code import ACTIVATION_CHARACTERS, ALPHABET, made, normal
from models.rules.password import fault
from models.rules.totp import hotp, otpauth, step_of

RFC = b"12345678901234567890"  # the secret of RFC 4226 appendix D and RFC 6238 appendix B


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("ninechars", "PASSWORD_LENGTH"),
        ("x" * 201, "PASSWORD_LENGTH"),
        ("my 13800000000 pass", "PASSWORD_HAS_LOGIN"),
        ("PassWord123", "PASSWORD_COMMON"),
        ("1q2w3e4r5t", "PASSWORD_COMMON"),
        ("aaaabbbbaaaabbbb", "PASSWORD_COMMON"),
        ("tenletters", None),
        ("水电煤气物业费按时交不欠款", None),
        ("correct horse battery staple", None),
        ("a wonderfully long one " * 8, None),
    ],
)
def test_passwords(password: str, why: str | None) -> None:
    assert fault(password, "13800000000") == why


def test_a_short_login_may_be_part_of_a_password() -> None:
    assert fault("a wonderful A1 password", "A1") is None


def test_codes_are_read_in_any_spelling() -> None:
    assert made(ACTIVATION_CHARACTERS, lambda bound: bound - 1) == "ZZZZ-ZZZZ-ZZZZ"
    assert normal(" oil1-zZ ") == normal("0111ZZ") == "0111ZZ"
    assert not set("ILOU") & set(ALPHABET)


def test_hotp_of_rfc_4226() -> None:
    expected = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489"
    assert [hotp(RFC, counter) for counter in range(10)] == expected.split()


@pytest.mark.parametrize(
    ("seconds", "code"),
    # RFC 6238 appendix B, the last six of its eight digits
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_totp_of_rfc_6238(seconds: int, code: str) -> None:
    step = seconds // 30
    assert step_of(RFC, code, seconds, 0) == step
    assert step_of(RFC, f"{code[:3]} {code[3:]}", seconds + 30, 0) == step, "one step late"
    assert step_of(RFC, code, seconds - 30, 0) == step, "one step early"
    assert step_of(RFC, code, seconds + 60, 0) is None
    assert step_of(RFC, code, seconds - 60, 0) is None
    assert step_of(RFC, code, seconds, step) is None, "used"
    assert step_of(RFC, "２８７０８２", seconds, 0) is None


def test_the_address_for_the_app() -> None:
    assert otpauth("ABC", "绿城 物业", "a@b") == (
        "otpauth://totp/%E7%BB%BF%E5%9F%8E%20%E7%89%A9%E4%B8%9A%3Aa%40b"
        "?secret=ABC&issuer=%E7%BB%BF%E5%9F%8E%20%E7%89%A9%E4%B8%9A"
    )
