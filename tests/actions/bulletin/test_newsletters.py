"""Newsletters: a party's own until they are published, and then everybody's and unchangeable."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pypdfium2 as pdfium
import pytest
from django.db import Error, transaction

from zhunsheng.bulletin import actions as bulletins
from zhunsheng.bulletin import articles, issues, newsletters, published
from zhunsheng.bulletin.actions import newsletters as actions
from zhunsheng.bulletin.models import Newsletter
from zhunsheng.bulletin.policy import Overtaken, Refused
from zhunsheng.bulletin.queries import NoSuchBulletin
from zhunsheng.people.policy import PUBLIC, NotPermitted, Viewer, grants_of
from zhunsheng.trail import queries as trail

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

AT = datetime(2025, 8, 11, 2, 0, tzinfo=UTC)
OWN, OTHER = "CNCA-R-2099-901", "CNCA-R-2099-902"
BODY = Viewer("body", grants_of("body_staff", "body", OWN))
RIVAL = Viewer("rival", grants_of("body_staff", "body", OTHER))
NATION = Viewer("nation", grants_of("regulator", "regulator", ""))
PROVINCE = Viewer("province", grants_of("regulator", "regulator", "44"))
HOLDER = Viewer("holder", grants_of("holder", "organisation", "X"))
HOSTILE = '#panic() #read("/etc/passwd") $x$ \\ @a <b> <script>alert(1)</script> `#{1+1}`'


@pytest.fixture(autouse=True)
def _months() -> None:
    for month in ("2024-03", "2025-07"):
        bulletins.keep(bulletin=published.load(month), origin="published", source="虚构的出处", by="x", at=AT)


def writer(viewer: Viewer, revision: int = 0) -> actions.Writer:
    """Someone who writes."""
    return actions.Writer(viewer, viewer.name, AT, revision)


def start(viewer: Viewer = BODY, kind: str = "body", key: str = OWN, **head: str) -> Newsletter:
    """Start an issue."""
    said = {"name": "北方简报", "issue": "第 8 期", "title": "七月", "month": "2025-07", **head}
    return actions.start(kind=kind, key=key, publisher="虚构北方认证有限公司", **said, writer=writer(viewer))


def put(issue: Newsletter, title: str, text: str = "一段", place: int | None = None) -> Newsletter:
    """Write an article."""
    return actions.put_article(
        pk=issue.pk, place=place, title=title, byline="", text=text, writer=writer(BODY, issue.revision)
    )


def titles(issue: Newsletter) -> list[str]:
    """The articles in their order."""
    return [one["title"] for one in issue.articles]


def text_of(content: bytes) -> str:
    """What a PDF says, without white space."""
    with pdfium.PdfDocument(content) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_articles_are_written_changed_put_in_order_and_taken_out() -> None:
    issue = start()
    for title in ("甲", "乙", "丙"):
        issue = put(issue, title)
    issue = put(issue, "乙二", place=1)
    issue = actions.move_article(pk=issue.pk, place=2, up=True, writer=writer(BODY, issue.revision))
    issue = actions.move_article(pk=issue.pk, place=0, up=True, writer=writer(BODY, issue.revision))
    assert titles(issue) == ["甲", "丙", "乙二"]
    issue = actions.remove_article(pk=issue.pk, place=0, writer=writer(BODY, issue.revision))
    assert titles(issue) == ["丙", "乙二"]
    assert trail.about(f"newsletter:{issue.pk}").count() == 1 + 3 + 1 + 2 + 1
    for place in (-1, 2):
        with pytest.raises(actions.CannotChange):
            actions.remove_article(pk=issue.pk, place=place, writer=writer(BODY, issue.revision))


def test_what_somebody_else_wrote_meanwhile_is_not_written_over() -> None:
    issue = start()
    put(issue, "先写的")
    with pytest.raises(Overtaken):
        put(issue, "后写的")
    issue.refresh_from_db()
    assert titles(issue) == ["先写的"]


@pytest.mark.parametrize("viewer", [PUBLIC, RIVAL, NATION, PROVINCE, HOLDER], ids=lambda v: v.name or "public")
def test_a_draft_is_its_own_partys_alone(viewer: Viewer) -> None:
    issue = start()
    assert issue not in newsletters.listed(viewer)
    with pytest.raises(NoSuchBulletin):
        newsletters.one(issue.pk, viewer)
    acts: list[Callable[[], object]] = [
        lambda: actions.edit(pk=issue.pk, values={"title": "x"}, writer=writer(viewer)),
        lambda: actions.publish(pk=issue.pk, writer=writer(viewer)),
        lambda: actions.discard(pk=issue.pk, writer=writer(viewer)),
        lambda: start(viewer),
    ]
    for act in acts:
        with pytest.raises((NoSuchBulletin, NotPermitted)):
            act()
    assert newsletters.one(issue.pk, BODY) == issue


def test_the_regulator_writes_its_own() -> None:
    issue = start(NATION, "regulator", "")
    assert newsletters.one(issue.pk, NATION) == issue
    with pytest.raises(NoSuchBulletin):
        newsletters.one(issue.pk, BODY)


def test_a_published_issue_is_everybodys_with_who_when_and_its_pdf() -> None:
    issue = put(start(), "编者的话", "**要点**")
    issue = actions.publish(pk=issue.pk, writer=writer(BODY, issue.revision))
    assert (issue.state, issue.published_by, issue.published_at) == ("published", "body", AT)
    assert newsletters.one(issue.pk, PUBLIC) == issue
    said = text_of(bytes(issue.pdf or b""))
    # The figure of July 2025, the growth since March 2024 and what its check finds.
    assert all(
        word in said for word in ("北方简报", "编者的话", "要点", "4340282", "14.28%", "428万与哪个总数都不相符")
    )
    assert "草稿" not in said


def test_ready_sections_can_be_switched_off() -> None:
    issue = start()
    issue = actions.edit(pk=issue.pk, values={"sections": [issues.FIGURES]}, writer=writer(BODY, issue.revision))
    said = text_of(issues.as_pdf(issue))
    assert "4340282" in said
    assert "14.28%" not in said
    assert "428万与哪个总数都不相符" not in said
    assert "草稿，尚未公布" in said


def test_an_issue_without_any_content_is_not_published() -> None:
    issue = start()
    issue = actions.edit(pk=issue.pk, values={"sections": []}, writer=writer(BODY, issue.revision))
    with pytest.raises(actions.CannotChange, match="没有内容"):
        actions.publish(pk=issue.pk, writer=writer(BODY, issue.revision))
    issue = put(issue, "编者的话")
    assert actions.publish(pk=issue.pk, writer=writer(BODY, issue.revision)).state == "published"


def test_text_that_looks_like_typst_is_set_as_text() -> None:
    issue = put(start(), HOSTILE, HOSTILE)
    said = text_of(issues.as_pdf(issue))
    for piece in ("#panic()", '#read("/etc/passwd")', "$x$", "<script>alert(1)</script>"):
        assert said.count(piece) >= 2


def test_nothing_changes_what_is_published() -> None:
    issue = put(start(), "甲")
    issue = actions.publish(pk=issue.pk, writer=writer(BODY, issue.revision))
    before = Newsletter.objects.filter(pk=issue.pk).values().get()
    now = writer(BODY, issue.revision)
    acts: list[Callable[[], object]] = [
        lambda: actions.edit(pk=issue.pk, values={"title": "x"}, writer=now),
        lambda: put(issue, "乙"),
        lambda: actions.move_article(pk=issue.pk, place=0, up=False, writer=now),
        lambda: actions.remove_article(pk=issue.pk, place=0, writer=now),
        lambda: actions.publish(pk=issue.pk, writer=now),
        lambda: actions.discard(pk=issue.pk, writer=now),
        lambda: Newsletter.objects.filter(pk=issue.pk).update(title="x"),
        lambda: Newsletter.objects.filter(pk=issue.pk).delete(),
        issue.save,
    ]
    for act in acts:
        with pytest.raises((Refused, Error)), transaction.atomic():
            act()
    assert Newsletter.objects.filter(pk=issue.pk).values().get() == before


def test_a_later_correction_of_the_bulletin_does_not_reach_into_it() -> None:
    issue = actions.publish(pk=start().pk, writer=writer(BODY))
    first = issues.ready(issue).bulletin
    from dataclasses import replace

    other = replace(published.load("2025-07"), growth=())
    bulletins.keep(bulletin=other, origin="published", by="x", at=AT)
    assert issues.ready(newsletters.one(issue.pk)).bulletin == first
    assert issues.ready(start(issue="第 9 期")).bulletin == other


def test_a_correction_is_another_issue_that_says_why() -> None:
    issue = put(start(), "甲")
    issue = actions.publish(pk=issue.pk, writer=writer(BODY, issue.revision))
    new = actions.correct(pk=issue.pk, writer=writer(BODY))
    assert actions.correct(pk=issue.pk, writer=writer(BODY)) == new
    assert (new.corrects, titles(new), new.state) == (issue, ["甲"], "draft")
    with pytest.raises(actions.CannotChange, match="哪里错了"):
        actions.publish(pk=new.pk, writer=writer(BODY, new.revision))
    values: dict[str, Any] = {"what_was_wrong": "标题写错", "why_wrong": "笔误"}
    new = actions.edit(pk=new.pk, values=values, writer=writer(BODY, new.revision))
    new = actions.publish(pk=new.pk, writer=writer(BODY, new.revision))
    assert "标题写错" in text_of(bytes(new.pdf or b""))
    assert newsletters.one(issue.pk).corrected_by == new


def test_an_issue_is_there_once_and_a_form_sent_twice_starts_one() -> None:
    issue = start()
    assert start() == issue
    assert trail.about(f"newsletter:{issue.pk}").count() == 1
    with pytest.raises(actions.CannotChange, match="已经有了"):
        start(title="另一篇")
    other = start(issue="第 9 期")
    with pytest.raises(actions.CannotChange, match="已经有了"):
        actions.edit(pk=other.pk, values={"issue": "第 8 期"}, writer=writer(BODY))
    # Another party's issue of the same name and number is another's.
    assert start(RIVAL, "body", OTHER) != issue
    published_issue = actions.publish(pk=issue.pk, writer=writer(BODY))
    with pytest.raises(actions.CannotChange, match="已经有了"):
        start()
    new = actions.correct(pk=published_issue.pk, writer=writer(BODY))
    values = {"issue": new.issue, "title": "七月（更正）"}
    assert actions.edit(pk=new.pk, values=values, writer=writer(BODY, new.revision)).title == "七月（更正）"


def test_the_regions_that_grew_most_are_regions_that_grew() -> None:
    bulletins.keep(bulletin=published.load("2024-12"), origin="published", source="虚构的出处", by="x", at=AT)
    found = issues.compared(issues.ready(start()))
    assert found is not None
    # The copy of December 2024 has these three of the provinces.
    assert [row[:5] for row in found.tables[1].rows] == [
        ("河北省", "147,147", "158,931", "+11,784", "+8.01%"),
        ("北京市", "156,436", "164,758", "+8,322", "+5.32%"),
        ("天津市", "72,835", "77,020", "+4,185", "+5.75%"),
    ]
    # 产品认证 was 1,773,541 of 4,158,266 (42.65 %) and is 1,795,146 of 4,340,282 (41.36 %).
    products = next(row for row in found.tables[0].rows if row[0] == "产品认证")
    assert products[5] == "\u22121.29"


def test_an_article_that_cannot_be_set_is_not_kept() -> None:
    issue = start()
    with pytest.raises(articles.CannotBeSet):
        put(issue, "甲", "字" * (articles.LONGEST + 1))
    issue.refresh_from_db()
    assert issue.articles == []


def test_an_issue_takes_no_more_articles_than_it_may() -> None:
    issue = start()
    for place in range(actions.MOST_ARTICLES):
        issue = put(issue, f"第 {place} 篇")
    with pytest.raises(actions.CannotChange, match="最多"):
        put(issue, "再一篇")


def test_a_draft_can_be_discarded() -> None:
    issue = start()
    with pytest.raises(Overtaken):
        actions.discard(pk=issue.pk, writer=writer(BODY, 7))
    actions.discard(pk=issue.pk, writer=writer(BODY))
    assert not Newsletter.objects.exists()
    assert {e.at.date() for e in trail.about(f"newsletter:{issue.pk}")} == {date(2025, 8, 11)}
