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
    ("changed", "said"),
    [
        ({"name": "return.exe"}, "只收 CSV、XLSX 和 Parquet 文件"),
        ({"known_on": "31.12.2025"}, "不是日期"),
        ({"kind": "bodies"}, "只能报送本机构的证书"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_nothing_is_kept(
    changed: dict[str, str], said: str, body: Client
) -> None:
    from zhunsheng.register.models import Import

    before = Import.objects.count()
    response = upload(body, ROW, **changed)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert Import.objects.count() == before


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
