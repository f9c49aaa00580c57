"""Whom a request counts against: with proxies of ours, with forged headers, with addresses of both kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.mark.parametrize(
    ("proxies", "connected", "forwarded", "counted"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        # Without a proxy of ours the header is a stranger's word.
        (0, "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        (1, "127.0.0.1", "192.0.2.1", "192.0.2.1"),
        # What stands left of our proxy's entry was written by the client.
        (1, "127.0.0.1", "10.0.0.1, 198.51.100.7, 192.0.2.1", "192.0.2.1"),
        (2, "127.0.0.1", "10.0.0.1,192.0.2.1 , 127.0.0.1", "192.0.2.1"),
        # Who came past fewer proxies than there are counts as whoever connected.
        (2, "203.0.113.5", "192.0.2.1", "203.0.113.5"),
        (1, "203.0.113.5", None, "203.0.113.5"),
        (1, "203.0.113.5", "nonsense", "203.0.113.5"),
        (1, "203.0.113.5", "", "203.0.113.5"),
        # A client of IPv6 has a /64 at least, one of IPv4 in disguise one address.
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
        (1, "127.0.0.1", "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (0, "", None, ""),
    ],
)
def test_a_request_counts_against(
    settings: Settings, proxies: int, connected: str, forwarded: str | None, counted: str
) -> None:
    from zhunsheng.web import client

    settings.PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=connected)
    assert client.address(request) == counted


@pytest.mark.parametrize("text", ["-1", "one", "1.5", "١"])
def test_a_number_of_proxies_is_a_number(text: str) -> None:
    from zhunsheng.web.environment import BadSetting, count

    with pytest.raises(BadSetting, match="ZHUNSHENG_PROXIES"):
        count("ZHUNSHENG_PROXIES", text)


def test_no_number_is_none() -> None:
    from zhunsheng.web.environment import count

    assert (count("ZHUNSHENG_PROXIES", ""), count("ZHUNSHENG_PROXIES", "2")) == (0, 2)
