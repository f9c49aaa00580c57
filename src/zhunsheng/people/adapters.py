"""What allauth asks this site while it works: who may come in, what is said, what is written to the trail."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhunsheng.codes.errors import N_
from zhunsheng.people import actions, queries, second_factor, sign_in
from zhunsheng.people.pages import refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from zhunsheng.people.http import Request
    from zhunsheng.people.models import Person

# What is said after allauth's acts, by the template that it would have rendered.
SAID = {
    "mfa/messages/totp_activated.txt": N_("两步验证已开启。下次登录时需要验证器上的数字。"),
    "mfa/messages/totp_deactivated.txt": N_("两步验证已关闭。"),
    "mfa/messages/recovery_codes_generated.txt": N_("备用码已生成，只显示这一次。请现在抄下或打印。"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; a sign-in is filed in the trail; nothing is mailed."""

    def is_open_for_signup(self, request: Request) -> bool:  # noqa: ARG002 - allauth's
        """Persons are admitted by the operator, never by themselves."""
        return False

    def add_message(
        self,
        request: Request,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,  # noqa: ARG002 - allauth's
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say our own words, or nothing where a page says it already."""
        text = message or (_(SAID[message_template]) if message_template in SAID else "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def get_client_ip(self, request: Request) -> str:
        """Return whom the request counts against (web.client)."""
        address: str = getattr(request, "address", "")
        return address

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """This site sends no mail; the trail keeps what was done."""

    def login(self, request: Request, user: Person) -> None:
        """Open the session, once every step is passed, and file the success."""
        with transaction.atomic():
            sign_in.succeeded(user.get_username(), self.get_client_ip(request), at=request.at)
            super().login(request, user)

    def post_login(self, request: Request, user: Person, **kwargs: Any) -> HttpResponse:
        """Lead to setting up a second factor first, when a role needs one that this session lacks."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if not second_factor.passed(request) and queries.needs_second_factor(user):
            return redirect("mfa_index")
        return response

    def respond_user_inactive(self, request: Request, user: Person) -> HttpResponse:  # noqa: ARG002 - allauth's
        """Tell someone whose account was closed no more than any stranger."""
        return refused(request, _("没有为这个身份开通的账号。请联系本站的管理人员。"))


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Only persons who were admitted come in, whatever a provider says of them."""

    def is_open_for_signup(self, request: Request, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's
        """Persons are admitted by the operator, never by themselves."""
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        """Leave matching by e-mail to `pre_social_login`, which files it and touches no password."""

    def list_apps(self, request: Request, provider: str = "", client_id: str = "") -> list[Any]:  # noqa: ARG002 - allauth's
        """Return the configured providers; the database holds none, so it is not asked."""
        from allauth.socialaccount.adapter import _build_apps_from_settings  # noqa: PLC0415 - needs models

        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def pre_social_login(self, request: Request, sociallogin: Any) -> None:
        """Let a known subject pass; link one for whom it is lawful; refuse everyone else.

        Raises ImmediateHttpResponse with the page that answers a linking or a refusal.
        """
        sociallogin.token = None
        provider, subject = sociallogin.account.provider, sociallogin.account.uid
        if sociallogin.state.get("process") == "connect":
            raise ImmediateHttpResponse(self._linked(request, provider, subject))
        if sociallogin.is_existing:
            return
        domains = sociallogin.provider.app.settings["domains"]
        emails = [address.email for address in sociallogin.email_addresses if address.verified]
        person = queries.admitted_with(emails[0], domains=domains) if emails else None
        try:
            if person is not None:
                actions.link(person, provider=provider, subject=subject, by=person.get_username(), at=request.at)
        except actions.AlreadyLinked:
            # The person came in by another subject of this provider before: the address has a new owner.
            person = None
        if person is None:
            sign_in.failed(f"{provider}\n{subject}", request.address, at=request.at)
            text = _("没有为这个身份开通的账号。请联系本站的管理人员；已有账号的，请先用口令登录，再在个人页关联。")
            raise ImmediateHttpResponse(refused(request, text))
        sociallogin.lookup()

    def _linked(self, request: Request, provider: str, subject: str) -> HttpResponse:
        person = request.user
        if not person.is_authenticated:
            return redirect("sign-in")
        try:
            actions.link(person, provider=provider, subject=subject, by=person.get_username(), at=request.at)
        except actions.AlreadyLinked as error:
            messages.error(request, error.said(_))
        else:
            messages.success(request, _("已关联。下次可以用它登录。"))
        return redirect("socialaccount_connections")

    def on_authentication_error(self, request: Request, provider: Any, **kwargs: Any) -> None:
        """Answer a sign-in that a provider could not prove; raises ImmediateHttpResponse.

        The log gets the kind of error only: what a provider answers may hold codes and addresses.
        """
        if kwargs.get("error") == "cancelled":
            raise ImmediateHttpResponse(redirect("sign-in"))
        asked_here = "state" in (kwargs.get("extra_context") or {})
        raise ImmediateHttpResponse(self.refusal(request, provider, kwargs.get("exception"), filed=asked_here))

    def refusal(self, request: Request, provider: Any, error: Exception | None, *, filed: bool = True) -> HttpResponse:
        """File a sign-in that a provider could not prove, and return the page that says so.

        An answer that nobody here asked for is not filed: anyone can send any number of them.
        """
        if filed:
            sign_in.log.warning("sign-in by %s failed: %s", provider.app.provider_id, sign_in.kind(error))
            sign_in.failed(provider.app.provider_id, request.address, at=request.at)
        text = _("没有登录成功：%(provider)s 没有证明您是谁。请重新登录；仍不成功，请联系本站的管理人员。")
        return refused(request, text % {"provider": provider.app.name})


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps authenticators' keys sealed with the instance's secret, so that a copied database opens nothing."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("验证码不对，或已经用过。请输入最新的一个。"),
        "cannot_delete_authenticator": gettext_lazy("您的角色要求两步验证，不能关闭。"),
        "cannot_generate_recovery_codes": gettext_lazy("开启两步验证以后才有备用码。"),
    }

    def encrypt(self, text: str) -> str:
        """Seal a key."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed key; raises InvalidToken when the instance's secret is another."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Keep the second factor of someone whose role needs it."""
        return not queries.needs_second_factor(authenticator.user)


def _seal() -> Fernet:
    digest = salted_hmac("zhunsheng.people.second_factor", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))
