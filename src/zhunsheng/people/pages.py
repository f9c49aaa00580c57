"""Pages that answer outside a view of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FORBIDDEN = 403


def refused(request: HttpRequest, message: str) -> HttpResponse:
    """Answer a sign-in that is refused: why, and the way out."""
    return render(request, "people/refused.html", {"message": message}, status=FORBIDDEN)
