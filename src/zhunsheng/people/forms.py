"""The forms of signing in: name and password, the password again, a code; and of making a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhunsheng.people import second_factor, sign_in, tokens
from zhunsheng.people.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from zhunsheng.people.models import Membership, Person


class SignInForm(AuthenticationForm):
    """Name and password; a wrong name and a wrong password are told alike."""

    error_messages = {
        "invalid_login": _("账号或口令不对。口令区分大小写。"),
        "inactive": _("账号或口令不对。口令区分大小写。"),
    }


class Guarded:
    """Counts wrong answers of a person who is known already, wherever they come from, and lets them wait."""

    user: Person

    def guard(self, right: Callable[[], bool]) -> None:
        """File a wrong answer and refuse it; refuse any answer, unseen, while the person has to wait."""
        key = f"again:{self.user.pk}"
        at = context.request.at
        if sign_in.must_wait(key, "", at=at):
            raise forms.ValidationError(_("连续失败次数过多，请 15 分钟后再试。"), code="wait")
        if not right():
            sign_in.failed(key, "", at=at)
            raise forms.ValidationError(_("不对，或已经用过。请重新输入。"), code="wrong")


class PasswordAgainForm(Guarded, forms.Form):
    """The password once more, before something that matters."""

    password = forms.CharField()

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        """Take the person who is signed in."""
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """Check the password."""
        password: str = self.cleaned_data["password"]
        self.guard(lambda: self.user.check_password(password))
        return password


class _Code(Guarded):
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Check a code of the authenticator application, or else a recovery code; either is used up."""
        code: str = self.cleaned_data["code"]
        self.guard(lambda: self._right(code))
        return code

    def _right(self, code: str) -> bool:
        held = {a.type: a for a in Authenticator.objects.filter(user_id=self.user.pk)}
        app, codes = held.get(Authenticator.Type.TOTP), held.get(Authenticator.Type.RECOVERY_CODES)
        if app is not None and second_factor.spend(self.user, code, at=context.request.at):
            used = app
        elif codes is not None and codes.wrap().validate_code(code):
            used = codes
        else:
            return False
        # Using it up changed what is stored of it.
        self.authenticator = Authenticator.objects.get(pk=used.pk)
        return True


class CodeForm(_Code, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class CodeAgainForm(_Code, ReauthenticateForm):  # type: ignore[misc]
    """A code before something that matters."""


class ActivateForm(Guarded, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator application, which proves that it has the key."""

    def clean_code(self) -> str:
        """Check the code against the key that this session was shown."""
        code: str = self.cleaned_data["code"]
        self.guard(lambda: second_factor.matching_step(self.secret, code, at=context.request.at) is not None)
        return code


class TokenForm(forms.Form):
    """What a token is for, for which role, and until when."""

    name = forms.CharField(
        max_length=tokens.LONGEST_NAME,
        label=_("用途"),
        help_text=_("例如用它的系统的名字，以后凭它认出这枚令牌。"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    membership = forms.TypedChoiceField(
        # The names of parties are Chinese in every language.
        coerce=int,
        label=_("代表"),
        widget=forms.Select(attrs={"class": "form-select", "lang": "zh-Hans"}),
    )
    expires_on = forms.DateField(
        label=_("最后一天"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("请写成 2025-03-01 这样的年-月-日。")},
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "2025-03-01", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, roles: Iterable[Membership], **kwargs: Any) -> None:
        """Offer the roles with which a token can be made."""
        super().__init__(*args, **kwargs)
        offered = [(held.pk, f"{held.party.name} · {gettext(ROLES[held.role].title)}") for held in roles]
        self.fields["membership"].choices = offered  # type: ignore[attr-defined]
