"""`sign-in.toml` in the data directory: which providers people sign in with, which roles need a second factor.

    second_factor_for = ["regulator", "body_staff"]

    [providers.ministry]
    name = "统一身份认证"
    issuer = "https://id.example.org"
    client_id = "zhunsheng"
    secret_file = "ministry.secret"      # beside this file; or secret_env = "THE_VARIABLE"
    domains = ["example.org"]            # e-mail domains whose verified addresses may be matched; may be left out

Read strictly: an instance that misreads how people sign in must not start. No secret stands in the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhunsheng.codes.errors import N_
from zhunsheng.people import transport
from zhunsheng.people.roles import ROLES
from zhunsheng.web.environment import BadSetting

if TYPE_CHECKING:
    from pathlib import Path

FILE = "sign-in.toml"
KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NEEDED = ("name", "issuer", "client_id")
KNOWN = {*NEEDED, "secret_file", "secret_env", "domains"}


@dataclass(frozen=True, slots=True)
class SignIn:
    """Roles that need a second factor, and the providers as allauth takes them."""

    second_factor_for: frozenset[str] = frozenset()
    providers: tuple[dict[str, Any], ...] = ()


def read(directory: Path) -> SignIn:
    """Return what the file in the data directory says; nothing when there is none. Raises BadSetting."""
    file = directory / FILE
    if not file.is_file():
        return SignIn()
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad(file, N_("%(file)s：不是 TOML：%(why)s"), why=str(error)) from error
    if unknown := sorted(content.keys() - {"second_factor_for", "providers"}):
        raise _bad(file, N_("%(file)s：不认识 %(what)s"), what=unknown[0])
    roles = content.get("second_factor_for", [])
    if not isinstance(roles, list) or not ROLES.keys() >= set(map(str, roles)):
        raise _bad(file, N_("%(file)s：second_factor_for 应是角色的列表：%(roles)s"), roles=", ".join(ROLES))
    providers = content.get("providers", {})
    if not isinstance(providers, dict):
        raise _bad(file, N_("%(file)s：不认识 %(what)s"), what="providers")
    return SignIn(frozenset(roles), tuple(_provider(file, key, given) for key, given in providers.items()))


def _provider(file: Path, key: str, given: Any) -> dict[str, Any]:
    if not KEY.fullmatch(key) or not isinstance(given, dict):
        raise _bad(file, N_("%(file)s：provider 的名字 %(what)s 只能用小写字母、数字和连字符"), what=key)
    if unknown := sorted(given.keys() - KNOWN):
        raise _bad(file, N_("%(file)s：不认识 %(what)s"), what=f"{key}.{unknown[0]}")
    if missing := [name for name in NEEDED if not given.get(name) or not isinstance(given[name], str)]:
        raise _bad(file, N_("%(file)s：缺少 %(what)s"), what=f"{key}.{missing[0]}")
    if not transport.is_secret(given["issuer"]):
        raise _bad(file, N_("%(file)s：%(what)s 应以 https:// 开头"), what=f"{key}.issuer")
    domains = given.get("domains", [])
    if not isinstance(domains, list) or not all(isinstance(d, str) and d and "@" not in d for d in domains):
        raise _bad(file, N_("%(file)s：%(what)s 应是域名的列表"), what=f"{key}.domains")
    return {
        "provider_id": key,
        "name": given["name"],
        "client_id": given["client_id"],
        "secret": _secret(file, key, given),
        "settings": {"server_url": given["issuer"], "domains": domains},
    }


def _secret(file: Path, key: str, given: dict[str, Any]) -> str:
    if "secret_file" in given:
        beside = file.parent / str(given["secret_file"])
        try:
            return beside.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise _bad(file, N_("%(file)s：读不到 %(what)s"), what=f"{key}.secret_file") from error
    secret = os.environ.get(str(given.get("secret_env", "")), "")
    if not secret:
        raise _bad(file, N_("%(file)s：缺少 %(what)s"), what=f"{key}.secret_file / secret_env")
    return secret


def _bad(file: Path, text: str, **params: str) -> BadSetting:
    return BadSetting(text, file=str(file), **params)
