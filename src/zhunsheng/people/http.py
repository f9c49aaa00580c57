"""A request as views get it: it carries the viewer that every query takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from datetime import datetime

    from zhunsheng.people.policy import Viewer

# A key of the database is a signed 64-bit number; anything larger is no key at all.
LARGEST_KEY = 2**63 - 1


class Request(HttpRequest):
    """A request after the web room's `viewer` middleware; reading `viewer` is what reads the session.

    `address` is whom to count the request against (web.client): an address or a network, empty when unknown;
    `at` is the instant at which it came.
    """

    viewer: Viewer
    address: str
    at: datetime
