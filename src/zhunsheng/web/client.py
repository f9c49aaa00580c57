"""Whose request it is: the client's network address, also behind reverse proxies of our own.

A proxy appends the address that it saw to `X-Forwarded-For` (nginx: `$proxy_add_x_forwarded_for`), so with
n proxies in front the n-th entry from the right was written by the outermost of ours. What stands left of it
was written by the client, who may write anything.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

# A client of IPv6 is given at least a whole /64 (RFC 6177), so its single addresses cost it nothing.
IPV6_CLIENT_BITS = 64


def address(request: HttpRequest) -> str:
    """Return who to count this request against: an IPv4 address or an IPv6 network, empty when unknown.

    Reads `settings.PROXIES`: how many reverse proxies of ours stand in front. With none the header is not
    read. A request that came past fewer of them counts against whoever connected.
    """
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str:
    """Return the same from the environment of a request that Django has not read."""
    connected = str(environ.get("REMOTE_ADDR", ""))
    if not settings.PROXIES:
        return _canonical(connected)
    entries = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    forwarded = _canonical(entries[-settings.PROXIES].strip()) if len(entries) >= settings.PROXIES else ""
    return forwarded or _canonical(connected)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    try:
        read = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(ipaddress.ip_network((int(read), IPV6_CLIENT_BITS), strict=False))
