"""The planted life of the demo: each planted thing is in the rows, and nothing else has changed."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
import pytest

from zhunsheng.codes import uscc
from zhunsheng.demo.second_month import Planted, Summary, TooSmall, second_month
from zhunsheng.demo.twin import make_twin

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin

STATUS = {"suspended": "02", "withdrawn": "03", "cancelled": "04"}


@pytest.fixture(scope="module")
def twin(july: Bulletin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twin")
    make_twin(july, folder, scale=0.01)
    return folder


@pytest.fixture(scope="module")
def later(twin: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("later")
    return folder, second_month(twin, folder, month="2025-08", seed=1)


def _before(twin: Path) -> pl.DataFrame:
    return pl.read_parquet(twin / "certificates-ms.parquet")


def _after(later: tuple[Path, Summary]) -> pl.DataFrame:
    return pl.read_parquet(later[0] / "certificates-ms.parquet")


def _row(frame: pl.DataFrame, planted: Planted) -> dict[str, str]:
    rows = frame.filter((pl.col("CERT_NUMBER") == planted.number) & (pl.col("RZJG_ID") == planted.body))
    assert len(rows) == 1
    return rows.row(0, named=True)


def test_the_return_is_of_two_bodies_and_holds_all_that_outlives_it(twin: Path, later: tuple[Path, Summary]) -> None:
    folder, summary = later
    assert len(summary.bodies) == 2
    for layout in ("ms", "voluntary"):
        path = f"certificates-{layout}.parquet"
        kept = pl.read_parquet(twin / path).filter(
            pl.col("RZJG_ID").is_in(summary.bodies) & (pl.col("CERTI_E_DATE") > "2025-09-10")
        )
        new = {p.number for p in summary.planted if p.kind == "issued"} if layout == "ms" else set()
        found = pl.read_parquet(folder / path)
        assert set(found["CERT_NUMBER"]) == set(kept["CERT_NUMBER"]) | new
        assert found["CERT_NUMBER"].is_unique().all()
        assert set(found.schema.values()) == {pl.String()}
    assert [path.exists() for path in summary.files] == [True] * len(summary.files)


def test_ended_and_paused_certificates_say_when_and_why(later: tuple[Path, Summary]) -> None:
    frame = _after(later)
    for one in later[1].planted:
        row = _row(frame, one)
        assert row["CERTI_STATUS"] == STATUS.get(one.kind, "01")
        assert "2025-08-01" <= one.on <= "2025-08-31"
        if one.kind == "suspended":
            assert (row["PAUSE_S_DATE"], row["PAUSE_E_DATE"]) == (one.on, one.after)
            assert row["PAUSE_CAUSE"]
        elif one.kind in STATUS:
            assert row["CANCEL_DATE"] == one.on
            assert row["CANCEL_CAUSE"]
    ended = frame.filter(pl.col("CERTI_STATUS") != "01")["CERT_NUMBER"]
    assert set(ended) == {one.number for one in later[1].planted if one.kind in STATUS}


def test_renewed_certificates_run_three_years_from_the_new_award(twin: Path, later: tuple[Path, Summary]) -> None:
    before, after = _before(twin), _after(later)
    renewed = [one for one in later[1].planted if one.kind == "renewed"]
    assert renewed
    for one in renewed:
        old, new = _row(before, one), _row(after, one)
        assert (old["CERTI_E_DATE"], new["CERTI_E_DATE"]) == (one.before, one.after)
        assert new["AWARD_DATE"] == one.on
        assert int(new["CERTI_E_DATE"][:4]) == 2028
        assert int(new["A_AUTH_TIMES"]) == int(old["A_AUTH_TIMES"]) + 1


def test_a_renamed_organisation_has_the_new_name_everywhere_and_keeps_code_and_mark(
    twin: Path, later: tuple[Path, Summary]
) -> None:
    before, after = _before(twin), _after(later)
    for one in (p for p in later[1].planted if p.kind == "renamed"):
        old, new = _row(before, one), _row(after, one)
        assert (new["ORG_O_NAME"], new["ORG_NAME"]) == (old["ORG_NAME"], one.after)
        assert old["ORG_NAME"] != new["ORG_NAME"]
        assert new["ORG_CODE"] == old["ORG_CODE"]
        assert new["ORG_NAME"].endswith("〔虚构〕")
        assert set(after.filter(pl.col("ORG_CODE") == new["ORG_CODE"])["ORG_NAME"]) == {one.after}


def test_a_moved_organisation_is_in_another_province_everywhere(twin: Path, later: tuple[Path, Summary]) -> None:
    before, after = _before(twin), _after(later)
    for one in (p for p in later[1].planted if p.kind == "moved"):
        old, new = _row(before, one), _row(after, one)
        assert (old["ORG_DISTRICT"][:2], new["ORG_DISTRICT"][:2]) == (one.before, one.after)
        assert one.before != one.after
        assert set(after.filter(pl.col("ORG_CODE") == new["ORG_CODE"])["ORG_DISTRICT"].str.slice(0, 2)) == {one.after}


def test_new_certificates_have_new_numbers_and_one_holder_of_each_body_is_new(
    twin: Path, later: tuple[Path, Summary]
) -> None:
    known, numbers = set(_before(twin)["ORG_CODE"]), set(_before(twin)["CERT_NUMBER"])
    for path in twin.glob("certificates-*.parquet"):
        known |= set(pl.read_parquet(path)["ORG_CODE"])
    fresh = Counter[str]()
    for one in (p for p in later[1].planted if p.kind == "issued"):
        row = _row(_after(later), one)
        assert one.number not in numbers
        assert row["ORG_NAME"].endswith("〔虚构〕")
        assert uscc.examine(row["ORG_CODE"]) is uscc.Verdict.OK
        fresh[one.body] += row["ORG_CODE"] not in known
    assert fresh == dict.fromkeys(later[1].bodies, 1)


def test_what_was_not_planted_is_unchanged(twin: Path, later: tuple[Path, Summary]) -> None:
    planted = [one.number for one in later[1].planted]
    before, after = _before(twin), _after(later)
    untouched = after.filter(~pl.col("CERT_NUMBER").is_in(planted)).select(before.columns)
    same = untouched.join(before, on=before.columns, how="inner", nulls_equal=True)
    assert len(same) == len(untouched)


def test_the_summary_is_written_and_the_bodies_have_reported(later: tuple[Path, Summary]) -> None:
    folder, summary = later
    written = json.loads((folder / "planted.json").read_text(encoding="utf-8"))
    assert [one["number"] for one in written["planted"]] == [one.number for one in summary.planted]
    kinds = {*STATUS, "renewed", "scope_widened", "renamed", "moved", "issued"}
    assert {one["kind"] for one in written["planted"]} == kinds
    bodies = pl.read_csv(folder / "bodies.csv", infer_schema=False)
    assert bodies["RZJG_ID"].to_list() == list(summary.bodies)
    assert set(bodies["REPORTED_ON"].str.slice(0, 7)) == {"2025-09"}


def test_the_same_seed_plants_the_same(twin: Path, later: tuple[Path, Summary], tmp_path: Path) -> None:
    second_month(twin, tmp_path, month="2025-08", seed=1)
    for path in later[0].iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert second_month(twin, tmp_path, month="2025-08", seed=2).planted != later[1].planted


def test_a_twin_too_small_for_a_second_month_is_refused(july: Bulletin, tmp_path: Path) -> None:
    make_twin(july, tmp_path / "twin", scale=0.0001)
    with pytest.raises(TooSmall):
        second_month(tmp_path / "twin", tmp_path / "later", month="2025-08", seed=1)
