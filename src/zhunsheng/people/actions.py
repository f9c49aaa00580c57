"""Writing persons, parties and memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


@transaction.atomic
def admit(
    *, name: str, password: str, role: str, kind: PartyKind, key: str, party_name: str, by: str, at: datetime
) -> Person:
    """Let a person act for a party in a role; the person is made, or their password set, as needed.

    Raises NoName for an empty name, UnknownRole for a role that cannot be held at such a party and
    Django's ValidationError for a password that is too weak.
    """
    if not name.strip():
        raise NoName(N_("登录名不能是空的"))
    declared = ROLES.get(role)
    if declared is None or declared.held_at is not kind or (not key and kind is not PartyKind.REGULATOR):
        raise UnknownRole(N_("角色 %(role)s 不能在 %(kind)s（%(key)s）担任"), role=role, kind=kind.value, key=key)
    person = Person.objects.filter(username=name).first() or Person(username=name)
    validate_password(password, person)
    person.set_password(password)
    person.save()
    party, _ = Party.objects.get_or_create(kind=kind.value, key=key, defaults={"name": party_name})
    Membership.objects.get_or_create(person=person, party=party, role=role)
    trail.record(at=at, by=by, action="people.admit", subject=f"person:{name}", detail={"role": role, "party": key})
    return person
