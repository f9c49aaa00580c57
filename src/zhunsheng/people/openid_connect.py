"""OpenID Connect as this site uses it: the ID token alone says who signs in, and it is checked whole.

allauth's own provider takes an ID token that came over TLS without looking
at the signature, knows no nonce, and believes the user-info answer before the token; here the token's
signature, issuer, audience, dates and nonce are checked (OpenID Connect Core 1.0, 3.1.3.7), nothing else is
asked, and nothing of it is kept but the subject.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.http import urlencode

from zhunsheng.people import transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

# A key that is shared, or none at all, proves nothing about who signed.
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
REQUIRED_CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nonce")
CLOCKS_DIFFER_SECONDS = 30
NONCE_LENGTH = 32


class TokenRefused(OAuth2Error):  # type: ignore[misc]
    """What the provider answered does not prove who signs in; the message is for the log."""


class Exchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Talks to one provider during one sign-in; `nonce` is what this sign-in asked to be repeated."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself; raises TokenRefused when it says that it is another."""
        config: dict[str, Any] = super().openid_config
        issuer = self.get_provider().app.settings["server_url"]
        if config.get("issuer") != issuer:
            raise TokenRefused("the provider's issuer is not the configured one")
        for endpoint in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not transport.is_secret(str(config.get(endpoint, ""))):
                raise TokenRefused(f"the provider's {endpoint} is not an https address")
        return config

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - allauth's
        """Return the sign-in that the ID token proves; raises TokenRefused."""
        credential = kwargs["response"].get("id_token")
        if not isinstance(credential, str):
            raise TokenRefused("no ID token")
        claims = self.verified(credential, client_id=app.client_id)
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def verified(self, credential: str, *, client_id: str) -> dict[str, Any]:
        """Return the claims of an ID token that is proved in every part; raises TokenRefused."""
        config = self.openid_config
        with get_adapter().get_requests_session() as session:
            answer = session.get(config["jwks_uri"])
            answer.raise_for_status()
            published = answer.json()
        try:
            header = jwt.get_unverified_header(credential)
            claims: dict[str, Any] = jwt.decode(
                credential,
                key=_key(published, header),
                algorithms=list(SIGNED_BY),
                issuer=config["issuer"],
                audience=client_id,
                leeway=CLOCKS_DIFFER_SECONDS,
                options={"require": list(REQUIRED_CLAIMS)},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise TokenRefused(f"ID token refused: {type(error).__name__}") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client_id:
            raise TokenRefused("ID token meant for another")
        if not self.nonce or not constant_time_compare(str(claims["nonce"]), self.nonce):
            raise TokenRefused("ID token of another sign-in")
        return claims


def _key(published: dict[str, Any], header: Mapping[str, Any]) -> jwt.PyJWK:
    """Return the published key that a token names; the only one when it names none. Raises KeyError."""
    keys = [key for key in jwt.PyJWKSet.from_dict(published).keys if key.public_key_use in {None, "sig"}]
    named = [key for key in keys if key.key_id == header["kid"]] if "kid" in header else keys
    if len(named) != 1:
        raise KeyError("kid")
    return named[0]


class OpenIDConnect(OpenIDConnectProvider):  # type: ignore[misc]
    """One configured provider: authorization code with PKCE (RFC 7636) and a nonce, always."""

    oauth2_adapter_class = Exchange

    @property
    def server_url(self) -> str:
        """Return where the provider describes itself (OpenID Connect Discovery 1.0, 4)."""
        return str(self.app.settings["server_url"]).rstrip("/") + "/.well-known/openid-configuration"

    def address(self, request: HttpRequest, *, process: str, next_url: str) -> str:
        """Return where a browser goes to sign in, and remember in its session what must come back.

        Raises OAuth2Error or requests' errors when the provider cannot be asked.
        """
        exchange = self.get_oauth2_adapter(request)
        proof = generate_code_challenge()
        nonce = get_random_string(NONCE_LENGTH)
        verifier = proof.pop("code_verifier")
        asked = {
            "client_id": self.app.client_id,
            "redirect_uri": exchange.get_callback_url(request, self.app),
            "response_type": "code",
            "scope": " ".join(self.get_default_scope()),
            "nonce": nonce,
            **proof,
        }
        endpoint = exchange.authorize_url
        asked["state"] = self.stash_redirect_state(request, process, next_url, pkce_code_verifier=verifier, nonce=nonce)
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    def get_default_scope(self) -> list[str]:
        """Return what is asked for: the subject and the e-mail address."""
        return ["openid", "email"]

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - allauth's
        """Keep nothing of the token: what is not kept cannot leak."""
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - allauth's
        """Take no name: a person's name here is the one under which they were admitted."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Return the e-mail address that the token calls verified, in so many words."""
        claims = data["id_token"]
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            return []
        return [EmailAddress(email=email, verified=True, primary=True)]


# Made known here, where addresses are loaded, and not by the module's name at every start: a command needs
# neither tokens nor HTTP.
registry.register(OpenIDConnect)
