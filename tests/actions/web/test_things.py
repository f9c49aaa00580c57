"""The pages of a certificate, an organisation and a body: the two days, the pictures, what each address leads to."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.actions.web.conftest import AT, HOME_BODY, OTHER_BODY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_django import Settings

    from tests.actions.web.conftest import World

SPACE = "{http://www.w3.org/2000/svg}"


def html_of(address: str, **given: str) -> str:
    return Client().get(address, given).content.decode()


def text_of(address: str, **given: str) -> str:
    """Return a page's text without its tags, white space as single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html_of(address, **given))))


def certificate(world: World) -> str:
    return reverse("certificate", args=[world.own.pk])


def organisation(world: World) -> str:
    return reverse("organisation", args=[world.organisation.pk])


def picture(address: str, **given: str) -> ET.Element:
    """Return a picture as it is read by who asks for it."""
    response = Client().get(address, given)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/svg+xml")
    return ET.fromstring(response.content)  # noqa: S314 - our own picture


def words_of(root: ET.Element) -> str:
    return " ".join(text.text or "" for text in root.iter(f"{SPACE}text"))


# In the world: issued 2024-01-10; suspended 2025-02-01 because of 0112, which became known on 2025-03-10.


def test_the_answer_names_both_days_its_cause_and_since_when(world: World) -> None:
    text = text_of(certificate(world), on="2025-02-15", known="2025-03-10")
    assert "2025-02-15 当天： ▲ 暂停 （按截至 2025-03-10 所知）" in text
    assert "自 2025-02-01 起；登记在 2025-03-10 得知。原因：不履行合同责任 (0112)。" in text


def test_what_became_known_later_is_said_beside_the_answer_of_then(world: World) -> None:
    text = text_of(certificate(world), on="2025-02-15", known="2025-03-09")
    assert "2025-02-15 当天： ● 有效" in text
    assert "登记在 2025-03-10 得知，2025-02-15 当天是 ▲ 暂停" in text
    assert "后来所知不同" not in text_of(certificate(world), on="2025-02-15", known="2025-03-10")


def test_an_answer_has_an_address_that_keeps_both_days(world: World) -> None:
    today = timezone.localdate().isoformat()
    assert f"/certificates/{world.own.pk}?on={today}&known={today}" in text_of(certificate(world))
    assert "?on=2025-02-15&known=2025-03-09" in text_of(certificate(world), on="2025年2月15日", known="2025/3/9")


def test_the_days_that_are_often_asked_about_are_links(world: World) -> None:
    html = html_of(certificate(world), on="2025-02-15", known="2025-03-09")
    links = dict(re.findall(r'<a href="\?([^"]+)"[^>]*title="([0-9-]+)"', html))
    days = set(links.values())
    # Its issue, its suspension, the day itself, and 10 March, when the return of February was due.
    assert {"2024-01-10", "2025-02-01", "2025-02-15", "2025-03-10"} <= days
    assert all("known=2025-03-09" in unescape(a) or "on=2025-02-15" in unescape(a) for a in links)


def test_nobody_can_ask_what_will_be_known(world: World) -> None:
    response = Client().get(certificate(world), {"known": "2999-01-01"})
    assert response.status_code == 400
    assert "2999-01-01 还没有到" in response.content.decode()


def test_the_fields_show_the_days_that_were_answered_for(world: World) -> None:
    html = html_of(certificate(world), on="2025-02-15")
    assert 'name="on" value="2025-02-15"' in html
    assert f'name="known" value="{timezone.localdate()}"' in html


def test_the_picture_shows_both_what_was_known_then_and_what_is_known_today(world: World) -> None:
    address = reverse("certificate-timeline", args=[world.own.pk, "svg"])
    words = words_of(picture(address, on="2025-02-15", known="2025-03-09"))
    assert "按截至 2025-03-09 所知" in words
    assert f"按今天（{timezone.localdate()}）所知" in words
    assert "2025-02-01 暂停" in words
    assert "2025-03-10（282 天后）" in words  # The change of 2024-06-01, known with it: 29+31+31+30+31+30+31+31+28+10.
    assert "所查 2025-02-15" in words
    today = words_of(picture(address))
    assert "所知截至" not in today
    assert "▲ 暂停" in today


def test_the_picture_stands_in_its_page_with_both_days_and_can_be_saved(world: World) -> None:
    html = unescape(html_of(certificate(world), on="2025-02-15", known="2025-03-09"))
    address = f"/certificates/{world.own.pk}/timeline"
    assert f'<img src="{address}.svg?on=2025-02-15&known=2025-03-09" alt=' in html
    assert re.search(rf'srcset="{address}\.svg\?on=2025-02-15&known=2025-03-09&narrow=1"', html)
    assert f'href="{address}.png?on=2025-02-15&known=2025-03-09" download' in html
    assert 'href="#events"' in html
    assert 'id="events"' in html


def test_a_telephone_gets_a_narrower_picture_of_the_same(world: World) -> None:
    address = reverse("certificate-timeline", args=[world.own.pk, "svg"])
    wide, narrow = picture(address), picture(address, narrow="1")
    assert (wide.get("width"), narrow.get("width")) == ("680", "336")
    assert narrow.findtext(f"{SPACE}desc") == wide.findtext(f"{SPACE}desc")


def test_a_picture_is_saved_as_png(world: World) -> None:
    response = Client().get(reverse("certificate-timeline", args=[world.own.pk, "png"]))
    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG\r\n")


@pytest.mark.parametrize(("given", "status"), [({"on": "2025-02-30"}, 400), ({"known": "2999-01-01"}, 400)])
def test_a_picture_is_not_drawn_for_a_day_that_is_none(given: dict[str, str], status: int, world: World) -> None:
    response = Client().get(reverse("certificate-timeline", args=[world.own.pk, "svg"]), given)
    assert response.status_code == status


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "9999-12-30", "1949-10-01"])
def test_the_first_and_the_last_day_of_the_calendar_can_be_asked_about(on: str, world: World) -> None:
    for address in (certificate(world), organisation(world)):
        assert Client().get(address, {"on": on}).status_code == 200
        assert Client().get(address, {"on": on, "known": "0001-01-01"}).status_code == 200
    for name, pk in (("certificate-timeline", world.own.pk), ("organisation-timeline", world.organisation.pk)):
        root = picture(reverse(name, args=[pk, "svg"]), on=on)
        labels = re.findall(r"(?<!\S)\d{4}(?!\S)", words_of(root))
        assert 2 <= len(labels) < 40


def test_a_picture_of_another_kind_is_not_there(world: World) -> None:
    assert Client().get(reverse("certificate-timeline", args=[world.own.pk, "gif"])).status_code == 404


def test_no_secret_of_a_party_stands_in_a_picture(world: World, client_of: Callable[[str], Client]) -> None:
    address = reverse("certificate-timeline", args=[world.own.pk, "svg"])
    assert b"HT-SECRET" not in client_of("body").get(address).content


def test_a_correction_takes_its_event_out_of_the_picture_from_the_day_it_became_known(world: World) -> None:
    from zhunsheng.register.models import Event

    suspended = Event.objects.get(certificate=world.own, kind="suspended")
    Event.objects.create(
        certificate=world.own,
        kind="restored",
        state="valid",
        effective_on=suspended.effective_on,
        known_on=date(2025, 6, 10),
        corrects=suspended,
    )
    address = reverse("certificate-timeline", args=[world.own.pk, "svg"])
    assert "▲ 暂停" in words_of(picture(address, known="2025-06-09"))
    now = words_of(picture(address))
    assert "▲ 暂停" not in now
    assert "2025-02-01 暂停、恢复（更正）" in now


def test_an_organisation_s_certificates_of_every_body_are_counted_by_standing(world: World) -> None:
    text = text_of(organisation(world))
    assert "质量管理体系认证 0 2 0 2" in text
    assert "虚构北方认证有限公司" in text
    assert "虚构南方认证中心" in text
    assert "质量管理体系认证 2 0 0 2" in text_of(organisation(world), on="2025-01-31")


def test_an_organisation_is_shown_as_it_was_known(world: World) -> None:
    text = text_of(organisation(world), on="2025-02-15", known="2025-03-09")
    assert "2025-02-15 当天，按截至 2025-03-09 所知：" in text
    assert "质量管理体系认证 2 0 0 2" in text
    assert "另有 2 张，当时尚未颁发" in text_of(organisation(world), on="2024-01-09")


def test_an_organisation_s_certificates_can_be_picked_by_body_and_state(world: World) -> None:
    own, other = world.own.number, world.other.number
    text = text_of(organisation(world), body=HOME_BODY)
    assert own in text
    assert other not in text
    assert own in text_of(organisation(world), state="suspended")
    # Going to another day keeps what was picked, also where nothing is left of it.
    assert "没有符合筛选的证书" in text_of(organisation(world), state="suspended", body=OTHER_BODY, on="2025-01-31")
    assert "● 有效 0" not in text_of(organisation(world), on="2024-01-09", body=OTHER_BODY)
    assert Client().get(organisation(world), {"state": "绝无此状态"}).status_code == 400
    assert Client().get(organisation(world), {"body": "a\0b"}).status_code == 400


def test_a_row_leads_to_its_certificate_on_the_same_days(world: World) -> None:
    html = unescape(html_of(organisation(world), on="2025-02-15", known="2025-03-09"))
    assert f"/certificates/{world.own.pk}?on=2025-02-15&known=2025-03-09" in html


def test_an_organisation_s_picture_has_a_strip_for_each_certificate_of_the_page(world: World) -> None:
    address = reverse("organisation-timeline", args=[world.organisation.pk, "svg"])
    words = words_of(picture(address))
    assert f"{world.own.number} · 质量管理体系认证" in words
    assert world.other.number in words
    assert world.other.number not in words_of(picture(address, body=HOME_BODY))


def test_the_dates_of_an_organisation_s_picture_are_in_a_table_beside_it(world: World) -> None:
    # Valid from the issue to the day before the suspension, which lasts to the end of the picture.
    name = f"{world.own.number} · 质量管理体系认证"
    assert f"{name} 有效 2024-01-10 2025-01-31 {name} 暂停 2025-02-01" in text_of(organisation(world))


def test_a_picture_names_who_held_the_certificate_on_the_day(world: World) -> None:
    from zhunsheng.register.models import Certificate, Event, Organisation

    heir = Organisation.objects.create(key="heir", name="虚构继承有限公司", region="44")
    whole = {"organisation": heir, "scheme": world.own.scheme, "expires_on": world.own.expires_on}
    Event.objects.create(
        certificate=world.own, kind="changed", effective_on=date(2025, 6, 1), known_on=date(2025, 7, 1), **whole
    )
    Certificate.objects.filter(pk=world.own.pk).update(organisation=heir)
    address = reverse("certificate-timeline", args=[world.own.pk, "svg"])
    assert "虚构东方科技有限公司" in words_of(picture(address, on="2025-05-01"))
    assert heir.name in words_of(picture(address, on="2025-06-01"))


def test_a_picture_of_very_much_labels_what_changed_the_state_and_says_that_it_leaves_out_the_rest(
    world: World,
) -> None:
    from zhunsheng.register.models import Event

    whole = {"organisation": world.organisation, "scheme": world.own.scheme, "expires_on": world.own.expires_on}
    for n in range(1, 29):
        day = date(2024, 7, n)
        Event.objects.create(certificate=world.own, kind="changed", effective_on=day, known_on=day, **whole)
    words = words_of(picture(reverse("certificate-timeline", args=[world.own.pk, "svg"])))
    assert "2024-01-10 颁发" in words
    assert "2025-02-01 暂停" in words
    assert words.count("变更") == 12
    assert "只标出 14 天" in words


def test_many_certificates_are_shown_twenty_at_a_time(world: World) -> None:
    from tests.actions.register.issued import issue

    days = {"issued": date(2024, 5, 1), "expires": date(2099, 1, 1), "known": date(2024, 5, 2)}
    for n in range(25):
        issue(world.own_body, world.organisation, f"M{n:02d}", "A02", **days)
    first, second = text_of(organisation(world)), text_of(organisation(world), page="2")
    assert "第 1 页，共 2 页" in first
    shown = [set(re.findall(r"\bM\d\d\b", text)) for text in (first, second)]
    assert shown[0].isdisjoint(shown[1])
    assert len(shown[0] | shown[1]) == 25
    address = reverse("organisation-timeline", args=[world.organisation.pk, "svg"])
    assert len(re.findall(r"\bM\d\d\b", words_of(picture(address, page="1")))) == 20


def test_former_names_are_told_with_the_day_on_which_they_ended(world: World) -> None:
    from zhunsheng.register.models import Organisation, OrganisationEvent

    new = "虚构西方科技有限公司"
    of = {"organisation": world.organisation, "region": world.organisation.region, "source": world.own_import}
    OrganisationEvent.objects.create(known_on=date(2024, 4, 10), effective_on=date(2024, 4, 1), name=new, **of)
    Organisation.objects.filter(pk=world.organisation.pk).update(name=new)
    assert "曾用名称 虚构东方科技有限公司（至 2024-04-01）" in text_of(organisation(world))


def test_a_body_page_says_whether_each_month_came_in_time_and_where_that_is_from(world: World) -> None:
    from zhunsheng.register.models import Import

    today = timezone.localdate()
    day = today.replace(day=1)
    Import.objects.create(
        kind="certificates", file_name="x", stored="x", sha256="0" * 64, body=world.own_body, by="x", known_on=day,
        state="done", created_at=AT, finished_at=AT, accepted=77,
    )  # fmt: skip
    text = text_of(reverse("body", args=[HOME_BODY]))
    assert re.search(rf"前上报： ● 按期 ，{day} 收到", text)
    assert re.search(rf"{day.replace(day=10)} ● 按期 {day} 77", text)
    assert "每月数据应在次月 10 日前上报，节假日不顺延" in text
    bars = words_of(picture(reverse("body-returns", args=[HOME_BODY, "svg"])))
    assert " 77" in bars
    assert "虚构北方认证有限公司：各月上报收到的行数" in bars
    assert "来源：本登记簿" in bars


def test_a_body_s_counts_lead_into_the_search_for_what_they_count(world: World) -> None:
    from zhunsheng.register.models import Certificate

    Certificate.objects.update(state="valid")
    html = unescape(html_of(reverse("body", args=[HOME_BODY])))
    text = text_of(reverse("body", args=[HOME_BODY]))
    assert f"/search?what=certificates&body={HOME_BODY}&scheme=A01&state=valid" in html
    assert f"/search?what=certificates&body={HOME_BODY}&region=44&state=valid" in html
    assert "合计 1 质量管理体系认证 1" in text
    assert "广东省 1" in text


def test_a_body_too_large_to_count_says_so_and_what_to_do(
    world: World, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhunsheng.register import counting

    monkeypatch.setattr(counting, "MOST_LIVE", 0)
    settings.DATA_DIR = tmp_path
    assert "zhunsheng snapshot" in text_of(reverse("body", args=[HOME_BODY]))


def test_the_bodies_are_listed_found_and_linked_from_every_page(world: World) -> None:
    address = reverse("bodies")
    assert f'href="{address}"' in html_of(reverse("search"))
    text = text_of(address)
    assert f"虚构北方认证有限公司 {HOME_BODY} ● 已批准 北京市 2025-03-10 1" in text
    only = text_of(address, q="南方")
    assert OTHER_BODY in only
    assert HOME_BODY not in only
    assert "没有符合的认证机构" in text_of(address, q="绝无此名")
    assert Client().get(address, {"status": "nonsense"}).status_code == 400


@pytest.mark.django_db
def test_an_empty_list_of_bodies_says_how_they_come_in(client: Client) -> None:
    page = client.get("/bodies").content.decode()
    assert "zhunsheng import bodies" in page
    assert "换一个名称" in client.get("/bodies?q=绝无此名").content.decode()
