"""Who reads how much: the public the first hits, bulk readers what is within their reach, and their exports."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from tests.actions.register import found
from zhunsheng.people.policy import PUBLIC, Grant, NotPermitted, Viewer
from zhunsheng.people.roles import PartyKind, Permission
from zhunsheng.register import exporting, finding
from zhunsheng.trail import queries as trail

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(now: datetime) -> found.World:
    return found.world(now)


def bulk(kind: PartyKind, key: str) -> Viewer:
    return Viewer("reader", frozenset({Grant(Permission.READ_IN_BULK, kind, key)}))


# The certificates of each: organisations of Guangdong; of the northern body; of Baiyun; and everything.
ALL = "q1 q2 q3 e1 e2 p1 x1 h1"
REACH = [
    (lambda _: bulk(PartyKind.REGULATOR, ""), ALL),
    (lambda _: bulk(PartyKind.READER, "data"), ALL),
    (lambda _: bulk(PartyKind.REGULATOR, "44"), "q2 e1"),
    (lambda _: bulk(PartyKind.BODY, found.NORTH), "q1 q2 x1 h1"),
    (lambda world: bulk(PartyKind.ORGANISATION, world.holders["baiyun"].code), "q2 e1"),
    (lambda _: bulk(PartyKind.BODY, "CNCA-R-2099-999"), ""),
    (
        lambda _: Viewer("both", bulk(PartyKind.BODY, found.NORTH).grants | bulk(PartyKind.REGULATOR, "44").grants),
        "q1 q2 x1 h1 e1",
    ),
]
IDS = ["nation", "reader", "province", "body", "organisation", "unknown body", "body and province"]


@pytest.mark.parametrize(("viewer_of", "hit"), REACH, ids=IDS)
def test_a_bulk_reader_reads_what_is_within_reach(
    world: found.World, viewer_of: object, hit: str, today: date, now: datetime
) -> None:
    assert callable(viewer_of)
    viewer = viewer_of(world)
    names = {c.pk: name for name, c in world.certificates.items()}
    page = finding.certificates(finding.Query(), viewer=viewer, today=today, bulk=True)
    assert {names[c.pk] for c in page.rows} == set(hit.split())
    assert finding.facets(finding.Query(), viewer=viewer, today=today, bulk=True).total.n == len(hit.split())
    assert finding.counted(finding.Query(), viewer=viewer, today=today, bulk=True).n == len(hit.split())
    made = exporting.prepare(query=finding.Query(), form="csv", viewer=viewer, by="reader", at=now)
    assert {names[pk] for pk in made.ids} == set(hit.split())
    # Asking for more than one's own changes nothing.
    wide = finding.certificates(finding.Query(text="科技"), viewer=viewer, today=today, bulk=True)
    assert {names[c.pk] for c in wide.rows} == set(hit.split()) & {"q1", "q2", "e1", "p1"}


@pytest.mark.parametrize(("viewer_of", "hit"), REACH, ids=IDS)
def test_organisations_in_bulk_are_those_of_one_s_certificates(
    world: found.World, viewer_of: object, hit: str, today: date
) -> None:
    assert callable(viewer_of)
    page = finding.organisations(finding.Query(), viewer=viewer_of(world), today=today, bulk=True)
    of = {world.certificates[name].organisation_id for name in hit.split()}
    assert {o.pk for o in page.rows} == of


NARROWER = Viewer("body", frozenset({Grant(Permission.SEE_DETAILS, PartyKind.BODY, found.NORTH)}))


@pytest.mark.parametrize("viewer", [PUBLIC, NARROWER])
def test_whoever_may_not_read_in_bulk_gets_neither_pages_nor_files(
    world: found.World, viewer: Viewer, today: date, now: datetime
) -> None:
    query = finding.Query(text="科技")
    for what in (finding.certificates, finding.organisations):
        with pytest.raises(NotPermitted):
            what(query, viewer=viewer, today=today, bulk=True)
    with pytest.raises(NotPermitted):
        finding.facets(query, viewer=viewer, today=today, bulk=True)
    with pytest.raises(NotPermitted):
        exporting.prepare(query=query, form="csv", viewer=viewer, by="", at=now)


def test_the_public_sees_the_first_fifty_and_no_way_on(world: found.World, today: date) -> None:
    for n in range(60):
        found.certificate(f"M{n:03d}", world.north, world.holders["qinghe"], "A0101")
    query = finding.Query(text="青禾")
    page = finding.certificates(query, viewer=PUBLIC, today=today, limit=1000)
    assert len(page.rows) == 50
    assert page.next is not None
    assert page.next.place == ()
    again = finding.certificates(query, viewer=PUBLIC, today=today, after=finding.Cursor(("scheme", 101, "valid", 40)))
    assert again.rows == page.rows


@pytest.mark.parametrize(
    ("query", "enough"),
    [
        (finding.Query(), False),
        (finding.Query(text="青"), False),
        (finding.Query(state="valid"), False),
        (finding.Query(text="青禾"), True),
        (finding.Query(region="11"), True),
        (finding.Query(scheme="A"), True),
        (finding.Query(standard="ISO 9001"), True),
        (finding.Query(body=found.NORTH), True),
    ],
)
def test_the_public_has_to_pick_something_out(
    world: found.World, query: finding.Query, enough: bool, today: date
) -> None:
    if enough:
        assert finding.certificates(query, viewer=PUBLIC, today=today).rows
        return
    with pytest.raises(finding.TooWide):
        finding.certificates(query, viewer=PUBLIC, today=today)


# ---- files -----------------------------------------------------------------------------------------

READER = bulk(PartyKind.READER, "data")


def made(query: finding.Query, form: str, now: datetime) -> exporting.Export:
    return exporting.prepare(query=query, form=form, viewer=READER, by="reader", at=now)


def workbook(export: exporting.Export) -> openpyxl.Workbook:
    out = io.BytesIO()
    exporting.write_xlsx(export, out)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def test_a_workbook_says_first_what_it_holds(world: found.World, now: datetime) -> None:
    book = workbook(made(finding.Query(text="科技", state="suspended"), "xlsx", now))
    about = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows()}
    assert about["编号或名称"] == "科技"
    assert about["今天的状态"] == "暂停"
    assert about["证书数"] == 1
    assert about["导出人"] == "reader"
    assert str(about["导出日期"])[:10] == str(about["按截至何日所知"])[:10] == "2025-08-05"


def test_rows_stand_under_the_labels_of_the_national_template(world: found.World, now: datetime) -> None:
    sheet = workbook(made(finding.Query(region="44"), "xlsx", now)).worksheets[1]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    by_label = [dict(zip(head, row, strict=True)) for row in rows]
    assert {row["证书编号"] for row in by_label} == {"90124Q00002R0S", "90224E00010R0M"}
    first = next(row for row in by_label if row["证书编号"] == "90124Q00002R0S")
    assert first["组织名称"] == "白云科技股份公司"
    assert first["批准号"] == found.NORTH
    assert first["认证依据"] == "ISO9001:2008"
    assert first["证书状态"] == "暂停"
    assert str(first["证书截止日期"])[:10] == "2027-02-28"


def test_only_public_fields_leave(world: found.World, now: datetime) -> None:
    from zhunsheng.register.layouts import layouts

    secret = {f.label for one in layouts().values() for f in one.fields.values() if not f.public}
    found.certificate("S1", world.north, world.holders["lasa"], "A0101", details={"INVOICE_NUM": "HT-7"})
    for query in (finding.Query(), finding.Query(scheme="A"), finding.Query(scheme="B01")):
        text = "".join(exporting.csv_lines(made(query, "csv", now)))
        head = next(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        assert not secret & set(head)
        assert "HT-7" not in text


def test_a_search_in_one_layout_brings_its_own_columns(world: found.World, now: datetime) -> None:
    found.certificate(
        "2024010901000002", world.south, world.holders["lasa"], "B01", layout="ccc", details={"PROD_NAME": "电线"}
    )
    text = "".join(exporting.csv_lines(made(finding.Query(scheme="B01"), "csv", now)))
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row["产品名称"] for row in rows} == {"", "电线"}


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1"])
def test_a_name_is_never_a_formula(world: found.World, name: str, now: datetime) -> None:
    holder = found.holder(77, f"{name}恶意公司", region="62")
    found.certificate("F1", world.north, holder, "A0101", scope_text=name)
    export = made(finding.Query(region="62"), "xlsx", now)
    cells = [cell for row in workbook(export).worksheets[1].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    text = "".join(exporting.csv_lines(made(finding.Query(region="62"), "csv", now)))
    row = next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert row["组织名称"].startswith("'")


def test_an_export_is_one_entry_of_the_trail(world: found.World, now: datetime) -> None:
    query = finding.Query(text="科技", region="44")
    made(query, "xlsx", now)
    entries = list(trail.about(f"search:{query.address()}"))
    assert [(e.by, e.action, e.detail["rows"]) for e in entries] == [("reader", "register.export", 2)]
    assert entries[0].detail["query"] == {"q": "科技", "region": "44"}


def test_more_than_a_sheet_holds_is_refused_in_words_and_leaves_no_entry(
    world: found.World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exporting.MOST_ROWS, "xlsx", 3)
    with pytest.raises(exporting.TooManyRows, match="CSV"):
        made(finding.Query(), "xlsx", now)
    assert len(made(finding.Query(), "csv", now).ids) == 8
    assert len(trail.about("search:")) == 1


def test_a_form_that_does_not_exist_is_refused(world: found.World, now: datetime) -> None:
    with pytest.raises(exporting.UnknownForm):
        made(finding.Query(), "pdf", now)


def test_an_export_can_be_read_as_a_return(world: found.World, now: datetime) -> None:
    from zhunsheng.register import layouts

    text = "".join(exporting.csv_lines(made(finding.Query(scheme="A"), "csv", now)))
    head = next(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    fields = layouts.recognise("certificates", head)
    assert layouts.detect("certificates", fields.values(), "A0101") == "ms"
    required = {"RZJG_ID", "ORG_NAME", "CERT_NUMBER", "AUTH_PROJ_CODE", "AUTH_PROJ_CODEDEC", "AWARD_DATE"}
    assert required | {"CERTI_E_DATE", "CERTI_STATUS"} <= set(fields.values())
    assert set(head) - set(fields) == {"认证机构", "地区"}


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_the_workbook(world: found.World, now: datetime, tmp_path: Path) -> None:
    assert SOFFICE is not None
    for n in range(300):
        found.certificate(f"L{n:04d}", world.north, world.holders["qinghe"], "A0101")
    file = tmp_path / "found.xlsx"
    with file.open("wb") as out:
        exporting.write_xlsx(made(finding.Query(text="青禾"), "xlsx", now), out)
    # The second leaf, as UTF-8: the arguments are LibreOffice's own numbers for these.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    subprocess.run(
        [
            SOFFICE,
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            options,
            "--outdir",
            str(tmp_path),
            str(file),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    opened = next(tmp_path.glob("*.csv")).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(opened)))
    assert len(rows) == 302
    assert "L0299" in {row["证书编号"] for row in rows}


def test_the_addresses_of_exports_need_the_permission(world: found.World) -> None:
    response = Client().get(reverse("search-export"), {"q": "科技", "form": "csv"})
    assert response.status_code == 302
    assert reverse("sign-in") in response["Location"]
