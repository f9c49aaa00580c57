"""Who may send which return, how it is kept, and what becomes of files that cannot be read."""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook

from tests.actions.register.returns import (
    BODIES,
    BODY,
    OTHER_BODY,
    bring,
    everything_kept,
    receive,
    row,
    write,
)
from zhunsheng.people.policy import PUBLIC, Grant, NotPermitted, Viewer
from zhunsheng.people.roles import PartyKind, Permission

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

JULY = date(2025, 7, 31)


def staff(*bodies: str) -> Viewer:
    return Viewer("staff", frozenset(Grant(Permission.SUBMIT_RETURN, PartyKind.BODY, body) for body in bodies))


def entries(action: str) -> list[Any]:
    from zhunsheng.trail.models import Entry

    return list(Entry.objects.filter(action=action))


def test_a_received_file_is_kept_under_its_hash_and_queued_with_one_entry(
    returned: Callable[..., Any], data_dir: Path, tmp_path: Path, now: datetime
) -> None:
    from zhunsheng.register import actions

    file = write(tmp_path / "july.csv", [row()])
    count = len(entries("register.receive"))
    found = receive(file, known=JULY, at=now)
    assert (found.state, found.sha256) == ("queued", hashlib.sha256(file.read_bytes()).hexdigest())
    assert (data_dir / found.stored).read_bytes() == file.read_bytes()
    assert len(entries("register.receive")) == count + 1
    before = len(entries("register.import"))
    assert actions.work_once(at=now)
    assert not actions.work_once(at=now)
    assert len(entries("register.import")) == before + 1
    assert actions.run_import(found.pk, at=now).accepted == 1
    assert len(entries("register.import")) == before + 1


@pytest.mark.parametrize("viewer", [PUBLIC, staff("CNCA-R-2099-777")])
def test_whoever_may_not_send_a_return_is_refused(
    returned: Callable[..., Any], tmp_path: Path, now: datetime, viewer: Viewer
) -> None:
    from zhunsheng.register.models import Import

    count = Import.objects.count()
    with pytest.raises(NotPermitted):
        bring(write(tmp_path / "r.csv", [row()]), known=JULY, at=now, viewer=viewer)
    assert Import.objects.count() == count


def test_a_body_s_staff_bring_in_their_own_rows_and_no_other(
    returned: Callable[..., Any], tmp_path: Path, now: datetime
) -> None:
    file = write(tmp_path / "r.csv", [row(), row(RZJG_ID=OTHER_BODY)])
    done = bring(file, known=JULY, at=now, viewer=staff(BODY))
    assert (done.accepted, done.rejected, str(done.body and done.body.approval_no)) == (1, 1, BODY)
    done = bring(file, known=JULY, at=now, viewer=staff(OTHER_BODY, BODY))
    assert (done.unchanged, done.rejected, str(done.body and done.body.approval_no)) == (1, 1, BODY)


@pytest.mark.parametrize(("days", "words"), [(-1, "晚于今天"), (1, "只能是今天")])
def test_nobody_but_the_nation_rewrites_what_was_known(
    returned: Callable[..., Any], tmp_path: Path, days: int, words: str
) -> None:
    from zhunsheng.register import actions
    from zhunsheng.register.models import Import

    count = Import.objects.count()
    with pytest.raises(actions.BadKnownDay, match=words):
        actions.receive(
            kind="certificates",
            file_name="r.csv",
            content=write(tmp_path / "r.csv", [row()]),
            layout=None,
            known_on=JULY,
            viewer=staff(BODY),
            by="t",
            at=datetime.combine(JULY + timedelta(days), time(4), tzinfo=UTC),
        )
    assert Import.objects.count() == count


def test_a_body_s_staff_do_not_write_the_table_of_bodies(
    returned: Callable[..., Any], tmp_path: Path, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        bring(write(tmp_path / "b.csv", BODIES), known=JULY, at=now, kind="bodies", viewer=staff(BODY))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"RZJG_ID,CERT_NUMBER\n1,2\n", "AUTH_PROJ_CODE"),
        (b"a,b\n1,2\n", "RZJG_ID"),
        ("RZJG_ID,批准号,CERT_NUMBER,AUTH_PROJ_CODE,ORG_NAME\n1,1,1,1,1\n".encode(), "批准号"),
        (b"PK\x03\x04 no zip at all", "XLSX"),
        (b"RZJG_ID,CERT_NUMBER,AUTH_PROJ_CODE,ORG_NAME,PROD_NAME\n1,1,Z,1,1\n", "格式"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_words_and_changes_nothing(
    returned: Callable[..., Any], tmp_path: Path, now: datetime, content: bytes, words: str
) -> None:
    from zhunsheng.register import words as spoken

    (tmp_path / "odd.csv").write_bytes(content)
    before = everything_kept()
    done = bring(tmp_path / "odd.csv", known=JULY, at=now)
    assert done.state == "failed"
    assert words in spoken.failure(done.message, done.message_params)
    assert everything_kept() == before


def test_an_empty_file_is_refused_at_once(returned: Callable[..., Any], tmp_path: Path, now: datetime) -> None:
    from zhunsheng.register.importing.tabular import BadFile

    (tmp_path / "empty.csv").touch()
    with pytest.raises(BadFile):
        bring(tmp_path / "empty.csv", known=JULY, at=now)


HARMFUL = ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", " =1", "＝1"]


def test_accepted_text_stays_as_it_was_and_rejected_text_cannot_run(
    returned: Callable[..., Any], data_dir: Path, tmp_path: Path, now: datetime
) -> None:
    from zhunsheng.register.models import Certificate

    bad = [row(CERT_NUMBER="", BUSI_COVER_SCOP=text, ORG_PEOP_NUM="-5") for text in HARMFUL]
    done = bring(write(tmp_path / "r.csv", [row(BUSI_COVER_SCOP="=1+1"), *bad]), known=JULY, at=now)
    assert Certificate.objects.get().scope_text == "=1+1"
    with (data_dir / done.rejects_file).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["BUSI_COVER_SCOP"] for r in rows] == [f"'{text}" for text in HARMFUL]
    assert rows[0]["ORG_PEOP_NUM"] == "-5"
    assert [r["行号 row"] for r in rows] == ["3", "4", "5", "6", "7", "8"]
    assert {(r["字段 field"], r["代码 code"]) for r in rows} == {("CERT_NUMBER", "no_number")}
    assert all(r["原因"] for r in rows)


def test_rejects_come_in_the_format_of_the_file(
    returned: Callable[..., Any], data_dir: Path, tmp_path: Path, now: datetime
) -> None:
    rows = [row(), row(CERT_NUMBER="", ORG_NAME="=1\x07"), row(RZJG_ID="?")]
    pl.DataFrame(rows).write_parquet(tmp_path / "r.parquet")
    done = bring(tmp_path / "r.parquet", known=JULY, at=now)
    kept = pl.read_parquet(data_dir / done.rejects_file)
    assert kept["代码 code"].to_list() == ["control_character", "bad_approval"]
    assert kept["ORG_NAME"].to_list()[0] == "=1\x07"
    book = Workbook()
    for cells in (list(rows[0]), *(list(r.values()) for r in (rows[0], {**rows[1], "ORG_NAME": "=1"}, rows[2]))):
        book.worksheets[0].append([None if cell == "" else cell for cell in cells])
    book.worksheets[0]["B3"].data_type = "s"
    book.save(tmp_path / "r.xlsx")
    done = bring(tmp_path / "r.xlsx", known=JULY, at=now)
    assert (done.state, done.unchanged, done.rejected) == ("done", 1, 2)
    sheet = load_workbook(data_dir / done.rejects_file).worksheets[0]
    assert [sheet["B2"].value, sheet["B2"].data_type] == ["'=1", "s"]
    assert [cell.value for cell in sheet["A"]] == ["RZJG_ID", BODY, "?"]


def test_contradictory_rows_are_rejected_together_and_bring_nothing_else_with_them(
    returned: Callable[..., Any],
) -> None:
    from zhunsheng.register.models import Certificate, Organisation

    done = returned(
        JULY,
        row(CERT_NUMBER="A", ORG_CODE="", ORG_NAME="一"),
        row(CERT_NUMBER="B"),
        row(CERT_NUMBER="A", ORG_CODE="", ORG_NAME="二"),
    )
    assert (done.accepted, done.rejected) == (1, 2)
    assert list(Certificate.objects.values_list("number", flat=True)) == ["B"]
    assert Organisation.objects.count() == 1


def test_unknown_columns_and_missing_ones_are_noted_once(returned: Callable[..., Any]) -> None:
    from zhunsheng.register.importing import summary

    done = returned(JULY, row() | {"我的列": "x"}, row(CERT_NUMBER="B") | {"我的列": "y"})
    found = {kind.code: kind.count for kind in summary.of(done.pk)}
    assert found["unknown_column"] == 1
    assert found["missing_column"] == done.findings_count - 1
    assert any("我的列" in kind.example for kind in summary.of(done.pk))


def test_the_twin_s_columns_for_products_make_a_product_layout(returned: Callable[..., Any]) -> None:
    from zhunsheng.register.models import Certificate

    makers = {"MANU_NAME": "甲厂", "FACT_NAME": "乙厂", "PROD_NAME": "插座", "PROD_MODEL": "X1", "PROD_CLASS": "0201"}
    done = returned(JULY, row(AUTH_PROJ_CODE="B01") | makers | {"IMPL_RULE": "CNCA-C02-01"})
    assert (done.layout, done.accepted) == ("ccc", 1)
    assert Certificate.objects.get().details == {"ORG_PEOP_NUM": "80", **makers, "IMPL_RULE": "CNCA-C02-01"}
