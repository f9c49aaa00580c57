"""Writing persons, parties and memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.models import Membership, Party, Person
from zhunsheng.people.roles import ROLES, PartyKind
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from datetime import datetime


class UnknownRole(ZhunshengError):
    """No such role, or it is not held at such a party."""


class NoName(ZhunshengError):
    """A person needs a name to sign in with."""


class AlreadyLinked(ZhunshengError):
    """The outside identity belongs to another person, or the person has one of this provider."""


class LastWayIn(ZhunshengError):
    """A person without a password keeps the identity that they sign in with."""


@transaction.atomic
def admit(
    *,
    name: str,
    password: str | None,
    role: str,
    kind: PartyKind,
    key: str,
    party_name: str,
    by: str,
    at: datetime,
    email: str = "",
) -> Person:
    """Let a person act for a party in a role; the person is made, or their password set, as needed.

    Without a password the person keeps the one they have; a new person can then only come in by single
    sign-on, matched by the e-mail address where the operator allows its domain.

    Raises NoName for an empty name, UnknownRole for a role that cannot be held at such a party and
    Django's ValidationError for a password that is too weak.
    """
    if not name.strip():
        raise NoName(N_("登录名不能是空的"))
    declared = ROLES.get(role)
    if declared is None or declared.held_at is not kind or (not key and kind is not PartyKind.REGULATOR):
        raise UnknownRole(N_("角色 %(role)s 不能在 %(kind)s（%(key)s）担任"), role=role, kind=kind.value, key=key)
    known = Person.objects.filter(username=name).first()
    person = known or Person(username=name)
    if password is not None:
        validate_password(password, person)
        person.set_password(password)
    elif known is None:
        person.set_unusable_password()
    person.email = email or person.email
    person.save()
    party, _ = Party.objects.get_or_create(kind=kind.value, key=key, defaults={"name": party_name})
    Membership.objects.get_or_create(person=person, party=party, role=role)
    trail.record(at=at, by=by, action="people.admit", subject=f"person:{name}", detail={"role": role, "party": key})
    return person


@transaction.atomic
def link(person: Person, *, provider: str, subject: str, by: str, at: datetime) -> None:
    """Let a person sign in with an identity of a provider from now on; raises AlreadyLinked."""
    taken = SocialAccount.objects.filter(provider=provider)
    if taken.filter(uid=subject).exists() or taken.filter(user_id=person.pk).exists():
        raise AlreadyLinked(N_("这个身份已经关联了账号，或您已关联了它的另一个身份。请先解除原来的关联。"))
    SocialAccount.objects.create(user_id=person.pk, provider=provider, uid=subject)
    trail.record(
        at=at, by=by, action="people.link", subject=f"person:{person.get_username()}", detail={"provider": provider}
    )


@transaction.atomic
def unlink(person: Person, *, link: int, by: str, at: datetime) -> None:
    """Take one of a person's outside identities away; raises LastWayIn when there is no other way in."""
    found = SocialAccount.objects.filter(user_id=person.pk, pk=link).first()
    if found is None:
        return
    if not person.has_usable_password() and SocialAccount.objects.filter(user_id=person.pk).count() == 1:
        raise LastWayIn(N_("这是您唯一的登录方式，不能解除。请先请管理人员为您设一个口令。"))
    found.delete()
    trail.record(
        at=at,
        by=by,
        action="people.unlink",
        subject=f"person:{person.get_username()}",
        detail={"provider": found.provider},
    )


@transaction.atomic
def forget_second_factor(person: Person, *, by: str, at: datetime) -> None:
    """Take away a person's authenticator and recovery codes, which they lost."""
    Authenticator.objects.filter(user_id=person.pk).delete()
    trail.record(at=at, by=by, action="people.forget_second_factor", subject=f"person:{person.get_username()}")
