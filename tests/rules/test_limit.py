"""Buckets: a minute's allowance at once, then as it fills; and addresses as proxies tell them."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from models.rules.limit import draw, lease
from schema.http.origin import client_address


def test_a_bucket_holds_a_minute_and_fills_evenly() -> None:
    full_at, taken, now = 0.0, 0, 1_000.0
    while True:
        full_at, wait = draw(full_at, now, 1, 300)
        if wait:
            break
        taken += 1
    assert (taken, round(wait, 6)) == (300, 0.2)
    assert draw(full_at, now + 0.2, 1, 300)[1] == 0
    assert draw(full_at, now + 0.2, 2, 300)[1] == pytest.approx(0.2)
    assert draw(full_at, now + 30, 150, 300)[1] == 0
    assert draw(full_at, now + 30, 151, 300)[1] == pytest.approx(0.2)
    assert draw(full_at, now + 3_600, 300, 300)[1] == 0
    assert draw(full_at, now + 3_600, 10**9, 300)[1] == 0  # more than a bucket is a bucket


def test_clocks_that_differ_and_clocks_that_step() -> None:
    empty = 1_060.0  # at 1,000 nothing is left
    assert draw(empty, 999.0, 1, 300)[1] > 0  # another machine's clock, a second behind
    assert draw(empty, 941.0, 1, 300)[1] > 0
    assert draw(empty, 400.0, 1, 300)[1] == 0  # set back by ten minutes
    assert draw(empty, 1_600.0, 1, 300)[1] == 0


def test_a_lease_is_a_fiftieth() -> None:
    assert [lease(1, 30), lease(1, 300), lease(1, 3_000), lease(20_000, 50_000)] == [1, 6, 60, 20_000]


TRUSTED = [ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("127.0.0.1")]

HOPS: list[tuple[str | None, list[str], str | None]] = [
    ("203.0.113.9", [], "203.0.113.9"),
    ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # nobody trusted says so
    ("10.0.0.1", [], "10.0.0.1"),
    ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
    ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),  # the client's own invention is on the left
    ("10.0.0.1", ["1.1.1.1", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
    ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
    ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
    ("10.0.0.1", ['"[2001:db8::7]"'], "2001:db8::7"),
    ("10.0.0.1", ["2001:DB8:0::7"], "2001:db8::7"),
    ("fd00::1", ["::ffff:198.51.100.1"], "198.51.100.1"),
    ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
    ("10.0.0.1", ["198.51.100.1, unknown"], "10.0.0.1"),
    ("10.0.0.1", ["198.51.100.1, "], "10.0.0.1"),
    ("10.0.0.1", ["<script>", "198.51.100.1,10.0.0.9"], "198.51.100.1"),
    ("10.0.0.1", ["9" * 5_000], "10.0.0.1"),
    ("10.0.0.1", [",".join(["10.0.0.2"] * 5_000)], "10.0.0.2"),
    (None, ["198.51.100.1"], None),
    ("testclient", ["198.51.100.1"], "testclient"),
]


@pytest.mark.parametrize(("peer", "forwarded", "client"), HOPS)
def test_only_trusted_proxies_are_believed(peer: str | None, forwarded: list[str], client: str | None) -> None:
    assert client_address(peer, forwarded, TRUSTED) == client
