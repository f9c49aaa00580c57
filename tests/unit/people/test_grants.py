"""Who may do what where, as a truth table; whatever is not declared is refused."""

from __future__ import annotations

import pytest

from zhunsheng.people.policy import PUBLIC, NotPermitted, Viewer, grants_of, require
from zhunsheng.people.roles import READING, ROLES, PartyKind, Permission

BODY = "CNCA-R-2099-001"


SUBMIT, SEE, DETAILS = Permission.SUBMIT_RETURN, Permission.SEE_RETURNS, Permission.SEE_DETAILS
BULLETIN, NEWSLETTER, BULK = Permission.MAKE_BULLETIN, Permission.MAKE_NEWSLETTER, Permission.READ_IN_BULK


@pytest.mark.parametrize(
    ("role", "kind", "key", "granted"),
    [
        ("body_staff", "body", BODY, {SUBMIT, SEE, DETAILS, NEWSLETTER, BULK}),
        ("regulator", "regulator", "", {SUBMIT, SEE, DETAILS, BULLETIN, NEWSLETTER, BULK}),
        ("regulator", "regulator", "44", {SEE, DETAILS, BULK}),
        ("holder", "organisation", "91350100M000100Y43", {DETAILS, BULK}),
        ("bulk_reader", "reader", "a-buyer", {BULK}),
        # A role held at the wrong kind of party, without a party, or unknown, grants nothing.
        ("body_staff", "regulator", "", set()),
        ("body_staff", "body", "", set()),
        ("holder", "organisation", "", set()),
        ("bulk_reader", "reader", "", set()),
        ("bulk_reader", "regulator", "", set()),
        ("queen", "regulator", "", set()),
    ],
)
def test_a_role_grants_what_it_declares_and_nothing_else(
    role: str, kind: str, key: str, granted: set[Permission]
) -> None:
    viewer = Viewer("someone", grants_of(role, kind, key))
    assert {permission for permission in Permission if viewer.may(permission)} == granted
    assert {(grant.kind, grant.key) for grant in viewer.grants} <= {(kind, key)}


def test_what_a_token_may_do_is_reading_and_nothing_else() -> None:
    assert READING.isdisjoint({SUBMIT, BULLETIN, NEWSLETTER})
    assert BULK in READING


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
