"""What a search finds: a table of queries and hits, counts that add up, pages that cover everything once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.register import found
from zhunsheng.people.policy import PUBLIC, Grant, Viewer
from zhunsheng.people.roles import PartyKind, Permission
from zhunsheng.register import finding
from zhunsheng.register.finding import hits
from zhunsheng.register.models import Certificate
from zhunsheng.register.policy import State, state_with_end

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db
READER = Viewer("reader", frozenset({Grant(Permission.READ_IN_BULK, PartyKind.READER, "data")}))
TODAY = date(2025, 8, 5)


@pytest.fixture
def world(now: datetime) -> found.World:
    return found.world(now)


def asked(**params: str) -> finding.Query:
    return finding.read({"q" if name == "text" else name: value for name, value in params.items()})


def numbers(world: found.World, query: finding.Query) -> set[str]:
    page = finding.certificates(query, viewer=READER, today=TODAY, bulk=True)
    names = {c.pk: name for name, c in world.certificates.items()}
    assert page.next is None
    return {names[c.pk] for c in page.rows}


# Today is 2025-08-05. q3 ended the day before; h1 was reported expired; e2 has no end date.
SPEC: list[tuple[dict[str, str], str]] = [
    ({"text": "90124Q00001R0S"}, "q1"),
    ({"text": " 90124q0000 1r0s "}, "q1"),
    ({"text": "９０１２４Ｑ００００１Ｒ０Ｓ"}, "q1"),
    ({"text": "90124Q00001"}, ""),
    ({"text": "青禾"}, "q1 p1"),
    ({"text": "青禾北京"}, "q1 p1"),
    ({"text": "精密机械"}, "q1 p1"),  # a former name
    ({"text": "科技"}, "q1 q2 e1 p1"),
    ({"text": "科技", "region": "44"}, "q2 e1"),
    ({"text": "科技", "state": "suspended"}, "q2"),
    ({"text": "技科"}, ""),
    ({"text": "abc t"}, "e2"),
    ({"text": "100%_"}, "e2"),
    ({"text": "0_满"}, "e2"),  # signs between letters do not count
    ({"text": "%%%%"}, ""),
    ({"body": found.NORTH}, "q1 q2 x1 h1"),
    ({"body": "cnca-r-2099-901"}, "q1 q2 x1 h1"),
    ({"body": "南方中国"}, "q3 e1 e2 p1"),
    ({"body": "没有这家"}, ""),
    ({"scheme": "A"}, "q1 q2 q3 e1 e2 x1 h1"),
    ({"scheme": "A01"}, "q1 q2 q3"),
    ({"scheme": "a0102"}, "q3"),
    ({"scheme": "B"}, "p1"),
    ({"scheme": "C01"}, ""),
    ({"standard": "ISO 9001"}, "q1 q2 q3"),  # q3 states no basis; its project is certified to it
    ({"standard": "iso9001"}, "q1 q2 q3"),
    ({"standard": "GB/T 19001"}, "q1 q2 q3"),
    ({"standard": "ISO 9001:2008"}, "q2"),
    ({"standard": "GB/T 19001-2016"}, "q1"),
    ({"standard": "GB/T 24001"}, "e1 e2 x1"),
    ({"standard": "GB/T 24001", "state": "valid"}, "e1"),
    ({"standard": "ISO 2200"}, ""),  # not a part of ISO 22000
    ({"standard": "SA 8000"}, ""),
    ({"region": "54"}, "q3 x1 h1"),
    ({"region": "abroad"}, "e2"),
    ({"region": "unknown"}, ""),
    ({"state": "valid"}, "q1 e1 p1"),
    ({"state": "suspended"}, "q2"),
    ({"state": "withdrawn"}, "e2"),
    ({"state": "expired"}, "q3 h1"),
    ({"state": "replaced"}, "x1"),
    ({"state": "cancelled"}, ""),
    ({"issued_from": "2020-01-01", "issued_until": "2020-01-01"}, "p1"),
    ({"issued_until": "2019-12-31"}, ""),
    ({"expires_from": "2025-08-04", "expires_until": "2025-08-04"}, "q3"),
    ({"expires_until": "2025年8月4日"}, "q3"),
    ({"scheme": "A02", "region": "44", "body": found.SOUTH, "state": "valid", "standard": "GB/T 24001-2016"}, "e1"),
    ({"scheme": "A02", "region": "44", "body": found.NORTH}, ""),
]


@pytest.mark.parametrize(("params", "hit"), SPEC, ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_a_query_finds_these_certificates(world: found.World, params: dict[str, str], hit: str) -> None:
    assert numbers(world, asked(**params)) == set(hit.split())


@pytest.mark.parametrize(("params", "hit"), SPEC, ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_the_walk_and_the_small_source_find_the_same(
    world: found.World, params: dict[str, str], hit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "SMALL", -1)
    monkeypatch.setattr(hits, "SMALL_ORGANISATIONS", -1)
    monkeypatch.setattr(hits, "WINDOW", 1)
    assert numbers(world, asked(**params)) == set(hit.split())


def test_organisations_come_with_the_best_name_first(world: found.World) -> None:
    for serial, name in enumerate(("大青禾科技", "青禾科技", "青禾", "小青禾"), start=20):
        found.holder(serial, name)
    page = finding.organisations(asked(text="青禾"), viewer=PUBLIC, today=TODAY)
    names = [o.name for o in page.rows]
    # The whole name, those that begin with it by length (a former name counts as it stood), then the others.
    assert names == ["青禾", "青禾科技", "青禾（北京）科技有限公司", "小青禾", "大青禾科技"]


@pytest.mark.parametrize(
    ("params", "hit"),
    [
        ({"text": "科技"}, "qinghe baiyun"),
        ({"text": "科技", "scheme": "A02"}, "baiyun"),
        ({"text": "科技", "scheme": "B", "state": "valid"}, "qinghe"),
        # One certificate has to fit it all: baiyun's suspended one is to another scheme.
        ({"text": "白云", "scheme": "A02", "state": "suspended"}, ""),
        ({"region": "54"}, "lasa"),
        ({"body": found.NORTH}, "qinghe baiyun lasa"),
        ({"scheme": "A01", "region": "44"}, "baiyun"),
        ({"state": "withdrawn"}, "abc"),
        ({"standard": "ISO 9001"}, "qinghe baiyun lasa"),
    ],
)
def test_a_query_finds_these_organisations(
    world: found.World, params: dict[str, str], hit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {o.pk: name for name, o in world.holders.items()}

    def ask() -> set[str]:
        page = finding.organisations(asked(**params), viewer=READER, today=TODAY, bulk=True)
        assert page.next is None
        return {names[o.pk] for o in page.rows}

    assert ask() == set(hit.split())
    monkeypatch.setattr(hits, "SMALL", -1)
    monkeypatch.setattr(hits, "SMALL_ORGANISATIONS", -1)
    assert ask() == set(hit.split())


def test_an_organisation_s_code_finds_it_and_its_certificates(world: found.World) -> None:
    code = world.holders["baiyun"].code
    assert numbers(world, asked(text=code.lower())) == {"q2", "e1"}
    rows = finding.organisations(asked(text=code), viewer=PUBLIC, today=TODAY).rows
    assert [o.code for o in rows] == [code]


def test_bodies_are_found_by_number_or_part_of_a_name(world: found.World) -> None:
    def names(text: str) -> list[str]:
        return [b.approval_no for b in finding.bodies(asked(text=text), viewer=PUBLIC).rows]

    assert names("cnca-rf-2099-02") == [found.SOUTH]
    assert names("北方") == [found.NORTH]
    assert names("虚构") == [found.NORTH, found.SOUTH]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9O124QOOOO1ROS", ["90124Q00001R0S"]),
        ("90l24Q0000lR0S", ["90124Q00001R0S"]),
        ("9012 4Q00O01R0S", ["90124Q00001R0S"]),
        ("90224E0001OROM", ["90224E00010R0M"]),
        ("CNCA-R-2O99-9O1", [found.NORTH]),
        ("99999Q00001R0S", []),
        ("青禾", []),
    ],
)
def test_a_number_that_is_not_found_offers_the_one_that_looks_alike(
    world: found.World, typed: str, meant: list[str]
) -> None:
    assert finding.near(asked(text=typed)) == meant


def test_facets_count_what_fits_and_settle_what_is_asked(world: found.World) -> None:
    facets = finding.facets(asked(text="科技"), viewer=PUBLIC, today=TODAY)
    assert facets.total == finding.Count(4, exact=True)
    counted = {name: {v.code: v.n for v in values} for name, values in facets.groups.items()}
    assert counted == {
        "scheme": {"A01": 2, "A02": 1, "B01": 1},
        "region": {"11": 2, "44": 2},
        "state": {"valid": 3, "suspended": 1},
        "body": {found.NORTH: 2, found.SOUTH: 2},
    }


def test_beyond_the_cap_nothing_is_counted_but_everything_is_offered(
    world: found.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhunsheng.register.finding.things.MOST_COUNTED", 2)
    facets = finding.facets(asked(scheme="A"), viewer=PUBLIC, today=TODAY)
    assert facets.total == finding.Count(2, exact=False)
    assert {v.n for values in facets.groups.values() for v in values} == {None}
    assert "A01" in {v.code for v in facets.groups["scheme"]}
    assert "B01" not in {v.code for v in facets.groups["scheme"]}


def test_a_count_stops_at_its_cap(world: found.World) -> None:
    query = asked(scheme="A")
    assert finding.counted(query, viewer=PUBLIC, today=TODAY, cap=6) == finding.Count(6, exact=False)
    assert finding.counted(query, viewer=PUBLIC, today=TODAY, cap=7) == finding.Count(7, exact=True)
    of = replace(query, what=finding.What.ORGANISATIONS)
    assert finding.counted(of, viewer=PUBLIC, today=TODAY) == finding.Count(4, exact=True)


# ---- paging ----------------------------------------------------------------------------------------

PAGED = [{}, {"text": "试验"}, {"region": "44"}, {"scheme": "A01"}, {"text": "试验", "region": "44"}]


def many(world: found.World, first: int, count: int) -> None:
    for n in range(first, first + count):
        # Every third changes its name, so one organisation stands in the index twice.
        names = [f"试验{n}有限公司", f"试验改名{n}公司"][: 2 if n % 3 == 0 else 1]
        made = found.holder(1000 + n, *names, region="44" if n % 2 else "11")
        found.certificate(f"N{n:05d}", world.north, made, ("A0101", "A0201", "B01")[n % 3])


def through(query: finding.Query, what: str, limit: int, world: found.World | None = None) -> list[int]:
    seen: list[int] = []
    after, turn = None, 0
    while True:
        page: finding.Page[Any] = getattr(finding, what)(
            query, viewer=READER, today=TODAY, bulk=True, limit=limit, after=after
        )
        seen += [row.pk for row in page.rows]
        assert len(page.rows) <= limit
        if page.next is None:
            return seen
        after = finding.cursor(page.next.token())
        if world is not None:
            many(world, 500 + turn, 1)
            turn += 1


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize("params", PAGED)
@pytest.mark.parametrize("what", ["certificates", "organisations"])
def test_paging_covers_everything_exactly_once_while_rows_are_added(
    world: found.World, what: str, params: dict[str, str], small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhunsheng.register.search.FIRST_BLOCK", 4)
    monkeypatch.setattr("zhunsheng.register.search.BLOCK", 5)
    monkeypatch.setattr(hits, "WINDOW", 3)
    if not small:
        monkeypatch.setattr(hits, "SMALL", -1)
        monkeypatch.setattr(hits, "SMALL_ORGANISATIONS", -1)
    many(world, 0, 24)
    query = asked(**params)
    before = set(through(query, what, 1000))
    seen = through(query, what, 7, world)
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_a_search_whose_budget_is_spent_says_where_to_go_on(
    world: found.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hits, "SMALL", -1)
    monkeypatch.setattr(hits, "SMALL_ORGANISATIONS", -1)
    monkeypatch.setattr(hits.find, "__kwdefaults__", {"budget": 1})
    many(world, 0, 12)
    assert finding.certificates(asked(region="54"), viewer=READER, today=TODAY, bulk=True).rows == []
    assert len(through(asked(region="54"), "certificates", 50)) == 3


# ---- generated worlds ------------------------------------------------------------------------------

CODES = ("A0101", "A0201", "B01", "C01")
CERTIFICATES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.booleans(),
        st.sampled_from(CODES),
        st.sampled_from(sorted(State)),
        st.none() | st.sampled_from([date(2025, 8, 4), date(2025, 8, 5), date(2026, 1, 1)]),
    ),
    max_size=12,
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(["科技", "青禾"]),
        "body": st.sampled_from([found.NORTH, "南方"]),
        "scheme": st.sampled_from(["A", "A01", "B01", "C"]),
        "region": st.sampled_from(["11", "44", "54"]),
        "state": st.sampled_from(sorted(State)),
        "expires_from": st.just("2025-08-05"),
        "expires_until": st.just("2025-08-05"),
    },
)


def fits(row: Certificate, params: dict[str, str]) -> bool:
    """Say the same in plain Python, one certificate at a time."""
    names = {e.name for e in row.organisation.events.all()}
    return (
        any(params.get("q", "") in name for name in names)
        and (row.body.approval_no == params.get("body") or params.get("body", "") in row.body.name)
        and row.national_code.startswith(params.get("scheme", ""))
        and row.organisation.region == params.get("region", row.organisation.region)
        and state_with_end(State(row.state), row.expires_on, TODAY) == params.get("state", _state(row))
        and ("expires_from" not in params or (row.expires_on or date.min) >= TODAY)
        and ("expires_until" not in params or (row.expires_on or date.max) <= TODAY)
    )


def _state(row: Certificate) -> State:
    return state_with_end(State(row.state), row.expires_on, TODAY)


@given(rows=CERTIFICATES, params=QUERIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_facets_are_what_counting_one_by_one_gives(world: found.World, rows: list[Any], params: dict[str, str]) -> None:
    Certificate.objects.all().delete()
    holders = list(world.holders.values())
    for n, (who, north, code, state, expires) in enumerate(rows):
        of = world.north if north else world.south
        found.certificate(f"G{n}", of, holders[who], code, state=state, expires_on=expires)
    kept = [c for c in Certificate.objects.select_related("body", "organisation") if fits(c, params)]
    facets = finding.facets(finding.read(params), viewer=READER, today=TODAY, bulk=True)
    assert facets.total == finding.Count(len(kept), exact=True)
    for name, of_row in (
        ("scheme", lambda c: c.national_code[:3]),
        ("region", lambda c: c.organisation.region),
        ("state", _state),
        ("body", lambda c: c.body.approval_no),
    ):
        wanted: dict[str, int] = {}
        for row in kept:
            wanted[of_row(row)] = wanted.get(of_row(row), 0) + 1
        assert {v.code: v.n for v in facets.groups[name]} == wanted


HOSTILE = [
    "%",
    "_",
    "'; DROP TABLE x; --",
    '"',
    '" OR "',
    "NEAR(",
    "科技 AND 公司",
    "{科}",
    "\\",
    "*",
    "^",
    "科*",
    "🀄🀄",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["q", "body", "standard"])
def test_signs_of_query_languages_are_only_text(world: found.World, field: str, text: str) -> None:
    query = finding.read({field: text, "region": "44"})
    for what in ("certificates", "organisations"):
        rows = getattr(finding, what)(query, viewer=READER, today=TODAY, bulk=True).rows
        assert rows == []
    assert isinstance(finding.near(query), list)


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_an_answer_or_a_refusal_in_words(world: found.World, text: str) -> None:
    for field in ("q", "body", "scheme", "standard", "region", "state", "issued_from"):
        try:
            query = finding.read({field: text})
            finding.certificates(query, viewer=READER, today=TODAY, bulk=True)
            finding.organisations(query, viewer=READER, today=TODAY, bulk=True)
        except finding.BadQuery as error:
            assert error.said()  # noqa: PT017 - either outcome is right
