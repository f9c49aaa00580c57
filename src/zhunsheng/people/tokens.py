"""Tokens: the keys with which programs read in bulk, as a person does in one of their roles.

A key is shown once, when it is issued; afterwards only its SHA-256 is known. A token opens what its
role may read (`roles.READING`), never what it may write, and ends with the person, with the role, on
its last day or when it is revoked.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.models import Membership, Token
from zhunsheng.people.policy import Grant, Viewer, grants_of
from zhunsheng.people.roles import READING, Permission
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from django.db.models import QuerySet

# What a key begins with, so that it is recognised where it was left by mistake.
PREFIX = "zhunsheng_"
RANDOM_BYTES = 32
LONGEST_NAME = 60
# A key that nobody renews for a year is likely a forgotten one.
LONGEST_DAYS = 366


class NoSuchToken(ZhunshengError):
    """There is no such token, or it is another person's: both are answered alike."""

    exit_code = 1


class CannotIssue(ZhunshengError):
    """A token needs a name, a last day within a year, and a role that may read in bulk."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opens: as whom, and the token that it belongs to."""

    viewer: Viewer
    token: int


def digest(key: str) -> str:
    """Return what is kept of a key: its SHA-256 in hexadecimal."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def roles_for(username: str, *, within: Collection[Grant] | None = None) -> list[Membership]:
    """Return the roles of an active person with which a token can be issued, oldest first.

    `within` are the grants that count now, if not all do: a role that waits for a second factor gives none.
    """
    held = Membership.objects.filter(person__username=username, person__is_active=True).select_related("party")
    return [m for m in held if _bulk(m) and (within is None or _bulk(m) <= set(within))]


def _bulk(held: Membership) -> set[Grant]:
    grants = grants_of(held.role, held.party.kind, held.party.key)
    return {grant for grant in grants if grant.permission is Permission.READ_IN_BULK}


def listed(username: str | None = None) -> QuerySet[Token]:
    """Return every token of a person, or of everyone, the newest first."""
    rows = Token.objects.select_related("membership__person", "membership__party")
    return rows if username is None else rows.filter(membership__person__username=username)


def own(username: str, pk: int) -> Token:
    """Return one token of a person. Raises NoSuchToken, also for another person's."""
    found = listed(username).filter(pk=pk).first()
    if found is None:
        raise NoSuchToken(N_("没有这枚令牌，或它不是您的。"))
    return found


def live(token: Token, today: date) -> bool:
    """Tell whether a token opens anything on a day; its last day is one on which it does."""
    return token.revoked_at is None and token.expires_on >= today


@transaction.atomic
def issue(
    *,
    username: str,
    name: str,
    expires_on: date,
    by: str,
    at: datetime,
    today: date,
    membership: int | None = None,
    within: Collection[Grant] | None = None,
) -> tuple[Token, str]:
    """Issue a token for a person's role and return it with its key, which is shown nowhere again.

    `membership` may be left out by who has one role; `within` as for `roles_for`. Raises CannotIssue.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise CannotIssue(N_("令牌要有一个名称，最多 %(most)s 个字，例如用它的系统的名字"), most=LONGEST_NAME)
    if not 0 <= (expires_on - today).days <= LONGEST_DAYS:
        raise CannotIssue(N_("令牌的最后一天要在今天和今后 %(days)s 天之间"), days=LONGEST_DAYS)
    key = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    token = Token.objects.create(
        digest=digest(key),
        name=name,
        membership=_role(username, membership, within),
        created_at=at,
        expires_on=expires_on,
    )
    detail = {"person": username, "name": name, "role": token.membership.role, "expires_on": expires_on.isoformat()}
    trail.record(at=at, by=by, action="people.issue_token", subject=f"token:{token.pk}", detail=detail)
    return token, key


def _role(username: str, membership: int | None, within: Collection[Grant] | None) -> Membership:
    held = roles_for(username, within=within)
    if not held:
        raise CannotIssue(N_("%(name)s 没有可以成批读取的角色，不能发令牌"), name=username)
    chosen = [m for m in held if membership in {None, m.pk}]
    if len(chosen) != 1:
        known = "、".join(f"{m.pk} {m.party.name}" for m in held)
        raise CannotIssue(N_("请指明令牌代表哪一个角色：%(known)s"), known=known)
    return chosen[0]


@transaction.atomic
def revoke(*, token: int, by: str, at: datetime, username: str | None = None) -> Token:
    """Revoke a token, of one person when `username` is given; a revoked one stays as it is. Raises NoSuchToken."""
    found = listed(username).select_for_update(of=("self",)).filter(pk=token).first()
    if found is None:
        raise NoSuchToken(N_("没有这枚令牌，或它不是您的。"))
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        trail.record(at=at, by=by, action="people.revoke_token", subject=f"token:{found.pk}")
    return found


def opened(key: str, *, today: date) -> Opened | None:
    """Return what a key opens on a day; None for one that is unknown, expired or revoked, without saying which.

    The key is looked for by its digest, so the time that takes says nothing about any key that exists.
    """
    wanted = digest(key)
    found = listed().filter(digest=wanted).first()
    if found is None or not hmac.compare_digest(found.digest, wanted) or not live(found, today):
        return None
    held = found.membership
    if not held.person.is_active:
        return None
    grants = frozenset(g for g in grants_of(held.role, held.party.kind, held.party.key) if g.permission in READING)
    _used(found, today)
    return Opened(Viewer(name=held.person.get_username(), grants=grants), found.pk)


def _used(token: Token, today: date) -> None:
    # One write a day and token; a day's use is not an act, so the trail does not hold it.
    if token.last_used_on != today:
        Token.objects.filter(pk=token.pk).update(last_used_on=today)
