"""The page of a search: addresses that can be shared, chips, facets that narrow, pages, and what the public is told."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from tests.actions.register import found

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(now: datetime) -> found.World:
    return found.world(now)


def page(client: Client, params: dict[str, str], status: int = 200) -> str:
    response = client.get(reverse("search"), params)
    assert response.status_code == status
    return unescape(response.content.decode())


def links(html: str, words: str) -> list[str]:
    """Return the addresses of the links whose text is these words."""
    return re.findall(rf'href="([^"]*)"[^>]*>{re.escape(words)}</a>', html)


@pytest.fixture
def reader(client_of: Callable[[str], Client]) -> Client:
    """Someone who reads everything in bulk."""
    return client_of("nation")


def test_the_search_box_comes_first_and_the_filters_need_no_script(world: found.World) -> None:
    html = page(Client(), {})
    main = html[html.index("<main") :]
    assert main.index('name="q"') < main.index("<details")
    for name in ("body", "scheme", "standard", "region", "state", "issued_from", "expires_until"):
        assert f'name="{name}"' in main
    assert "任意两个字" in main


def test_what_is_asked_stands_in_chips_that_can_be_taken_away(world: found.World) -> None:
    html = page(Client(), {"q": "科技", "region": "44", "state": "suspended"})
    assert "组织所在地区：广东省" in html
    assert "今天的状态：暂停" in html
    chips = re.findall(r'<a href="([^"]*)" aria-label="去掉条件：([^"]*)"', html)
    assert {label: address for address, label in chips}["组织所在地区"].endswith(
        "?q=%E7%A7%91%E6%8A%80&state=suspended"
    )


def test_an_address_is_in_one_order_and_without_what_is_empty(world: found.World) -> None:
    html = page(Client(), {"state": "suspended", "issued_from": "", "region": "44", "q": "科技", "body": ""})
    assert links(html, "证书") == ["/search?q=%E7%A7%91%E6%8A%80&what=certificates&region=44&state=suspended"]


def test_a_facet_counts_and_its_link_narrows(world: found.World) -> None:
    html = page(Client(), {"q": "科技"})
    (address,) = links(html, "广东省")
    assert re.search(r'广东省</a> <span class="count">2</span>', html)
    narrowed = unescape(Client().get(address).content.decode())
    assert "证书 2 张" in narrowed
    assert "90124Q00002R0S" in narrowed
    assert "90124Q00001R0S" not in narrowed


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"q": "东"}, "请至少输入两个字"),
        ({"state": "valid"}, "范围太大"),
        ({"q": "绝无此名"}, "没有找到“绝无此名”"),
        ({"q": "科技", "region": "54"}, "去掉上面的一个条件"),
        ({"region": "65"}, "没有符合这些条件的登记"),
        ({"q": "9O124QOOOO1ROS"}, "90124Q00001R0S"),
    ],
)
def test_an_empty_page_says_what_to_do(world: found.World, params: dict[str, str], said: str) -> None:
    assert said in page(Client(), params)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"q": "科技", "issued_from": "2025-02-30"}, "“2025-02-30”不是日期"),
        ({"q": "科技", "region": "99"}, "组织所在地区：没有“99”"),
        ({"q": "科技", "scheme": "Z9"}, "没有代码为“Z9”的认证项目"),
        ({"expires_from": "2025-02-01", "expires_until": "2025-01-01", "q": "科技"}, "开始日期晚于结束日期"),
        ({"q": "长" * 101}, "最多 100 个字"),
        ({"q": "科技", "what": "everything"}, "没有“everything”"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_said_at_its_field(
    world: found.World, params: dict[str, str], said: str
) -> None:
    html = page(Client(), params, status=400)
    assert said in html
    assert "没有查询" in html


def test_the_public_is_told_how_to_see_more(world: found.World) -> None:
    for n in range(51):
        found.certificate(f"M{n:03d}", world.north, world.holders["qinghe"], "A0101")
    html = page(Client(), {"q": "青禾", "what": "certificates"})
    assert html.count('<li><a href="/certificates/') == 50
    assert "公开查询只列前 50 条" in html
    assert "下一页" not in html
    assert "XLSX" not in html


def test_a_bulk_reader_turns_pages_and_exports(world: found.World, reader: Client) -> None:
    for n in range(51):
        found.certificate(f"M{n:03d}", world.north, world.holders["qinghe"], "A0101")
    html = page(reader, {"q": "青禾", "what": "certificates"})
    (following,) = links(html, "下一页")
    second = unescape(reader.get(following).content.decode())
    both = re.findall(r'href="/certificates/(\d+)"', html + second)
    assert len(both) == len(set(both)) == 53
    (csv,) = links(html, "CSV")
    body = b"".join(reader.get(csv).streaming_content).decode()  # type: ignore[attr-defined]
    assert body.count("\r\n") == 54
    (xlsx,) = links(html, "XLSX")
    response = reader.get(xlsx)
    assert response["Content-Disposition"].endswith('.xlsx"')
    assert b"".join(response.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]


def test_a_provincial_regulator_pages_through_the_province_only(
    world: found.World, client_of: Callable[[str], Client]
) -> None:
    province = client_of("province")
    html = page(province, {"q": "科技"})
    assert "90124Q00001R0S" in html  # anyone may look at the register
    assert links(html, "CSV") == []
    (own,) = links(html, "只看本单位或本地区的，可以翻页和导出")
    html = unescape(province.get(own).content.decode())
    assert "90124Q00001R0S" not in html
    assert "90124Q00002R0S" in html
    (csv,) = links(html, "CSV")
    text = b"".join(province.get(csv).streaming_content).decode()  # type: ignore[attr-defined]
    assert "90124Q00002R0S" in text
    assert "90124Q00001R0S" not in text


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "!!",
        "W10",
        "eyJhIjoxfQ",
        "A" * 500,
        "WyJzY2hlbWUiLCAieCIsIDEsIDJd",
        "WyJuYW1lIiwgMV0",
        "WyJpZCIsIDkyMjMzNzIwMzY4NTQ3NzU4MDhd",  # a key that no engine can hold
        "WyJzY2hlbWUiLCAxLCAiXHUwMDAwIiwgMV0",  # a state of NUL
    ],
)
def test_a_forged_place_is_refused_or_begins_anew(world: found.World, reader: Client, token: str) -> None:
    for params in ({"q": "科技"}, {"region": "44"}):
        for what in ("certificates", "organisations", "bodies"):
            response = reader.get(reverse("search"), {**params, "what": what, "after": token})
            assert response.status_code in {200, 400}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_is_whole_in_both_languages(world: found.World, language: str) -> None:
    html = page(Client(), {"q": "科技", "region": "44", "lang": language})
    assert ("Region of the organisation: Guangdong" in html) == (language == "en")
