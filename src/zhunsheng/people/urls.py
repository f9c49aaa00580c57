"""Addresses of signing in and out, of the second factor and of single sign-on.

allauth's own addresses are not included: what is not listed here does not exist. The names that it looks up
are kept (`account_login`, `mfa_…`, `openid_connect_callback`, `socialaccount_connections`).
"""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.cache import never_cache

from zhunsheng.people import factor_views, single_sign_on, token_views, views

urlpatterns = [
    path("sign-in", views.SignIn.as_view(), name="sign-in"),
    path("sign-in", views.SignIn.as_view(), name="account_login"),
    path("sign-in/code", never_cache(factor_views.AuthenticateView.as_view()), name="mfa_authenticate"),
    path("sign-in/by/<slug:key>", single_sign_on.start, name="sign-in-by"),
    path("sign-in/by/<slug:provider_id>/callback", single_sign_on.callback, name="openid_connect_callback"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
    path("me", views.me, name="me"),
    path("me/tokens", token_views.listed, name="tokens"),
    path("me/tokens/<int:pk>/revoke", token_views.revoke, name="token-revoke"),
    path("me/again", never_cache(factor_views.PasswordAgainView.as_view()), name="account_reauthenticate"),
    path("me/again/code", never_cache(factor_views.ReauthenticateView.as_view()), name="mfa_reauthenticate"),
    path("me/second-factor", factor_views.Index.as_view(), name="mfa_index"),
    path("me/second-factor/on", never_cache(factor_views.Activate.as_view()), name="mfa_activate_totp"),
    path("me/second-factor/off", never_cache(factor_views.Deactivate.as_view()), name="mfa_deactivate_totp"),
    path("me/second-factor/codes", never_cache(factor_views.Codes.as_view()), name="mfa_view_recovery_codes"),
    path("me/second-factor/codes/new", factor_views.Generate.as_view(), name="mfa_generate_recovery_codes"),
    path("me/services", single_sign_on.connections, name="socialaccount_connections"),
    path("me/services/<slug:key>", single_sign_on.connect, name="connect-service"),
]
