"""Who may open what: the whole table, and nothing that is not in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import get_resolver, reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.actions.web.conftest import World

WHO = ("public", "body", "province", "nation", "holder")
EVERYONE = (200, 200, 200, 200, 200)
SIGNED_IN = (302, 200, 200, 200, 200)
# A sign-in is asked of the public; another party's import is said not to exist.
OWN_IMPORT = (302, 200, 404, 200, 404)
OTHER_IMPORT = (302, 404, 200, 200, 404)

# Address, its arguments as a function of the world, and the answer to each of WHO in order.
TABLE: list[tuple[str, Callable[[World], list[object]], tuple[int, ...]]] = [
    ("home", lambda _: [], EVERYONE),
    ("search", lambda _: [], EVERYONE),
    ("certificate", lambda w: [w.own.pk], EVERYONE),
    ("certificate", lambda w: [w.other.pk], EVERYONE),
    ("organisation", lambda w: [w.organisation.pk], EVERYONE),
    ("body", lambda w: [w.own_body.approval_no], EVERYONE),
    ("bulletins", lambda _: [], EVERYONE),
    ("bulletin", lambda w: [w.published.pk], EVERYONE),
    ("bulletin", lambda w: [w.made.pk], EVERYONE),
    ("bulletin-file", lambda w: [w.made.pk, "csv"], EVERYONE),
    ("bulletin-file", lambda w: [w.made.pk, "txt"], EVERYONE),
    ("bulletin-file", lambda w: [w.made.pk, "json"], EVERYONE),
    ("sign-in", lambda _: [], EVERYONE),
    ("sign-out", lambda _: [], (405, 405, 405, 405, 405)),
    ("me", lambda _: [], SIGNED_IN),
    ("imports", lambda _: [], (302, 200, 200, 200, 403)),
    ("import-new", lambda _: [], (302, 200, 403, 200, 403)),
    ("import", lambda w: [w.own_import.pk], OWN_IMPORT),
    ("import", lambda w: [w.other_import.pk], OTHER_IMPORT),
    ("import-progress", lambda w: [w.own_import.pk], OWN_IMPORT),
    ("import-progress", lambda w: [w.other_import.pk], OTHER_IMPORT),
    ("import-rejects", lambda w: [w.own_import.pk], OWN_IMPORT),
    ("import-rejects", lambda w: [w.other_import.pk], OTHER_IMPORT),
    ("import-findings", lambda w: [w.own_import.pk], OWN_IMPORT),
    ("import-findings", lambda w: [w.other_import.pk], OTHER_IMPORT),
]


def status(client: Client, address: str) -> int:
    """Return the status of an answer, having read the file that it may be sending to its end."""
    response = client.get(address)
    if response.streaming:
        assert b"".join(response)
    return response.status_code


@pytest.mark.parametrize("who", WHO)
def test_each_address_answers_each_role_as_the_table_says(
    who: str, world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of(who)
    place = WHO.index(who)
    wanted = {(name, str(args(world))): statuses[place] for name, args, statuses in TABLE}
    got = {(name, str(args(world))): status(client, reverse(name, args=args(world))) for name, args, _ in TABLE}
    assert got == wanted


def test_no_address_is_missing_from_the_table() -> None:
    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert named == {name for name, _, _ in TABLE}


@pytest.mark.parametrize(("who", "status"), [("province", 403), ("holder", 403), ("public", 302)])
def test_nobody_without_the_permission_can_send_a_file(
    who: str, status: int, world: World, client_of: Callable[[str], Client]
) -> None:
    from zhunsheng.register.models import Import

    before = Import.objects.count()
    assert client_of(who).post(reverse("import-new"), {"kind": "certificates"}).status_code == status
    assert Import.objects.count() == before


@pytest.mark.parametrize(
    ("who", "own", "other"),
    [
        ("public", False, False),
        ("body", True, False),
        ("province", True, True),
        ("nation", True, True),
        ("holder", True, True),
    ],
)
def test_what_is_not_public_in_a_certificate_is_shown_to_its_parties_only(
    who: str, own: bool, other: bool, world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of(who)
    for certificate, shown in ((world.own, own), (world.other, other)):
        text = client.get(reverse("certificate", args=[certificate.pk])).content.decode()
        # The contract number now, the one before it in the timeline, and the people covered.
        assert [secret in text for secret in ("HT-SECRET-7", "HT-SECRET-6", "4,871")] == [shown] * 3
        assert "设计、生产" in text


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("body", {"return-CNCA-R-2099-901.csv"}),
        ("province", {"return-CNCA-R-2099-902.csv"}),
        ("nation", {"return-CNCA-R-2099-901.csv", "return-CNCA-R-2099-902.csv"}),
    ],
)
def test_the_list_of_imports_is_limited_to_party_and_region(
    who: str, seen: set[str], world: World, client_of: Callable[[str], Client]
) -> None:
    text = client_of(who).get(reverse("imports")).content.decode()
    files = {"return-CNCA-R-2099-901.csv", "return-CNCA-R-2099-902.csv"}
    assert {name for name in files if name in text} == seen


def test_an_account_that_was_closed_sees_what_the_public_sees(world: World, client_of: Callable[[str], Client]) -> None:
    from zhunsheng.people.models import Person

    client = client_of("nation")
    Person.objects.update(is_active=False)
    assert client.get(reverse("imports")).status_code == 302
