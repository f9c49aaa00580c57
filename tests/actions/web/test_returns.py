"""Sending a return through the page: from the form to the result, with the real import behind it."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhunsheng.codes import uscc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.http import HttpResponse
    from django.test import Client

    from tests.actions.web.conftest import World

pytestmark = pytest.mark.django_db(transaction=True)

ROW = {
    "RZJG_ID": "CNCA-R-2099-901",
    "ORG_NAME": "虚构新开制造有限公司",
    "ORG_CODE": uscc.invented("11", 7),
    "ORG_COUNTRY": "156",
    "ORG_DISTRICT": "110000",
    "ORG_ADDRESS": "虚构路 7 号",
    "CERT_NUMBER": "90125Q00007R0S",
    "AUTH_PROJ_CODE": "A0101",
    "FIRST_CERT_DATE": "2025-06-01",
    "APP_ASS_DATE": "2025-06-01",
    "AWARD_DATE": "2025-06-01",
    "CERTI_E_DATE": "2028-05-31",
    "CERTI_STATUS": "01",
}


def upload(client: Client, *rows: dict[str, str], name: str = "return.csv", **changed: str) -> HttpResponse:
    """Send rows as a CSV file through the form."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(ROW))
    writer.writeheader()
    writer.writerows(rows)
    file = SimpleUploadedFile(name, out.getvalue().encode("utf-8"))
    data = {"kind": "certificates", "layout": "ms", "known_on": "2025-07-10", **changed}
    response = client.post(reverse("import-new"), {**data, "file": file})
    assert response.status_code in {200, 302, 400}
    return response  # type: ignore[return-value]


def work() -> None:
    """Do what waits, as `zhunsheng work` does."""
    from zhunsheng.register import actions

    assert actions.work_once(at=datetime.now(UTC))


@pytest.fixture
def body(demo: Path, world: World, client_of: Callable[[str], Client]) -> Client:
    """Return a client of the home body's staff, on an instance that may hold invented codes."""
    return client_of("body")


def test_a_return_is_taken_in_and_its_result_shown(body: Client) -> None:
    broken = {**ROW, "CERT_NUMBER": "", "ORG_CODE": uscc.invented("11", 8)}
    address = upload(body, ROW, broken)["Location"]
    waiting = body.get(address).content.decode()
    assert "排队中" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert "HX-Refresh" not in body.get(address + "/progress").headers
    work()
    text = body.get(address).content.decode()
    assert "已完成" in text
    figures = re.findall(r"<dt>([^<]+)</dt><dd>([\d,]+)</dd>", text)
    assert ("行数", "2") in figures
    assert ("收下，新的或有变化", "1") in figures
    assert ("退回", "1") in figures
    assert body.get(address + "/progress")["HX-Refresh"] == "true"
    rejected = b"".join(body.get(address + "/rejects")).decode("utf-8-sig")
    assert "没有证书编号" in rejected
    assert "90125Q00007R0S" in body.get(reverse("search"), {"q": "90125q00007r0s"}).content.decode()


def test_findings_name_row_field_and_what_is_odd_in_words(body: Client) -> None:
    address = upload(body, {**ROW, "CERTI_E_DATE": "2025-05-01"})["Location"]
    work()
    text = body.get(address).content.decode()
    assert "发现，按文件的行" in text
    assert re.search(r"截止日期.{0,40}CERTI_E_DATE|证书截止日期", text)


def test_a_row_of_another_body_is_not_taken_from_this_one(body: Client) -> None:
    address = upload(body, ROW, {**ROW, "RZJG_ID": "CNCA-R-2099-902", "CERT_NUMBER": "90225Q00008R0S"})["Location"]
    work()
    assert "不是您的机构" in b"".join(body.get(address + "/rejects")).decode("utf-8-sig")
    assert "没有找到" in body.get(reverse("search"), {"q": "90225Q00008R0S"}).content.decode()


def test_the_other_body_cannot_see_what_was_sent(body: Client, world: World) -> None:
    from zhunsheng.people import actions, queries
    from zhunsheng.people.roles import PartyKind
    from zhunsheng.register import queries as register

    pk = int(upload(body, ROW)["Location"].rsplit("/", 1)[1])
    person = actions.admit(
        name="other",
        password="a long enough phrase",
        role="body_staff",
        kind=PartyKind.BODY,
        key=world.other_body.approval_no,
        party_name="虚构",
        by="system:test",
        at=datetime.now(UTC),
    )
    with pytest.raises(register.NotFound):
        register.import_seen(queries.viewer_of(person), pk)


@pytest.mark.parametrize(
    ("who", "changed", "said"),
    [
        ("body", {"name": "return.exe"}, "只收 CSV、XLSX 和 Parquet 文件"),
        ("body", {"kind": "bodies"}, "选择一个有效的选项"),
        ("nation", {"known_on": "31.12.2025"}, "不是日期"),
        ("nation", {"known_on": "2999-12-31"}, "晚于今天"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_nothing_is_kept(
    who: str, changed: dict[str, str], said: str, body: Client, client_of: Callable[[str], Client]
) -> None:
    from zhunsheng.register.models import Import

    before = Import.objects.count()
    response = upload(client_of(who), ROW, **changed)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert Import.objects.count() == before


def test_a_body_s_staff_cannot_choose_the_day_on_which_a_return_became_known(body: Client) -> None:
    from django.utils import timezone

    from zhunsheng.register.models import Import

    assert 'name="known_on"' not in body.get(reverse("import-new")).content.decode()
    upload(body, ROW, known_on="2020-01-01")
    assert Import.objects.order_by("-id").values_list("known_on", flat=True)[0] == timezone.localdate()


def test_an_empty_file_is_refused_in_words(body: Client) -> None:
    data = {"kind": "certificates", "layout": "", "known_on": "2025-07-10", "file": SimpleUploadedFile("a.csv", b"")}
    response = body.post(reverse("import-new"), data)
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_a_file_that_is_not_what_it_says_ends_as_failed_with_a_message(body: Client) -> None:
    file = SimpleUploadedFile("return.xlsx", b"PK\x03\x04 not a workbook")
    data = {"kind": "certificates", "layout": "", "known_on": "2025-07-10", "file": file}
    response = body.post(reverse("import-new"), data)
    assert response.status_code in {302, 400}
    if response.status_code == 302:
        work()
        text = body.get(response["Location"]).content.decode()
        assert "未完成" in text
        assert "登记没有任何改变" in text


def test_why_an_import_failed_is_said_in_the_language_of_whoever_reads_it(body: Client) -> None:
    file = SimpleUploadedFile("odd.csv", b"a,b\n1,2\n")
    data = {"kind": "certificates", "layout": "", "known_on": "2025-07-10", "file": file}
    address = body.post(reverse("import-new"), data)["Location"]
    work()
    assert re.search(r'class="fault">odd\.csv [^<]*没有列[^<]*RZJG_ID', body.get(address).content.decode())
    english = body.get(address, {"lang": "en"}).content.decode()
    assert re.search(r"odd\.csv[^<]*column[^<]*RZJG_ID", english)
    assert "没有列" not in english


def test_all_findings_can_be_leafed_through_and_downloaded(body: Client) -> None:
    wrong = [{**ROW, "CERT_NUMBER": f"90125Q{n:05}R0S", "CERTI_E_DATE": "2025-05-01"} for n in range(201)]
    odd = {**ROW, "CERT_NUMBER": "=1+1", "CERTI_E_DATE": "2025-05-01"}
    address = upload(body, *wrong, odd)["Location"]
    work()
    first = body.get(address).content.decode()
    assert "发现，按种类" in first
    found = re.search(r"第 1 页，共 (\d+) 页", first)
    assert found
    pages = [body.get(address, {"page": n}).content.decode() for n in range(1, int(found[1]) + 1)]
    seen = re.findall(r'<td class="nowrap">(90125Q\d{5}R0S)</td>', "".join(pages))
    assert set(seen) == {f"90125Q{n:05}R0S" for n in range(201)}
    sent = b"".join(body.get(address + "/findings.csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sent)))
    late = [r for r in rows if r["代码 code"] == "dates_out_of_order"]
    assert {r["证书编号 number"] for r in late} == {*(f"90125Q{n:05}R0S" for n in range(201)), "'=1+1"}
    assert "晚于" in late[0]["原因"]
    assert not re.search(r"[\u4e00-\u9fff]", late[0]["reason"])


def test_a_poll_after_the_session_has_ended_leads_the_whole_window_to_the_sign_in_page(body: Client) -> None:
    address = upload(body, ROW)["Location"]
    body.logout()
    poll = body.get(address + "/progress", headers={"hx-request": "true"})
    assert poll.status_code == 401
    assert poll.content == b""
    assert poll["HX-Redirect"] == f"{reverse('sign-in')}?next={address}"


def test_a_form_sent_twice_by_a_double_click_is_one_return(body: Client) -> None:
    from zhunsheng.register.models import Import

    first, second = upload(body, ROW)["Location"], upload(body, ROW)["Location"]
    assert first == second
    assert Import.objects.filter(file_name="return.csv").count() == 1
    work()
    assert upload(body, ROW)["Location"] != first


def test_a_file_none_of_whose_rows_can_be_taken_says_so_beside_its_state(body: Client) -> None:
    address = upload(body, {**ROW, "CERT_NUMBER": ""})["Location"]
    work()
    assert "没有一行能收下" in body.get(address).content.decode()
