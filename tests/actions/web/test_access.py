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
# A draft is said not to exist; whoever may not do a step at all is told so.
DRAFT = (404, 404, 404, 200, 404)
NATION_ONLY = (302, 403, 403, 200, 403)
BODYS_DRAFT = (404, 200, 404, 404, 404)
WRITING = (302, 200, 403, 200, 403)
WRITING_OWN = (302, 200, 403, 404, 403)
ELSEWHERE = (302, 302, 302, 302, 302)
BY_POST = (405, 405, 405, 405, 405)

# A person reads in bulk what their role reaches; without an account there is nothing to reach.
IN_BULK = (302, 200, 200, 200, 200)

KINDS = ("csv", "txt", "json", "html", "pdf", "xlsx")
PICTURES = ("svg", "png")
# Address, its arguments as a function of the world, and the answer to each of WHO in order.
TABLE: list[tuple[str, Callable[[World], list[object]], tuple[int, ...]]] = [
    ("home", lambda _: [], EVERYONE),
    ("search", lambda _: [], EVERYONE),
    ("search-export", lambda _: [], IN_BULK),
    ("certificate", lambda w: [w.own.pk], EVERYONE),
    ("certificate", lambda w: [w.other.pk], EVERYONE),
    ("certificate-timeline", lambda w: [w.own.pk, "svg"], EVERYONE),
    ("certificate-timeline", lambda w: [w.own.pk, "png"], EVERYONE),
    ("organisation", lambda w: [w.organisation.pk], EVERYONE),
    ("organisation-timeline", lambda w: [w.organisation.pk, "svg"], EVERYONE),
    ("bodies", lambda _: [], EVERYONE),
    ("body", lambda w: [w.own_body.approval_no], EVERYONE),
    ("body-returns", lambda w: [w.own_body.approval_no, "svg"], EVERYONE),
    ("bulletins", lambda _: [], EVERYONE),
    ("bulletin", lambda w: [w.published.pk], EVERYONE),
    ("bulletin", lambda w: [w.made.pk], DRAFT),
    ("bulletin-month", lambda _: ["2025-07"], (302, 302, 302, 302, 302)),
    ("bulletin-month", lambda _: ["2025-06"], (404, 404, 404, 404, 404)),
    *(("bulletin-file", lambda w, e=e: [w.published.pk, e], EVERYONE) for e in KINDS),
    *(("bulletin-file", lambda w, e=e: [w.made.pk, e], DRAFT) for e in KINDS),
    *(("bulletin-picture", lambda w, e=e: [w.published.pk, "tiles-certificates", e], EVERYONE) for e in PICTURES),
    *(("bulletin-picture", lambda w, e=e: [w.made.pk, "tiles-certificates", e], DRAFT) for e in PICTURES),
    ("bulletin-picture", lambda w: [w.published.pk, "leaders-organisations", "svg"], EVERYONE),
    ("bulletin-picture", lambda w: [w.published.pk, "map-certificates", "svg"], (404, 404, 404, 404, 404)),
    *(("trend-picture", lambda _, e=e: ["certificates", e], EVERYONE) for e in PICTURES),
    ("trend-picture", lambda _: ["nothing", "svg"], (404, 404, 404, 404, 404)),
    ("bulletin-compare", lambda _: [], EVERYONE),
    ("bulletin-compare-file", lambda _: ["csv"], (404, 404, 404, 404, 404)),
    ("bulletin-new", lambda _: [], NATION_ONLY),
    ("bulletin-making", lambda w: [w.making.pk], NATION_ONLY),
    ("bulletin-making-progress", lambda w: [w.making.pk], NATION_ONLY),
    ("bulletin-check", lambda w: [w.made.pk], NATION_ONLY),
    # What cannot be done now leads back to where it can be seen why.
    ("bulletin-check", lambda w: [w.published.pk], (302, 403, 403, 302, 403)),
    ("bulletin-publish", lambda w: [w.made.pk], (302, 403, 403, 302, 403)),
    ("bulletin-discard", lambda w: [w.made.pk], NATION_ONLY),
    ("newsletters", lambda _: [], EVERYONE),
    ("newsletter", lambda w: [w.letter.pk], EVERYONE),
    ("newsletter", lambda w: [w.draft.pk], BODYS_DRAFT),
    ("newsletter-file", lambda w: [w.letter.pk], EVERYONE),
    ("newsletter-file", lambda w: [w.draft.pk], BODYS_DRAFT),
    ("newsletter-new", lambda _: [], WRITING),
    ("newsletter-edit", lambda w: [w.draft.pk], WRITING_OWN),
    ("newsletter-edit", lambda w: [w.letter.pk], (302, 302, 403, 403, 403)),
    ("newsletter-article-new", lambda w: [w.draft.pk], WRITING_OWN),
    ("newsletter-article", lambda w: [w.draft.pk, 0], WRITING_OWN),
    ("newsletter-article", lambda w: [w.draft.pk, 1], (302, 404, 403, 404, 403)),
    ("newsletter-publish", lambda w: [w.draft.pk], WRITING_OWN),
    ("newsletter-discard", lambda w: [w.draft.pk], WRITING_OWN),
    ("newsletter-article-move", lambda w: [w.draft.pk, 0], BY_POST),
    ("newsletter-article-remove", lambda w: [w.draft.pk, 0], BY_POST),
    ("newsletter-correct", lambda w: [w.letter.pk], BY_POST),
    ("sign-in", lambda _: [], EVERYONE),
    ("account_login", lambda _: [], EVERYONE),
    ("mfa_authenticate", lambda _: [], ELSEWHERE),
    ("sign-in-by", lambda _: ["nobody"], BY_POST),
    ("openid_connect_callback", lambda _: ["nobody"], (404, 404, 404, 404, 404)),
    ("sign-out", lambda _: [], (405, 405, 405, 405, 405)),
    ("me", lambda _: [], SIGNED_IN),
    ("account_reauthenticate", lambda _: [], SIGNED_IN),
    ("mfa_reauthenticate", lambda _: [], ELSEWHERE),
    ("mfa_index", lambda _: [], SIGNED_IN),
    # What changes how one signs in asks for the password first.
    ("mfa_activate_totp", lambda _: [], ELSEWHERE),
    ("mfa_deactivate_totp", lambda _: [], (302, 404, 404, 404, 404)),
    ("mfa_view_recovery_codes", lambda _: [], (302, 404, 404, 404, 404)),
    ("mfa_generate_recovery_codes", lambda _: [], ELSEWHERE),
    ("socialaccount_connections", lambda _: [], SIGNED_IN),
    ("connect-service", lambda _: ["nobody"], ELSEWHERE),
    ("tokens", lambda _: [], SIGNED_IN),
    # Whose token it is stands in test_token_pages.
    ("token-revoke", lambda _: [999], (302, 404, 404, 404, 404)),
    ("api", lambda _: [], EVERYONE),
    ("openapi", lambda _: [], EVERYONE),
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
