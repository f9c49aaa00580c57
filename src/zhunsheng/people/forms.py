"""The sign-in form."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Name and password; a wrong name and a wrong password are told alike."""

    error_messages = {
        "invalid_login": _("账号或口令不对。口令区分大小写。"),
        "inactive": _("账号或口令不对。口令区分大小写。"),
    }
