"""Reading persons and their grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from zhunsheng.people.models import Membership, Person
from zhunsheng.people.policy import PUBLIC, Grant, Viewer, grants_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet


def viewer_of(person: Person | AnonymousUser, *, second_factor: bool = False) -> Viewer:
    """Return the viewer that a request's person is; the public when nobody is signed in.

    A role for which this instance requires a second factor grants nothing in a session without one.
    """
    if not person.is_authenticated or not person.is_active:
        return PUBLIC
    grants: set[Grant] = set()
    for role, kind, key in Membership.objects.filter(person_id=person.pk).values_list(
        "role", "party__kind", "party__key"
    ):
        if second_factor or role not in settings.SECOND_FACTOR_ROLES:
            grants |= grants_of(role, kind, key)
    return Viewer(name=person.get_username(), grants=frozenset(grants))


def memberships_of(viewer: Viewer) -> list[Membership]:
    """Return the roles that a viewer holds, each with its party."""
    return list(Membership.objects.filter(person__username=viewer.name).select_related("party"))


def needs_second_factor(person: Person | AnonymousUser) -> bool:
    """Tell whether a role of the person grants nothing in this instance without a second factor."""
    held = Membership.objects.filter(person__username=person.get_username(), role__in=settings.SECOND_FACTOR_ROLES)
    return held.exists()


def admitted_with(email: str, *, domains: Collection[str]) -> Person | None:
    """Return the one active person admitted with an e-mail address of a domain that may be matched, else None."""
    if email.rpartition("@")[2].casefold() not in {domain.casefold() for domain in domains}:
        return None
    found = list(Person.objects.filter(email__iexact=email, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def links_of(person: Person | AnonymousUser) -> QuerySet[SocialAccount]:
    """Return the outside identities that a person may sign in with."""
    rows: QuerySet[SocialAccount] = SocialAccount.objects.filter(user_id=person.pk).order_by("provider", "pk")
    return rows
