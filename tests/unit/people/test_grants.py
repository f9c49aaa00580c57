"""Who may do what where, as a truth table; whatever is not declared is refused."""

from __future__ import annotations

import pytest

from zhunsheng.people.policy import PUBLIC, NotPermitted, Viewer, grants_of, require
from zhunsheng.people.roles import ROLES, PartyKind, Permission

BODY = "CNCA-R-2099-001"


@pytest.mark.parametrize(
    ("role", "kind", "key", "submit", "see_returns", "see_details", "make"),
    [
        ("body_staff", "body", BODY, True, True, True, False),
        ("regulator", "regulator", "", True, True, True, True),
        ("regulator", "regulator", "44", False, True, True, False),
        ("holder", "organisation", "91350100M000100Y43", False, False, True, False),
        # A role held at the wrong kind of party, without a party, or unknown, grants nothing.
        ("body_staff", "regulator", "", False, False, False, False),
        ("body_staff", "body", "", False, False, False, False),
        ("holder", "organisation", "", False, False, False, False),
        ("queen", "regulator", "", False, False, False, False),
    ],
)
def test_a_role_grants_what_it_declares_and_nothing_else(
    role: str, kind: str, key: str, *, submit: bool, see_returns: bool, see_details: bool, make: bool
) -> None:
    viewer = Viewer("someone", grants_of(role, kind, key))
    asked = (Permission.SUBMIT_RETURN, Permission.SEE_RETURNS, Permission.SEE_DETAILS, Permission.MAKE_BULLETIN)
    assert tuple(viewer.may(p) for p in asked) == (submit, see_returns, see_details, make)


def test_the_public_may_nothing() -> None:
    for permission in Permission:
        assert not PUBLIC.may(permission)
        with pytest.raises(NotPermitted):
            require(PUBLIC, permission)


def test_a_body_s_staff_act_for_their_own_body_only() -> None:
    viewer = Viewer("someone", grants_of("body_staff", "body", BODY))
    assert viewer.for_body(Permission.SUBMIT_RETURN, BODY)
    assert not viewer.for_body(Permission.SUBMIT_RETURN, "CNCA-R-2099-002")
    assert not viewer.everywhere(Permission.SEE_RETURNS)


def test_every_role_says_what_it_is_for() -> None:
    assert all(role.sentence and role.title and role.held_at in PartyKind for role in ROLES.values())
