"""What the pages say, and that they say it to the day that was asked about."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.actions.web.conftest import World


def text_of(address: str, client: Client | None = None) -> str:
    """Return a page's text, as the public sees it unless a client is given, white space as single spaces."""
    html = (client or Client()).get(address).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_first_page_begins_with_the_search_box(world: World) -> None:
    html = Client().get(reverse("home")).content.decode()
    main = html[html.index("<main") :]
    assert main.index('name="q"') < main.index("<table")


def test_the_first_page_shows_the_newest_bulletin_with_its_totals(world: World) -> None:
    text = text_of(reverse("home"))
    assert "2025-07 统计通报（公布）" in text
    assert "有效证书（张） 1,300" in text
    assert "北京市 450 2 36 380 2 43.18" in text


def test_without_a_bulletin_the_first_page_still_searches(db: None) -> None:
    text = text_of(reverse("home"))
    assert "本站还没有收存统计通报" in text
    assert "查询" in text


def test_one_character_is_told_to_be_too_few(world: World) -> None:
    assert "请至少输入两个字" in text_of(reverse("search") + "?q=东")


def test_two_characters_find_an_organisation(world: World) -> None:
    assert "虚构东方科技有限公司" in text_of(reverse("search") + "?q=东方")


@pytest.mark.parametrize("typed", ["90124Q00001R0S", " 90124q00001r0s ", "９０１２４Ｑ００００１Ｒ０Ｓ"])
def test_a_number_finds_a_certificate_with_its_state(typed: str, world: World) -> None:
    html = Client().get(reverse("search"), {"q": typed}).content.decode()
    assert reverse("certificate", args=[world.own.pk]) in html
    assert re.search(r"state-held.*?▲.*?暂停", html, re.DOTALL)


def test_nothing_found_says_what_to_do_and_does_not_call_it_false(world: World) -> None:
    text = text_of(reverse("search") + "?q=绝无此名")
    assert "没有找到“绝无此名”" in text
    assert "不等于证书是假的" in text


def test_what_is_searched_for_is_shown_as_text_never_as_markup(world: World) -> None:
    html = Client().get(reverse("search"), {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        # Issued 2024-01-10; suspended 2025-02-01, which became known on 2025-03-10.
        ("", "暂停"),
        ("?on=2024-01-09", "尚未颁发"),
        ("?on=2024-01-10", "有效"),
        ("?on=2025-01-31", "有效"),
        ("?on=2025-02-01", "暂停"),
        ("?on=2025-02-15&known=2025-03-09", "有效"),
        ("?on=2025-02-15&known=2025-03-10", "暂停"),
        ("?on=2099-01-09&known=2025-01-01", "有效"),
        ("?on=2099-01-10&known=2025-01-01", "过期失效"),
        ("?on=2025年2月1日", "暂停"),
    ],
)
def test_a_certificate_answers_for_the_day_asked_as_known_then(asked: str, answer: str, world: World) -> None:
    html = Client().get(reverse("certificate", args=[world.own.pk]) + asked).content.decode()
    box = html[html.index('class="answer"') :]
    found = re.search(r'aria-hidden="true">[●▲■?]</span>([^<]+)<', box)
    assert found is not None
    assert found[1] == answer


def test_a_date_that_is_none_is_said_and_kept_in_its_field(world: World) -> None:
    response = Client().get(reverse("certificate", args=[world.own.pk]), {"on": "2025-02-30"})
    assert response.status_code == 400
    text = response.content.decode()
    assert "“2025-02-30”不是日期" in text
    assert 'value="2025-02-30"' in text


def test_the_timeline_gives_reasons_in_words_and_says_what_does_not_count(world: World) -> None:
    address = reverse("certificate", args=[world.own.pk])
    text = text_of(address + "?on=2025-01-01&known=2025-03-01")
    assert "2025-02-01 2025-03-10 暂停 不履行合同责任 (0112)" in text
    assert "当时尚不知道" in text
    assert "当时尚未发生" in text_of(address + "?on=2025-01-01")


def test_a_body_page_says_for_what_it_is_approved_and_when_it_last_reported(world: World) -> None:
    text = text_of(reverse("body", args=[world.own_body.approval_no]))
    assert "● 已批准" in text
    assert "最近一次上报：2025-03-10" in text
    assert "质量管理体系认证 2020-01-01" in text


def test_a_bulletin_shows_what_does_not_add_up_beside_the_cell_and_above_the_tables(
    world: World, client_of: Callable[[str], Client]
) -> None:
    from zhunsheng.bulletin import queries

    found = queries.findings(world.made)
    wrong = [f for f in found if f.table == "regions" and f.row == "北京市" and f.column == "certificate_share"]
    assert wrong
    html = client_of("nation").get(reverse("bulletin", args=[world.made.pk])).content.decode()
    assert html.count(wrong[0].why) == 2
    row = html[html.index(">北京市") :]
    assert wrong[0].why in row[: row.index("</tr>")]


def test_both_orders_keep_the_totals_first_and_abroad_last(world: World) -> None:
    address = reverse("bulletin", args=[world.published.pk])
    wanted_of = {
        "gb": ["全部", "全国", "北京市", "广东省", "国外"],
        "count": ["全部", "全国", "广东省", "北京市", "国外"],
    }
    for order, wanted in wanted_of.items():
        html = Client().get(address, {"order": order}).content.decode()
        table = html[html.index('id="regions"') :]
        rows = re.findall(r'<th scope="row">([^<]+)', table[: table.index("</table>")])
        assert [r.strip() for r in rows] == wanted


def test_two_bulletins_of_one_month_are_set_beside_each_other_cell_by_cell(
    world: World, client_of: Callable[[str], Client]
) -> None:
    html = client_of("nation").get(reverse("bulletin", args=[world.made.pk]), {"compare": "1"}).content.decode()
    assert html.count('class="beside differs"') == 1
    assert "≠ 450" in html
    assert "有 1 格不同" in html


def test_a_made_bulletin_says_what_it_counts_and_as_known_when(
    world: World, client_of: Callable[[str], Client]
) -> None:
    text = text_of(reverse("bulletin", args=[world.made.pk]), client_of("nation"))
    assert "只计有效的证书，不计暂停的证书。" in text
    assert "按 2025-08-10 所知" in text


def test_downloads_are_the_bulletin_itself(world: World, client_of: Callable[[str], Client]) -> None:
    from zhunsheng.bulletin import queries

    client = client_of("nation")
    made = reverse("bulletin-file", args=[world.made.pk, "json"])
    assert json.loads(client.get(made).content)["projects"] == json.loads(
        json.dumps(queries.document(world.made).to_json()["projects"])
    )
    csv = client.get(reverse("bulletin-file", args=[world.made.pk, "csv"]))
    assert csv["Content-Disposition"] == 'attachment; filename="bulletin-2025-07-made.csv"'
    assert "北京市" in csv.content.decode("utf-8-sig")


def test_every_table_has_a_caption_and_says_what_its_heads_are_for(world: World) -> None:
    for address in (
        reverse("home"),
        reverse("certificate", args=[world.own.pk]),
        reverse("organisation", args=[world.organisation.pk]),
        reverse("body", args=[world.own_body.approval_no]),
        reverse("bodies"),
        reverse("bulletins"),
        reverse("bulletin", args=[world.published.pk]),
    ):
        html = Client().get(address).content.decode()
        assert html.count("<table") == html.count("<caption")
        assert re.findall(r"<th(?![^>]*scope=)[ >]", html) == []


def test_what_the_register_had_not_heard_of_by_then_it_cannot_tell(world: World) -> None:
    address = reverse("certificate", args=[world.own.pk])
    text = Client().get(address + "?on=2024-01-20&known=2024-01-09").content.decode()
    assert "不能断定" in text
    assert "尚未颁发" not in text


def test_a_change_of_neither_name_nor_region_is_no_history_of_names(world: World) -> None:
    from zhunsheng.register.models import OrganisationEvent

    of = {"organisation": world.organisation, "region": world.organisation.region, "source": world.own_import}
    OrganisationEvent.objects.create(known_on=date(2024, 3, 10), name=world.organisation.name, **of)
    address = reverse("organisation", args=[world.organisation.pk])
    assert "名称与地区的经过" not in Client().get(address).content.decode()
    OrganisationEvent.objects.create(known_on=date(2024, 4, 10), name="虚构西方科技有限公司", **of)
    assert "虚构西方科技有限公司" in Client().get(address).content.decode()


def test_one_s_own_page_leads_to_the_party_one_acts_for(client_of: Callable[[str], Client], world: World) -> None:
    address = f"{reverse('search')}?q={world.organisation.code}"
    assert address in client_of("holder").get(reverse("me")).content.decode()
    assert world.organisation.name in client_of("public").get(address).content.decode()
