"""The pages of publishing, correcting, comparing and of newsletters, as their readers and makers use them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from zhunsheng.bulletin import actions, checks, published, queries
from zhunsheng.bulletin.models import MonthlyBulletin, Newsletter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.actions.web.conftest import World
    from zhunsheng.bulletin.model import Bulletin

AT = datetime(2025, 8, 11, 2, 0, tzinfo=UTC)
MONTH = "2025-05"


def whole() -> Bulletin:
    """A bulletin of a month that nobody else has."""
    return replace(published.load("2025-07"), month=MONTH, growth=())


def draft(bulletin: Bulletin, known: date = date(2025, 7, 1)) -> MonthlyBulletin:
    """Keep a draft."""
    return actions.keep(bulletin=bulletin, origin="made", known_on=known, by="maker", at=AT)


def send(client: Client, name: str, args: list[Any], /, **values: str) -> Any:
    """Send a form."""
    return client.post(reverse(name, args=args), values)


def checked(client: Client, kept: MonthlyBulletin) -> None:
    """Check a draft on its page."""
    words = {f"explanation-{checks.key(f)}": "没有地区。" for f in queries.findings(kept) if f.level == "warning"}
    assert send(client, "bulletin-check", [kept.pk], digest=kept.sha256, **words).status_code == 302


def test_a_draft_is_checked_and_published_on_its_pages(db: None, client_of: Callable[[str], Client]) -> None:
    client, kept = client_of("nation"), draft(whole())
    page = client.get(reverse("bulletin", args=[kept.pk])).content.decode()
    assert reverse("bulletin-check", args=[kept.pk]) in page
    assert reverse("bulletin-publish", args=[kept.pk]) not in page
    asked = client.get(reverse("bulletin-check", args=[kept.pk])).content.decode()
    warnings = [f for f in queries.findings(kept) if f.level == "warning"]
    assert asked.count("<textarea") == len({checks.key(f) for f in warnings})
    silent = send(client, "bulletin-check", [kept.pk], digest=kept.sha256)
    assert (silent.status_code, "存疑没有写明原因" in silent.content.decode()) == (400, True)
    checked(client, kept)
    confirm = client.get(reverse("bulletin-publish", args=[kept.pk])).content.decode()
    assert "不能再改" in confirm
    assert Client().get(reverse("bulletin", args=[kept.pk])).status_code == 404
    assert send(client, "bulletin-publish", [kept.pk], digest="0" * 64).status_code == 400
    assert send(client, "bulletin-publish", [kept.pk], digest=kept.sha256).status_code == 302
    seen = Client().get(reverse("bulletin", args=[kept.pk])).content.decode()
    assert "公布者说明：" in seen
    # The public reads when it was published, not the sign-in name of who did it.
    assert "maker" not in seen


def test_a_correction_is_told_on_both_versions_and_the_month_leads_to_the_newest(
    db: None, client_of: Callable[[str], Client]
) -> None:
    client, old = client_of("nation"), draft(whole())
    checked(client, old)
    send(client, "bulletin-publish", [old.pk], digest=old.sha256)
    rows = tuple(replace(r, organisations=50531) if r.name == "一般服务认证" else r for r in whole().projects)
    new = draft(replace(whole(), projects=rows), date(2025, 7, 2))
    checked(client, new)
    confirm = client.get(reverse("bulletin-publish", args=[new.pk])).content.decode()
    assert re.search(r"一般服务认证</th><td>组织数</td><td class=\"num\">50,532</td><td class=\"num\">50,531", confirm)
    bare = send(client, "bulletin-publish", [new.pk], digest=new.sha256)
    assert bare.status_code == 400
    said = {"what_was_wrong": "多数了一家", "why_wrong": "重复计数"}
    assert send(client, "bulletin-publish", [new.pk], digest=new.sha256, **said).status_code == 302
    public = Client()
    assert public.get(reverse("bulletin-month", args=[MONTH])).headers["Location"] == reverse("bulletin", args=[new.pk])
    before = public.get(reverse("bulletin", args=[old.pk])).content.decode()
    assert before.index("更正，见第 2 版") < before.index("核对的结果")
    assert f'href="{reverse("bulletin", args=[new.pk])}"' in before
    after = public.get(reverse("bulletin", args=[new.pk])).content.decode()
    assert all(words in after for words in ("多数了一家", "重复计数", "50,532", "50,531"))
    paper = public.get(reverse("bulletin-file", args=[old.pk, "html"])).content.decode()
    assert "更正，请看第 2 版" in paper
    assert public.get(reverse("bulletin-file", args=[new.pk, "html"]))["Content-Disposition"].count("-v2.html") == 1


def test_a_step_that_is_over_leads_back_to_the_bulletin(db: None, client_of: Callable[[str], Client]) -> None:
    client, kept = client_of("nation"), draft(whole())
    here = reverse("bulletin", args=[kept.pk])
    # Not checked yet, it cannot be published.
    assert client.get(reverse("bulletin-publish", args=[kept.pk])).headers["Location"] == here
    checked(client, kept)
    stale = send(client, "bulletin-discard", [kept.pk], digest="0" * 64)
    assert (stale.status_code, "刚被别人改过" in stale.content.decode()) == (400, True)
    # A double click sends the form twice; the second finds it done.
    for _click in range(2):
        sent = send(client, "bulletin-publish", [kept.pk], digest=kept.sha256)
        assert (sent.status_code, sent.headers["Location"]) == (302, here)
    for name in ("bulletin-check", "bulletin-publish", "bulletin-discard"):
        assert client.get(reverse(name, args=[kept.pk])).headers["Location"] == here
    assert send(client, "bulletin-publish", [kept.pk], digest="0" * 64).status_code == 400
    assert send(client, "bulletin-discard", [kept.pk], digest=kept.sha256).status_code == 400


def test_a_paper_does_not_draw_what_counts_different_things_on_one_line(db: None) -> None:
    """A register that holds a body's own certificates makes other figures than the nation's."""
    for month in ("2024-03", "2025-07"):
        actions.keep(bulletin=published.load(month), origin="published", source="虚构的出处", by="x", at=AT)
    rows = tuple(replace(r, certificates=8_681) if r.parent is None else r for r in whole().projects)
    for month in ("2025-06", "2025-07"):
        MonthlyBulletin.objects.create(
            month=month,
            origin="made",
            known_on=date(2025, 8, 10),
            document=replace(whole(), month=month, projects=rows).to_json(),
            sha256=month,
            made_at=AT,
            made_by="x",
            state="published",
            version=1,
            published_at=AT,
            published_by="x",
        )

    def months_on(origin: str) -> list[str]:
        kept = queries.of_month("2025-07", origin)
        paper = Client().get(reverse("bulletin-file", args=[kept.pk, "html"])).content.decode()
        return re.findall(r'<th scope="row">(\d{4}-\d{2})</th>', paper)

    assert months_on("made") == ["2025-06", "2025-07"]
    assert months_on("published") == ["2024-03", "2025-07"]


def test_an_order_sent_by_the_form_is_queued_and_a_wrong_one_told(db: None, client_of: Callable[[str], Client]) -> None:
    client = client_of("nation")
    for month, known, words in (("七月", "2025-08-10", "不是月份"), ("2025-07", "2025-07-01", "截至日期")):
        answer = send(client, "bulletin-new", [], month=month, known_on=known)
        assert (answer.status_code, words in answer.content.decode()) == (400, True)
    sent = send(client, "bulletin-new", [], month="2025年7月", known_on="2025-08-10")
    assert sent.status_code == 302
    page = client.get(sent.headers["Location"]).content.decode()
    assert "排队中" in page
    assert "2025-07 的草稿" in client.get(reverse("bulletins")).content.decode()
    assert "2025-07 的草稿" not in Client().get(reverse("bulletins")).content.decode()


@pytest.mark.parametrize("who", ["public", "body", "province", "holder"])
@pytest.mark.parametrize("name", ["bulletin-check", "bulletin-publish", "bulletin-discard", "bulletin-new"])
def test_nobody_else_can_send_a_step(who: str, name: str, db: None, client_of: Callable[[str], Client]) -> None:
    kept = draft(whole())
    args = [] if name == "bulletin-new" else [kept.pk]
    answer = send(client_of(who), name, args, digest=kept.sha256, month="2025-07", known_on="2025-08-10")
    assert answer.status_code == (302 if who == "public" else 403)
    if who == "public":
        assert answer.headers["Location"].startswith(reverse("sign-in"))
    assert MonthlyBulletin.objects.values_list("state").get() == ("draft",)


@pytest.fixture
def months(db: None) -> None:
    """The bulletins of March 2024 and July 2025."""
    for month in ("2024-03", "2025-07"):
        actions.keep(bulletin=published.load(month), origin="published", source="虚构的出处", by="x", at=AT)


def rows_of(html: str, table: str) -> list[str]:
    """The names of the rows of a table."""
    part = html[html.index(f'id="{table}"') :]
    return re.findall(r'<th scope="row">([^<]+)', part[: part.index("</table>")])


def test_two_months_are_compared_whichever_way_round_and_sorted_by_links(months: None) -> None:
    address = reverse("bulletin-compare")
    html = Client().get(address, {"from": "2025-07", "to": "2024-03"}).content.decode()
    assert "从 2024-03 到 2025-07 的变化" in html
    assert "浙江省（+69,566）" in html
    assert rows_of(html, "projects")[:2] == ["合计", "管理体系认证"]
    link = re.search(r'href="(\?[^"]*sort=change#regions)"', html)
    assert link
    sorted_html = Client().get(address + link[1].partition("#")[0].replace("&amp;", "&")).content.decode()
    assert rows_of(sorted_html, "regions")[:4] == ["全部", "全国", "浙江省", "广东省"]
    assert 'aria-sort="descending"' in sorted_html
    up = Client().get(address, {"from": "2024-03", "to": "2025-07", "sort": "change.up"}).content.decode()
    # 台湾 fell by 499, more than any other.
    assert rows_of(up, "regions")[:3] == ["全部", "全国", "台湾省"]


def test_what_cannot_be_compared_is_told_and_what_is_not_there_is_not_found(months: None) -> None:
    address = reverse("bulletin-compare")
    same = Client().get(address, {"from": "2025-07", "to": "2025-07"})
    assert (same.status_code, "先早后晚" in same.content.decode()) == (400, True)
    for ending in ("csv", "xlsx"):
        sent = Client().get(reverse("bulletin-compare-file", args=[ending]), {"from": "2025-07", "to": "2025-07"})
        assert (sent.status_code, "先早后晚" in sent.content.decode()) == (400, True)
    for pair in ({"from": "2025-07", "to": "2030-01"}, {"from": "x", "to": "2025-07"}, {"to": "9" * 30}):
        assert Client().get(address, pair).status_code == 404


def test_a_draft_is_compared_by_its_maker_alone(months: None, client_of: Callable[[str], Client]) -> None:
    kept = draft(replace(whole(), month="2025-08"))
    asked = {"from": "2025-07", "to": str(kept.pk)}
    page = client_of("nation").get(reverse("bulletin-compare"), asked)
    assert f'<option value="{kept.pk}" selected>2025-08 草稿' in page.content.decode()
    assert Client().get(reverse("bulletin-compare"), asked).status_code == 404


def test_the_comparison_is_sent_as_sheets(months: None) -> None:
    asked = {"from": "2024-03", "to": "2025-07"}
    sent = Client().get(reverse("bulletin-compare-file", args=["csv"]), asked)
    text = b"".join(sent.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = list(csv.reader(io.StringIO(text)))
    zhejiang = next(line for line in lines if line[1] == "浙江省")
    assert zhejiang[:9] == ["地区", "浙江省", "487018", "556584", "69566", "14.28", "0.12", "3", "3"]
    book = openpyxl.load_workbook(
        io.BytesIO(Client().get(reverse("bulletin-compare-file", args=["xlsx"]), asked).content)
    )
    assert book.sheetnames == ["说明", "认证项目", "地区", "大区"]
    leaf = {row[0].value: row for row in book["认证项目"].iter_rows()}
    assert [cell.value for cell in leaf["能源管理体系认证"][1:5]] == [17880, 30932, 13052, 73]


def test_without_a_bulletin_the_pages_say_what_to_do(db: None, client_of: Callable[[str], Client]) -> None:
    nation = client_of("nation")
    for name in ("home", "bulletins"):
        page = nation.get(reverse(name)).content.decode()
        assert f'href="{reverse("bulletin-new")}"' in page
        assert f'href="{reverse("imports")}"' in page
        public = Client().get(reverse(name)).content.decode()
        assert "公布后列在这里" in public
        assert reverse("bulletin-new") not in public
    assert f'href="{reverse("bulletins")}"' in Client().get(reverse("bulletin-compare")).content.decode()
    assert reverse("sign-in") in Client().get(reverse("newsletters")).content.decode()


def test_a_newsletter_is_written_by_forms_and_published(world: World, client_of: Callable[[str], Client]) -> None:
    client = client_of("body")
    head = {"name": "北方简报", "issue": "第 10 期", "title": "八月", "month": "2025-07"}
    place = send(client, "newsletter-new", [], **head).headers["Location"]
    made = Newsletter.objects.get(issue="第 10 期")
    assert place == reverse("newsletter-edit", args=[made.pk])
    for title in ("甲", "乙"):
        made.refresh_from_db()
        text = "**要点** <script>x</script> [坏](javascript:x)"
        values = {"title": title, "text": text, "revision": str(made.revision)}
        assert send(client, "newsletter-article-new", [made.pk], **values).status_code == 302
    made.refresh_from_db()
    send(client, "newsletter-article-move", [made.pk, 1], way="up", revision=str(made.revision))
    stale = send(client, "newsletter-article-remove", [made.pk, 0], revision=str(made.revision))
    assert (stale.status_code, "没有保存" in stale.content.decode()) == (400, True)
    made.refresh_from_db()
    assert [one["title"] for one in made.articles] == ["乙", "甲"]
    address = reverse("newsletter", args=[made.pk])
    assert Client().get(address).status_code == 404
    preview = client.get(address).content.decode()
    assert "<strong>要点</strong> &lt;script&gt;" in preview
    assert 'href="javascript' not in preview
    assert client.get(reverse("newsletter-file", args=[made.pk])).content.startswith(b"%PDF-")
    for _click in range(2):
        sent = send(client, "newsletter-publish", [made.pk], revision=str(made.revision))
        assert (sent.status_code, sent.headers["Location"]) == (302, address)
    assert client.get(reverse("newsletter-edit", args=[made.pk])).headers["Location"] == address
    public = Client().get(address).content.decode()
    assert "北方简报" in public
    made.refresh_from_db()
    assert Client().get(reverse("newsletter-file", args=[made.pk])).content == bytes(made.pdf or b"")


def test_a_newsletter_compares_with_an_earlier_month(world: World, client_of: Callable[[str], Client]) -> None:
    client, draft_of = client_of("body"), world.draft
    months = sorted({kept.month for kept in queries.standing()})
    values = {name: getattr(draft_of, name) for name in ("name", "issue", "title")}
    values |= {"month": months[-1], "against": months[-1], "revision": str(draft_of.revision)}
    answer = send(client, "newsletter-edit", [draft_of.pk], **values)
    assert (answer.status_code, "更早的月份" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("who", ["public", "province", "nation", "holder"])
def test_nobody_else_can_write_a_bodys_newsletter(who: str, world: World, client_of: Callable[[str], Client]) -> None:
    before = list(Newsletter.objects.order_by("id").values())
    client = client_of(who)
    for name, args in (
        ("newsletter-edit", [world.draft.pk]),
        ("newsletter-article-new", [world.draft.pk]),
        ("newsletter-article", [world.draft.pk, 0]),
        ("newsletter-article-move", [world.draft.pk, 0]),
        ("newsletter-article-remove", [world.draft.pk, 0]),
        ("newsletter-publish", [world.draft.pk]),
        ("newsletter-discard", [world.draft.pk]),
        ("newsletter-correct", [world.letter.pk]),
    ):
        answer = send(client, name, args, revision="0", title="x", text="x", way="up")
        assert answer.status_code == 302 if who == "public" else answer.status_code in {403, 404}, name
    assert list(Newsletter.objects.order_by("id").values()) == before
