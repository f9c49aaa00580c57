"""A small OpenID Connect provider on the loopback address: the outside world that single sign-on meets.

It speaks HTTP and signs for real: discovery, authorization code with PKCE (S256), ID tokens in RS256. Whoever
comes to `/authorize` is the person in `claims`; `spoil` makes the next token wrong in one named way.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT_ID = "zhunsheng-under-test"
CLIENT_SECRET = "a secret of the test"
SECONDS = 300


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What the provider knows and does; tests set `claims` and `spoil`, and read `tokens_given`."""

    address: str
    claims: dict[str, Any] = field(default_factory=dict)
    spoil: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: _key("the provider's"))
    another_key: rsa.RSAPrivateKey = field(default_factory=lambda: _key("another's"))
    pending: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens_given: int = 0

    def description(self) -> dict[str, Any]:
        """Return the discovery document."""
        issuer = "https://somebody.example" if self.spoil == "issuer of the provider" else self.address
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        """Return the public key."""
        return {"keys": [RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True) | {"kid": "one", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the browser goes back to, with a code."""
        code = secrets.token_urlsafe()
        self.pending[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """Return the answer to a code that is redeemed; None when it must be refused."""
        asked = self.pending.pop(sent.get("code", ""), None)
        if asked is None or sent.get("client_id") != CLIENT_ID or sent.get("client_secret") != CLIENT_SECRET:
            return None
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != asked.get("code_challenge"):
            return None
        self.tokens_given += 1
        answer = {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "expires_in": SECONDS}
        return answer if self.spoil == "missing" else answer | {"id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        """Return an ID token, right but for what `spoil` names."""
        now = int(time.time())
        right = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + SECONDS, "nonce": asked["nonce"]}
        claims = right | self.claims | wrong_claims(now).get(self.spoil, {})
        if self.spoil == "no nonce":
            del claims["nonce"]
        if self.spoil == "no token at all":
            return "not.a.token"
        signings: dict[str, tuple[rsa.RSAPrivateKey | str, str, str]] = {
            "unsigned": ("", "none", "one"),
            "signed by another": (self.another_key, "RS256", "one"),
            "signed with the client's secret": (CLIENT_SECRET * 2, "HS256", "one"),
            "unknown key": (self.key, "RS256", "two"),
        }
        key, algorithm, named = signings.get(self.spoil, (self.key, "RS256", "one"))
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": named})


def wrong_claims(now: int) -> dict[str, dict[str, Any]]:
    """Return by name what makes a token's claims wrong."""
    return {
        "audience": {"aud": "another-client"},
        "several audiences": {"aud": [CLIENT_ID, "another-client"]},
        "issuer": {"iss": "https://somebody.example"},
        "nonce": {"nonce": "of another sign-in"},
        "expired": {"iat": now - 2 * SECONDS, "exp": now - SECONDS},
    }


@contextmanager
def running() -> Iterator[Provider]:
    """Serve a provider on a free port while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = _handler(provider)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Describe the provider, publish its key, or send a browser back."""
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(_flat(parts.query)))
                self.end_headers()
            elif parts.path == "/.well-known/openid-configuration":
                self._json(200, provider.description())
            elif parts.path == "/keys":
                self._json(200, provider.keys())
            else:
                self._json(404, {})

        def do_POST(self) -> None:
            """Redeem a code."""
            sent = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
            answer = provider.token(sent)
            self._json(400 if answer is None else 200, answer or {"error": "invalid_grant"})

        def _json(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Say nothing."""

    return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
