"""What every page knows of the instance and of whoever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone, translation

from zhunsheng.people.policy import PUBLIC
from zhunsheng.people.roles import Permission

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest

    from zhunsheng.people.policy import Viewer

HTML_LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}


def instance(request: HttpRequest) -> dict[str, bool | str | date | Viewer]:
    """Say whether this is a demo, today's date in Shanghai, the language of the page, who reads it."""
    # An error before the `viewer` middleware still gets a page.
    viewer: Viewer = getattr(request, "viewer", PUBLIC)
    return {
        "demo": settings.DEMO,
        "today": timezone.localdate(),
        "html_language": HTML_LANGUAGES[translation.get_language() or settings.LANGUAGE_CODE],
        "viewer": viewer,
        "sees_returns": viewer.may(Permission.SEE_RETURNS),
        "submits_returns": viewer.may(Permission.SUBMIT_RETURN),
    }
