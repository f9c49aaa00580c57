"""A request as views get it: it carries the viewer that every query takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from zhunsheng.people.policy import Viewer


class Request(HttpRequest):
    """A request after the web room's `viewer` middleware; reading `viewer` is what reads the session."""

    viewer: Viewer
