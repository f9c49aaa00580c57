"""The nation on a page: which bulletin it shows, what its pictures say, and that they can be saved."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from zhunsheng.bulletin import published

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries, Settings

    from zhunsheng.bulletin.models import MonthlyBulletin

AT = datetime(2025, 9, 11, 2, 0, tzinfo=UTC)


def kept(month: str, origin: str = "published", *, certificates: int | None = None, **others: Any) -> MonthlyBulletin:
    """Keep July 2025 as printed under another month, its first row with another figure if one is given."""
    from zhunsheng.bulletin.models import MonthlyBulletin

    document = published.load("2025-07").to_json() | {"month": month}
    if certificates is not None:
        document["projects"][0]["certificates"] = certificates
    return MonthlyBulletin.objects.create(
        month=month,
        origin=origin,
        document=document,
        sha256=f"{month}-{origin}-{certificates}",
        known_on=date(2025, 9, 10) if origin == "made" else None,
        source="" if origin == "made" else "虚构的公布",
        made_at=AT,
        made_by="system:test",
        **({"state": "published", "version": 1, "published_at": AT, "published_by": "system:test"} | others),
    )


def home(**query: str) -> str:
    return Client().get(reverse("home"), query).content.decode()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def picture_of(html: str) -> str:
    return html[html.index('id="nation"') : html.index("</figure>")]


def test_the_tiles_lead_to_the_search_in_their_region(db: None) -> None:
    kept("2025-07")
    picture = picture_of(home())
    assert len(re.findall(r'href="/search\?region=\w+"', picture)) == 35
    # July 2025 prints 765,239 certificates for 广东.
    assert "广东 76.5万" in picture
    assert "765,239" in picture


@pytest.mark.parametrize(
    ("figure", "said"),
    [("certificates", "76.5万"), ("organisations", "17.5万"), ("share", "18.01%"), ("nonsense", "76.5万")],
)
def test_the_figure_is_chosen_by_the_address(figure: str, said: str, db: None) -> None:
    kept("2025-07")
    # July 2025 prints 174,667 organisations and a share of 18.01 for 广东.
    assert f">{said}<" in picture_of(home(map=figure))


def test_growth_is_offered_only_when_there_is_an_earlier_month(db: None) -> None:
    kept("2025-07")
    assert "map=growth" not in home()
    kept("2025-06")
    assert "map=growth" in home()
    assert ">0%<" in picture_of(home(map="growth"))


def test_a_draft_is_nowhere_on_the_page(db: None) -> None:
    kept("2025-07")
    draft = kept("2025-08", "made", state="draft", version=0, published_at=None, published_by="")
    assert "2025-08" not in home()
    assert Client().get(reverse("bulletin-picture", args=[draft.pk, "tiles-share", "svg"])).status_code == 404


def test_months_that_do_not_follow_each_other_are_told_apart(db: None) -> None:
    kept("2025-03", certificates=4_000_000)
    kept("2025-07")
    text = text_of(home())
    assert "2025-03 与 2025-07 相比" in text
    # 4,340,282 less 4,000,000 is 340,282, of 4,000,000 8.50705 %.
    assert "+340,282 张（+8.51%）" in text
    assert "相隔 4 个月" in text
    kept("2025-06")
    assert "不相邻" not in text_of(home())


def test_like_is_compared_with_like_where_there_is_like(db: None) -> None:
    kept("2025-07", certificates=1)
    kept("2025-07", "made")
    kept("2025-08", "made")
    text = text_of(home())
    assert "范围可能不同" not in text
    assert "证书总数 0 张（0%）" in text


def test_published_and_made_months_are_parted_when_they_count_different_things(db: None) -> None:
    kept("2025-07")
    kept("2025-07", "made", certificates=4_000)
    kept("2025-08", "made", certificates=4_100)
    text = text_of(home())
    assert "所计范围不同" in text
    assert "4,340,282 1,141,021 公布" in text
    assert "4,100 1,141,021 自制" not in text
    assert "4,100 1,141,021 自制" in text_of(home(trend="made"))


def test_published_and_made_months_make_one_line_when_they_agree(db: None) -> None:
    kept("2025-07")
    kept("2025-07", "made", certificates=4_340_000)
    kept("2025-08", "made", certificates=4_350_000)
    text = text_of(home())
    assert "所计范围不同" not in text
    assert "4,340,282 1,141,021 公布" in text
    assert "4,350,000 1,141,021 自制" in text
    assert "同月两者都有时用公布的" in text


def test_an_address_opens_the_way_to_a_project(db: None) -> None:
    kept("2025-07")
    closed, opened = home(), home(project="A01")
    assert closed.count("<details open>") == 1
    assert opened.count("<details open>") == 2
    assert 'id="project-A01"' in opened


@pytest.mark.parametrize("name", ["tiles-certificates", "tiles-growth", "leaders-organisations"])
def test_a_bulletins_picture_can_be_saved(name: str, db: None) -> None:
    kept("2025-06")
    row = kept("2025-07")
    drawn = Client().get(reverse("bulletin-picture", args=[row.pk, name, "svg"]))
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/svg+xml")
    assert "虚构的公布" in drawn.content.decode()
    assert "href=" not in drawn.content.decode()
    image = Client().get(reverse("bulletin-picture", args=[row.pk, name, "png"]))
    assert image.content.startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    "address", ["tiles-.svg", "tiles-people.svg", "leaders-share.svg", "map-share.svg", "x.svg", "tiles-share.gif"]
)
def test_a_picture_that_does_not_exist_is_not_found(address: str, db: None) -> None:
    row = kept("2025-07")
    assert Client().get(f"/bulletins/{row.pk}/pictures/{address}").status_code == 404


def test_the_trend_can_be_saved(db: None) -> None:
    assert Client().get("/trend/certificates.svg").status_code == 404
    kept("2025-07")
    assert "4,340,282" in Client().get("/trend/certificates.svg").content.decode()
    assert Client().get("/trend/organisations.png").content.startswith(b"\x89PNG")
    assert Client().get("/trend/people.svg").status_code == 404


def test_two_years_of_months_are_read_once(db: None, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for month in range(24):
        kept(f"{2023 + month // 12}-{month % 12 + 1:02}", certificates=4_000_000 + month)
    home()
    # The newest bulletin, its check with the earlier ones, and the list of months: no document is read again.
    with django_assert_max_num_queries(5):
        home()


def test_a_map_is_shown_only_with_its_number(db: None, settings: Settings, tmp_path: Path) -> None:
    from zhunsheng.codes.regions import PROVINCES

    row = kept("2025-07")
    square = [[[100, 30], [101, 30], [101, 31], [100, 31], [100, 30]]]
    features = [
        {"type": "Feature", "properties": {"code": r.code}, "geometry": {"type": "Polygon", "coordinates": square}}
        for r in PROVINCES
    ]
    file = tmp_path / "map.json"
    settings.MAP = str(file)
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert "改为地图" not in home()
    assert Client().get(reverse("bulletin-picture", args=[row.pk, "map-share", "svg"])).status_code >= 400
    whole = {"type": "FeatureCollection", "features": features, "审图号": "GS(2099)0001号"}
    file.write_text(json.dumps(whole), encoding="utf-8")
    assert "改为地图" in home()
    assert "审图号：GS(2099)0001号" in picture_of(home(**{"as": "map"}))
    assert "审图号：GS(2099)0001号" in Client().get(f"/bulletins/{row.pk}/pictures/map-share.svg").content.decode()
