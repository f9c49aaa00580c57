"""Pages of a step in a publication's life, opened when the step is over: the way back is the publication itself."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect

from zhunsheng.bulletin.policy import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from zhunsheng.people.http import Request

    View = Callable[..., HttpResponse]


def back_to(name: str) -> Callable[[View], View]:
    """Lead to the publication (by the name of its address) who opens a step that its state does not allow.

    The back button and a stale link do that; the publication says what can be done. A form that is sent is told.
    """

    def around(view: View) -> View:
        @wraps(view)
        def led(request: Request, pk: int, **more: Any) -> HttpResponse:
            try:
                return view(request, pk, **more)
            except Refused:
                if request.method == "POST":
                    raise
                return redirect(name, pk=pk)

        return led

    return around
