"""Reading persons and their grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.people.models import Membership
from zhunsheng.people.policy import PUBLIC, Grant, Viewer, grants_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from zhunsheng.people.models import Person


def viewer_of(person: Person | AnonymousUser) -> Viewer:
    """Return the viewer that a request's person is; the public when nobody is signed in."""
    if not person.is_authenticated or not person.is_active:
        return PUBLIC
    grants: set[Grant] = set()
    for role, kind, key in Membership.objects.filter(person_id=person.pk).values_list(
        "role", "party__kind", "party__key"
    ):
        grants |= grants_of(role, kind, key)
    return Viewer(name=person.get_username(), grants=frozenset(grants))


def memberships_of(viewer: Viewer) -> list[Membership]:
    """Return the roles that a viewer holds, each with its party."""
    return list(Membership.objects.filter(person__username=viewer.name).select_related("party"))
