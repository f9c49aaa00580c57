"""The interface for programs: who reads what, that nobody lists the register unasked, and what it says of mistakes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.actions.web.conftest import AT, GUANGDONG, HOME_BODY, ROLES
from zhunsheng.codes import uscc

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from tests.actions.web.conftest import World

API = "/api/v1"
CODE = uscc.invented(GUANGDONG, 1)
OWN, OTHER = "90124Q00001R0S", "90224Q00002R0S"
CALLERS = ("public", "body", "province", "nation", "holder", "reader")
Caller = dict[str, str]


@pytest.fixture
def caller_of(client_of: Callable[[str], Client]) -> Callable[[str], Caller]:
    """Return a function from a role to the headers with which its program calls; the public has none."""
    from zhunsheng.people import actions, tokens
    from zhunsheng.people.roles import PartyKind

    def caller_of(who: str) -> Caller:
        if who == "public":
            return {}
        role, kind, key = ROLES.get(who, ("bulk_reader", "reader", "a-buyer"))
        actions.admit(
            name=who,
            password="a long enough phrase",
            role=role,
            kind=PartyKind(kind),
            key=key,
            party_name="虚构",
            by="system:test",
            at=AT,
        )
        today = timezone.localdate()
        _token, given = tokens.issue(
            username=who, name="程序", expires_on=today, by=who, at=timezone.now(), today=today
        )
        return {"Authorization": f"Bearer {given}"}

    return caller_of


def get(client: Client, address: str, caller: Caller | None = None) -> Any:
    """Ask, and check what every answer has: a content type, leave for other sites, no cookie."""
    response = client.get(f"{API}{address}", headers=caller or {})
    kind = "application/json; charset=utf-8" if response.status_code == 200 else "application/problem+json"
    assert response["Content-Type"] == kind
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    assert "Cookie" not in response["Vary"]
    return response


def problem(response: HttpResponse) -> dict[str, Any]:
    """Return an answer that is a problem, having checked its form (RFC 9457)."""
    said: dict[str, Any] = json.loads(response.content)
    assert said["status"] == response.status_code
    assert said["type"].startswith("/api#problem-")
    assert said["title"]
    assert said["detail"]
    return said


EVERYONE = (200,) * 6
BULK = (401, 200, 200, 200, 200, 200)
TABLE: list[tuple[str, tuple[int, ...]]] = [
    ("/certificates?q=虚构东方", EVERYONE),
    ("/certificates?body=901&limit=50", EVERYONE),
    ("/certificates?bulk=true", BULK),
    ("/certificates?bulk=true&limit=1000", BULK),
    # A list of everything is nobody's without `bulk`, and more than 50 are not either.
    ("/certificates", (403,) * 6),
    ("/certificates?state=valid", (403,) * 6),
    ("/certificates?issued_from=1990-01-01", (403,) * 6),
    ("/certificates?q=虚构&limit=51", (401, 403, 403, 403, 403, 403)),
    ("/certificates?q=虚构&after=WzFd", (401, 403, 403, 403, 403, 403)),
    ("/organisations?q=东方", EVERYONE),
    ("/organisations", (403,) * 6),
    ("/organisations?bulk=true", BULK),
    ("/bodies?q=虚构", EVERYONE),
    ("/bodies?bulk=true", BULK),
    ("/facets?q=虚构", EVERYONE),
    ("/facets", (403,) * 6),
    (f"/certificates/{OWN}", EVERYONE),
    (f"/certificates/{OWN}?on=2024-03-01&known=2024-03-01", EVERYONE),
    ("/certificates/UNKNOWN", (404,) * 6),
    (f"/organisations/{CODE}", EVERYONE),
    ("/organisations/999999999", (404,) * 6),
    (f"/bodies/{HOME_BODY}", EVERYONE),
    ("/bodies/CNCA-R-2099-999", (404,) * 6),
    ("/regions", EVERYONE),
    ("/codes", EVERYONE),
    ("/words", EVERYONE),
    ("/schemes", EVERYONE),
    ("/standards", EVERYONE),
    ("/bulletins", EVERYONE),
    ("/bulletins/999999", (404,) * 6),
    ("/openapi.json", EVERYONE),
    ("/nothing", (404,) * 6),
]


@pytest.mark.parametrize("who", CALLERS)
def test_each_address_answers_each_caller_as_the_table_says(
    who: str, world: World, client: Client, caller_of: Callable[[str], Caller]
) -> None:
    caller, place = caller_of(who), CALLERS.index(who)
    got = {address: get(client, address, caller).status_code for address, _ in TABLE}
    assert got == {address: statuses[place] for address, statuses in TABLE}


def test_no_operation_is_missing_from_the_table() -> None:
    from zhunsheng.web.api.interface import description

    templates = {path.removeprefix(API) for path in description()["paths"]}
    singles = {"/certificates/{number}", "/organisations/{key}", "/bodies/{approval_no}", "/bulletins/{number}"}
    # The two that need published bulletins have a test of their own.
    elsewhere = {"/bulletins/{number}/findings", "/bulletins/comparison"}
    assert templates - singles - elsewhere <= {address.partition("?")[0] for address, _ in TABLE}


def test_bulletins_are_read_as_documents_with_their_findings_and_compared(world: World, client: Client) -> None:
    from zhunsheng.bulletin import actions, queries

    document = queries.document(world.published)
    regions = tuple(replace(r, certificates=451) if r.name == "北京市" else r for r in document.regions)
    later = replace(document, month="2025-08", regions=regions)
    kept = actions.keep(bulletin=later, origin="published", source="虚构的公布", by="system:test", at=AT)
    listed = get(client, "/bulletins?month=2025-07&origin=published").json()["items"]
    assert [one["id"] for one in listed] == [world.published.pk]
    assert get(client, f"/bulletins/{kept.pk}").json() == json.loads(json.dumps(later.to_json()))
    # 451 and 800 are not the 1,250 of the nation.
    findings = get(client, f"/bulletins/{kept.pk}/findings?lang=en").json()["items"]
    assert "error" in {f["level"] for f in findings if f["table"] == "regions"}
    compared = get(client, "/bulletins/comparison?earlier=2025-07&later=2025-08").json()
    beijing = next(r for r in compared["regions"] if r["name"] == "北京市")
    # 1 of 450 is 0.2222 %.
    assert beijing["certificates"] == {"before": 450, "after": 451, "change": 1, "percent": "0.22"}
    assert get(client, "/bulletins/comparison?earlier=2025-08&later=2025-07").status_code == 400
    assert get(client, "/bulletins/comparison?earlier=2024-03&later=2025-07").status_code == 404


def test_a_draft_is_nobodys_to_read_here(world: World, client: Client, caller_of: Callable[[str], Caller]) -> None:
    caller = caller_of("nation")
    for address in (f"/bulletins/{world.made.pk}", f"/bulletins/{world.made.pk}/findings"):
        assert get(client, address, caller).status_code == 404
    assert world.made.pk not in [one["id"] for one in get(client, "/bulletins", caller).json()["items"]]


@pytest.mark.parametrize(
    ("who", "own", "other"),
    [
        ("public", False, False),
        ("body", True, False),
        ("province", True, True),
        ("nation", True, True),
        ("holder", True, True),
        ("reader", False, False),
    ],
)
def test_what_is_not_public_in_a_certificate_is_told_to_its_parties_only(
    who: str, own: bool, other: bool, world: World, client: Client, caller_of: Callable[[str], Caller]
) -> None:
    caller = caller_of(who)
    for number, shown in ((OWN, own), (OTHER, other)):
        text = get(client, f"/certificates/{number}", caller).content.decode()
        assert [secret in text for secret in ("HT-SECRET-7", "HT-SECRET-6", "4871")] == [shown] * 3
        assert "设计、生产" in text


@pytest.mark.parametrize(
    ("who", "numbers"),
    [
        ("body", {OWN}),
        ("province", {OWN, OTHER}),
        ("nation", {OWN, OTHER}),
        ("holder", {OWN, OTHER}),
        ("reader", {OWN, OTHER}),
    ],
)
def test_bulk_reading_reaches_as_far_as_the_role_and_pages_give_everything_once(
    who: str, numbers: set[str], world: World, client: Client, caller_of: Callable[[str], Caller]
) -> None:
    caller, found = caller_of(who), []
    address: str | None = "/certificates?bulk=true&limit=1"
    while address is not None:
        page = get(client, address.removeprefix(API), caller).json()
        found += [row["number"] for row in page["items"]]
        address = page["next"]
        assert page["more"] == (address is not None)
        assert len(found) <= len(numbers)
    assert sorted(found) == sorted(numbers)


def test_a_place_is_good_for_its_own_query_and_cannot_be_made_up(
    world: World, client: Client, caller_of: Callable[[str], Caller]
) -> None:
    from zhunsheng.register.finding import Cursor

    caller = caller_of("reader")
    following = get(client, "/certificates?bulk=true&limit=1", caller).json()["next"].removeprefix(API)
    assert get(client, following, caller).status_code == 200
    forged = ["x", "WzFd", Cursor(("name", "x")).token(), Cursor((1, 2**70)).token(), "é" * 20, "." * 20]
    for address in [f"{following}&region=44", *(f"/certificates?bulk=true&after={mark}" for mark in forged)]:
        said = problem(get(client, address, caller))
        assert (said["status"], said["errors"][0]["field"]) == (400, "after")


def test_a_session_opens_nothing_here(world: World, client_of: Callable[[str], Client]) -> None:
    client = client_of("nation")
    assert get(client, "/certificates?bulk=true").status_code == 401
    assert "HT-SECRET" not in get(client, f"/certificates/{OWN}").content.decode()


def test_a_public_look_up_reads_no_session_and_asks_nothing_but_its_own_statement(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # It goes past Django's cursors; whatever else asked the database would be counted.
    with django_assert_num_queries(0):
        get(client, f"/certificates/{OWN}")


@pytest.mark.parametrize("spoiled", ["revoked", "expired", "closed", "role", "unknown", "empty", "basic"])
def test_a_token_that_opens_nothing_is_refused_without_saying_why(
    spoiled: str, world: World, client: Client, caller_of: Callable[[str], Caller]
) -> None:
    from zhunsheng.people import tokens
    from zhunsheng.people.models import Membership, Person, Token

    caller = caller_of("reader")
    assert get(client, "/certificates?bulk=true", caller).status_code == 200
    token = Token.objects.get()
    if spoiled == "revoked":
        tokens.revoke(token=token.pk, by="reader", at=AT)
    elif spoiled == "expired":
        Token.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    elif spoiled == "closed":
        Person.objects.update(is_active=False)
    elif spoiled == "role":
        Membership.objects.all().delete()
    said = {"unknown": "Bearer zhunsheng_x", "empty": "Bearer ", "basic": "Basic eDp5"}.get(spoiled)
    response = get(client, "/regions", {"Authorization": said} if said else caller)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert problem(response)["detail"] == "令牌不存在、已到期或已吊销。请在“我的令牌”页另做一枚。"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_nothing_but_reading_is_possible(
    method: str, world: World, client: Client, caller_of: Callable[[str], Caller]
) -> None:
    response = getattr(client, method)(f"{API}/certificates", headers=caller_of("nation"))
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_a_browser_elsewhere_may_ask(client: Client) -> None:
    response = client.options(f"{API}/certificates", headers={"Origin": "https://example.org"})
    assert response.status_code == 204
    assert "Authorization" in response["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("region=99", "region"),
        ("state=fine", "state"),
        ("issued_from=yesterday", "issued_from"),
        ("issued_from=2025-02-30", "issued_from"),
        ("issued_from=0", "issued_from"),
        ("issued_from=2025-02-03T00:00:00", "issued_from"),
        ("limit=5.0", "limit"),
        ("bulk=yes", "bulk"),
        ("issued_from=2025-02-02&issued_until=2025-02-01", "issued_until"),
        ("scheme=Q99", "scheme"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("bulk=perhaps", "bulk"),
        ("q=" + "长" * 101, "q"),
        ("regoin=44", "regoin"),
        ("lang=fr", "lang"),
    ],
)
def test_a_mistake_is_told_with_its_field_in_both_languages(query: str, field: str, client: Client, db: None) -> None:
    chinese = problem(get(client, f"/certificates?{query}"))
    english = problem(get(client, f"/certificates?{query}", {"Accept-Language": "fr, en-GB;q=0.8, zh;q=0.1"}))
    for said in (chinese, english):
        assert said["status"] == 400
        assert field in [one["field"] for one in said["errors"]]
    assert chinese["title"] == "参数有误"
    if field != "lang":
        assert english["title"].isascii()


HOSTILE = [
    "%00",
    "%ff",
    "%ED%A0%80",
    "..%2f..%2f",
    "'%20OR%201=1--",
    "%25",
    "*",
    "%2f%2f",
    "9" * 400,
    "%F0%9F%92%A9",
    "-1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_never_breaks_anything(
    text: str, world: World, client: Client, caller_of: Callable[[str], Caller]
) -> None:
    places = ["/certificates/{}", "/organisations/{}", "/bodies/{}", "/bulletins/{}", "/certificates?q={}"]
    places += ["/certificates?body={}", "/certificates?standard={}", "/certificates?scheme={}", "/bodies?q={}"]
    places += ["/certificates?q=虚构&lang={}", "/certificates?bulk=true&after={}", "/{}", "/facets?q={}"]
    for place in places:
        assert get(client, place.format(text), caller_of("reader") if "bulk" in place else {}).status_code < 500


def test_an_answer_that_has_not_changed_is_not_sent_again(world: World, client: Client) -> None:
    first = get(client, "/regions")
    again = client.get(f"{API}/regions", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(f"{API}/regions")["ETag"] == first["ETag"]


def test_an_answer_to_a_token_is_not_kept_for_others(
    world: World, client: Client, caller_of: Callable[[str], Caller]
) -> None:
    assert get(client, f"/certificates/{OWN}", caller_of("body"))["Cache-Control"] == "private, no-cache"
    assert get(client, f"/certificates/{OWN}")["Vary"] == "Accept-Language, Authorization"


def test_every_code_in_an_answer_is_explained_by_a_reference_table(world: World, client: Client) -> None:
    found = get(client, f"/certificates/{OWN}").json()["certificates"][0]
    words = get(client, "/words").json()
    tables = {t["name"]: {c["code"] for c in t["codes"]} for t in get(client, "/codes").json()["items"]}
    suspended = next(entry for entry in found["timeline"] if entry["kind"] == "suspended")
    assert suspended["reason"] in tables[words["reasons"]["suspended"]]
    assert {found["state"]} <= {word["value"] for word in words["states"]}
    assert {entry["kind"] for entry in found["timeline"]} <= {word["value"] for word in words["kinds"]}
    assert all(word["zh"] != word["en"] and word["en"].isascii() for word in words["states"])
    assert found["scheme"]["code"] in {s["code"] for s in get(client, "/schemes").json()["items"]}
    regions = get(client, "/regions").json()
    assert found["organisation"]["region"] in {r["code"] for r in regions["regions"]}
    assert sum(len(block["regions"]) for block in regions["blocks"]) == 34


def test_the_same_number_of_two_bodies_gives_both_and_dates_are_kept_apart(world: World, client: Client) -> None:
    from zhunsheng.register.models import Certificate

    Certificate.objects.filter(pk=world.other.pk).update(number=OWN)
    found = get(client, f"/certificates/{OWN.lower()[:4]}%20{OWN[4:]}").json()
    assert [c["body"]["approval_no"] for c in found["certificates"]] == [HOME_BODY, "CNCA-R-2099-902"]
    # Suspended on 2025-02-01, known since 2025-03-10; issued on 2024-01-10.
    asked = [
        ("2025-02-15", "2025-02-15", "valid"),
        ("2025-02-15", "2025-03-10", "suspended"),
        ("2024-01-09", None, None),
    ]
    for on, known, state in asked:
        address = f"/certificates/{OWN}?on={on}" + (f"&known={known}" if known else "")
        assert [c["state"] for c in get(client, address).json()["certificates"]] == [state] * 2
    early = get(client, f"/certificates/{OWN}?known={date(2023, 1, 1)}").json()["certificates"][0]
    assert (early["heard_of"], early["state"]) == (False, None)
