"""Tokens: issued, shown once, kept as a digest, recorded once for each act, ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from zhunsheng.people import actions, tokens
from zhunsheng.people.models import Membership, Token
from zhunsheng.people.roles import READING, PartyKind

if TYPE_CHECKING:
    from zhunsheng.people.models import Person

AT = datetime(2025, 8, 5, 2, 0, tzinfo=UTC)
TODAY = date(2025, 8, 5)
BODY = "CNCA-R-2099-901"

pytestmark = pytest.mark.django_db


def admit(name: str, role: str = "body_staff", kind: PartyKind = PartyKind.BODY, key: str = BODY) -> Person:
    return actions.admit(
        name=name, password="a long enough phrase", role=role, kind=kind, key=key, party_name="虚构", by="t", at=AT
    )


def issue(name: str = "someone", *, until: date = TODAY, membership: int | None = None) -> tuple[Token, str]:
    return tokens.issue(
        username=name, name=" 程序 ", expires_on=until, membership=membership, by=name, at=AT, today=TODAY
    )


def acts() -> list[tuple[str, str, str]]:
    from zhunsheng.trail.models import Entry

    rows = Entry.objects.filter(subject__startswith="token:").order_by("id")
    return [(entry.action, entry.by, entry.subject) for entry in rows]


def test_a_key_opens_what_its_role_may_read_and_nothing_it_may_write() -> None:
    admit("someone")
    token, key = issue()
    opened = tokens.opened(key, today=TODAY)
    assert opened is not None
    assert (opened.token, opened.viewer.name) == (token.pk, "someone")
    assert {grant.permission for grant in opened.viewer.grants} == READING
    assert {grant.key for grant in opened.viewer.grants} == {BODY}


def test_the_key_itself_is_kept_nowhere_and_no_two_are_alike() -> None:
    from zhunsheng.trail.models import Entry

    admit("someone")
    (token, key), (_, another) = issue(), issue()
    assert key != another
    # 256 bits are 43 characters in base 64.
    assert len(key.removeprefix(tokens.PREFIX)) == 43
    kept = [str(row) for row in Token.objects.values()] + [str(row) for row in Entry.objects.values()]
    assert not any(key in row or key.removeprefix(tokens.PREFIX) in row for row in kept)
    assert len(token.digest) == 64


def test_its_last_day_counts_and_the_next_does_not() -> None:
    admit("someone")
    _, key = issue(until=TODAY + timedelta(days=3))
    assert tokens.opened(key, today=TODAY + timedelta(days=3)) is not None
    assert tokens.opened(key, today=TODAY + timedelta(days=4)) is None


def test_every_act_is_recorded_once_and_a_use_is_none() -> None:
    admit("someone")
    token, key = issue()
    for _ in range(3):
        assert tokens.opened(key, today=TODAY) is not None
    for _ in range(2):
        tokens.revoke(token=token.pk, by="someone", at=AT, username="someone")
    subject = f"token:{token.pk}"
    assert acts() == [("people.issue_token", "someone", subject), ("people.revoke_token", "someone", subject)]
    assert tokens.opened(key, today=TODAY) is None
    assert Token.objects.get().last_used_on == TODAY


def test_nobody_revokes_or_sees_another_persons() -> None:
    admit("someone"), admit("another")
    token, key = issue()
    with pytest.raises(tokens.NoSuchToken):
        tokens.revoke(token=token.pk, by="another", at=AT, username="another")
    with pytest.raises(tokens.NoSuchToken):
        tokens.own("another", token.pk)
    assert list(tokens.listed("another")) == []
    assert tokens.opened(key, today=TODAY) is not None


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TODAY + timedelta(days=367)])
def test_a_last_day_lies_between_today_and_a_year_from_now(until: date) -> None:
    admit("someone")
    with pytest.raises(tokens.CannotIssue):
        issue(until=until)
    issue(until=TODAY + timedelta(days=366))
    assert Token.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "长" * 61])
def test_a_token_says_what_it_is_for(name: str) -> None:
    admit("someone")
    with pytest.raises(tokens.CannotIssue):
        tokens.issue(username="someone", name=name, expires_on=TODAY, by="someone", at=AT, today=TODAY)
    assert acts() == []


def test_who_has_several_roles_names_one_of_their_own() -> None:
    admit("someone")
    admit("someone", "holder", PartyKind.ORGANISATION, "U1440000000002938R")
    admit("another")
    own = Membership.objects.get(role="holder")
    with pytest.raises(tokens.CannotIssue):
        issue()
    with pytest.raises(tokens.CannotIssue):
        issue(membership=Membership.objects.get(person__username="another").pk)
    _, key = issue(membership=own.pk)
    opened = tokens.opened(key, today=TODAY)
    assert opened is not None
    assert {grant.kind for grant in opened.viewer.grants} == {PartyKind.ORGANISATION}


def test_who_has_no_role_gets_no_token() -> None:
    person = admit("someone")
    Membership.objects.all().delete()
    with pytest.raises(tokens.CannotIssue):
        issue()
    assert tokens.roles_for(person.username) == []


def test_a_role_that_waits_for_a_second_factor_gives_no_token() -> None:
    admit("someone")
    assert tokens.roles_for("someone", within=frozenset()) == []
    with pytest.raises(tokens.CannotIssue):
        tokens.issue(
            username="someone", name="程序", expires_on=TODAY, within=frozenset(), by="someone", at=AT, today=TODAY
        )
