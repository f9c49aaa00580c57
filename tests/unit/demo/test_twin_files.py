"""The files of a twin, counted again by other means than those that made them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.bulletin.model import Bulletin, ProjectRow, RegionRow
from zhunsheng.codes import approval, certificate_number, uscc
from zhunsheng.demo.twin import certificates, make_twin, names

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.demo.twin import Targets

MONTH_END = date(2025, 7, 31)
# Written out again from the national code table (domain facts 2.1), not taken from the twin's own data.
DOMAIN_OF_LETTER = {"A": "管理体系认证", "B": "产品认证", "C": "服务认证"}
LEAF_OF_PREFIX = {
    "A01": "质量管理体系认证",
    "A02": "环境管理体系认证",
    "A03": "职业健康安全管理体系认证",
    "A04": "食品农产品管理体系认证",
    "A05": "信息安全管理体系认证",
    "A06": "信息技术服务管理体系认证",
    "A07": "测量管理体系认证",
    "A08": "森林认证",
    "A09": "能源管理体系认证",
    "A10": "知识产权管理体系认证",
    "A99": "其它管理体系认证",
    "B01": "强制性产品认证",
    "B02": "食品农产品",
    "B03": "自愿性工业产品",
    "C01": "国家推行的服务认证",
    "C02": "一般服务认证",
}
COUNTRIES = {"344": "香港特别行政区", "446": "澳门特别行政区", "158": "台湾省"}
PREFIXES = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区", "21": "辽宁省",
    "22": "吉林省", "23": "黑龙江省", "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省",
    "36": "江西省",
    "37": "山东省", "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区", "61": "陕西省", "62": "甘肃省",
    "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
}  # fmt: skip
Counts = dict[str, tuple[int, int]]
LEAVES = sorted(set(LEAF_OF_PREFIX.values()) - {"森林认证"})
REGIONS = [*PREFIXES.values(), *COUNTRIES.values(), "国外", "未知地区"]


def rows_of(folder: Path) -> pl.DataFrame:
    """All certificates of a twin with leaf, domain, region and who is counted."""
    wanted = [
        "RZJG_ID", "ORG_NAME", "ORG_CODE", "ORG_COUNTRY", "ORG_DISTRICT", "CERT_NUMBER", "AUTH_PROJ_CODE",
        "AUTH_PROJ_CODEDEC", "AWARD_DATE", "CERTI_E_DATE", "CERTI_STATUS",
    ]  # fmt: skip
    frame = pl.concat(pl.read_parquet(path).select(wanted) for path in sorted(folder.glob("certificates-*.parquet")))
    province = pl.col("ORG_DISTRICT").str.slice(0, 2).replace_strict(PREFIXES, default=None)
    return frame.with_columns(
        leaf=pl.col("AUTH_PROJ_CODE").str.slice(0, 3).replace_strict(LEAF_OF_PREFIX),
        domain=pl.col("AUTH_PROJ_CODE").str.slice(0, 1).replace_strict(DOMAIN_OF_LETTER),
        who=pl.coalesce("ORG_CODE", pl.concat_str("ORG_NAME", "ORG_COUNTRY")),
        region=pl.when(pl.col("ORG_COUNTRY") == "156")
        .then(province.fill_null("未知地区"))
        .otherwise(pl.col("ORG_COUNTRY").replace_strict(COUNTRIES, default="国外")),
    )


def counted(rows: pl.DataFrame, by: str) -> Counts:
    """Certificates and distinct holders by a column."""
    found = rows.group_by(by).agg(pl.len(), pl.col("who").n_unique())
    return {name: (certificates, organisations) for name, certificates, organisations in found.iter_rows()}


@pytest.fixture(scope="module")
def mini(july: Bulletin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A twin at the demo's scale."""
    folder = tmp_path_factory.mktemp("twin")
    make_twin(july, folder, scale=0.01, seed=1)
    return folder


def _agrees(folder: Path, targets: Targets) -> None:
    rows = rows_of(folder)
    for by, wanted in (("leaf", targets.leaves), ("domain", targets.domains), ("region", targets.places)):
        expected = {row.name: (row.certificates, row.organisations) for row in wanted if row.certificates}
        assert counted(rows, by) == expected
    assert (len(rows), rows["who"].n_unique()) == (targets.total.certificates, targets.total.organisations)


@pytest.mark.parametrize(("scale", "seed"), [(0.02, 1), (0.02, 2), (0.01, 1), (0.01, 3), (0.001, 1), (0.0002, 4)])
def test_the_files_count_to_every_target(july: Bulletin, tmp_path: Path, scale: float, seed: int) -> None:
    report = make_twin(july, tmp_path, scale=scale, seed=seed)
    _agrees(tmp_path, report.targets)
    assert {path.name for path in report.files} == {p.name for p in tmp_path.iterdir()} - {"twin.json"}


def test_at_one_fiftieth_guangdong_and_quality_systems_are_a_fiftieth_of_the_printed_figures(
    july: Bulletin, tmp_path: Path
) -> None:
    make_twin(july, tmp_path, scale=0.02)
    rows = rows_of(tmp_path)
    # Printed: 广东省 765239 and 174667, 质量管理体系认证 1018197 and 948325.
    found, organisations = counted(rows, "region")["广东省"]
    assert abs(found - 15304.78) <= 1
    assert abs(organisations - 3493.34) <= 1
    found, organisations = counted(rows, "leaf")["质量管理体系认证"]
    assert abs(found - 20363.94) <= 1
    assert abs(organisations - 18966.5) <= 1


Holder = tuple[str, dict[str, int]]
holders = st.lists(
    st.tuples(st.sampled_from(REGIONS), st.dictionaries(st.sampled_from(LEAVES), st.integers(1, 6), min_size=1)),
    min_size=1,
    max_size=60,
)


def _bulletin_of(register: list[Holder]) -> Bulletin:
    """Count a small register by hand, as a bulletin prints it."""
    domain_of = {leaf: DOMAIN_OF_LETTER[prefix[0]] for prefix, leaf in LEAF_OF_PREFIX.items()}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for region, held in register:
        whole = sum(held.values())
        inside = {region, "全部"} | ({"全国"} if region != "国外" else set())
        for name in inside:
            counts[name] = [counts[name][0] + whole, counts[name][1] + 1]
        for leaf, count in held.items():
            counts[leaf] = [counts[leaf][0] + count, counts[leaf][1] + 1]
        for domain in {domain_of[leaf] for leaf in held}:
            own = sum(held[leaf] for leaf in held if domain_of[leaf] == domain)
            counts[domain] = [counts[domain][0] + own, counts[domain][1] + 1]
    projects = [ProjectRow("合计", None, *counts["全部"])]
    projects += [ProjectRow(domain, "合计", *counts[domain]) for domain in DOMAIN_OF_LETTER.values()]
    projects += [ProjectRow(leaf, domain_of[leaf], *counts[leaf]) for leaf in LEAVES]
    regions = [
        RegionRow(name, certificates=counts[name][0], organisations=counts[name][1])
        for name in ("全部", "全国", *REGIONS)
        if name != "未知地区"
    ]
    return Bulletin("2025-07", projects=tuple(projects), regions=tuple(regions))


@given(register=holders, seed=st.integers(0, 1000))
def test_the_bulletin_of_any_small_register_has_a_twin(
    tmp_path_factory: pytest.TempPathFactory, register: list[Holder], seed: int
) -> None:
    folder = tmp_path_factory.mktemp("small")
    bulletin = _bulletin_of(register)
    report = make_twin(bulletin, folder, seed=seed)
    assert report.corrections == ()
    _agrees(folder, report.targets)
    printed = {row.name: (row.certificates, row.organisations) for row in bulletin.projects}
    rows = rows_of(folder)
    found = counted(rows, "leaf") | counted(rows, "domain") | {"合计": (len(rows), rows["who"].n_unique())}
    assert found == {name: figure for name, figure in printed.items() if figure[0]}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(july: Bulletin, mini: Path, tmp_path: Path) -> None:
    make_twin(july, tmp_path, scale=0.01, seed=1)
    files = sorted(path.name for path in mini.iterdir())
    assert files == sorted(path.name for path in tmp_path.iterdir())
    assert all((mini / name).read_bytes() == (tmp_path / name).read_bytes() for name in files)
    make_twin(july, tmp_path, scale=0.01, seed=2)
    assert (mini / "certificates-ms.parquet").read_bytes() != (tmp_path / "certificates-ms.parquet").read_bytes()


def test_large_files_come_in_parts_with_the_same_rows(
    july: Bulletin, mini: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "PART_ROWS", 10_000)
    make_twin(july, tmp_path, scale=0.01, seed=1)
    assert len(list(tmp_path.glob("certificates-ms-*.parquet"))) == 3
    assert rows_of(tmp_path).sort("CERT_NUMBER").equals(rows_of(mini).sort("CERT_NUMBER"))


def test_an_earlier_twin_in_the_folder_is_gone(july: Bulletin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "PART_ROWS", 10_000)
    make_twin(july, tmp_path, scale=0.01)
    monkeypatch.undo()
    report = make_twin(july, tmp_path, scale=0.001)
    _agrees(tmp_path, report.targets)


def test_every_name_carries_the_mark_and_every_code_is_invented(mini: Path) -> None:
    bodies = pl.read_csv(mini / "bodies.csv", infer_schema=False)
    assert bodies["RZJG_NAME"].str.ends_with("〔虚构〕").all()
    assert bodies["RZJG_NAME_EN"].str.ends_with("(invented)").all()
    assert all(approval.is_invented(number) for number in bodies["RZJG_ID"])
    for path in mini.glob("certificates-*.parquet"):
        frame = pl.read_parquet(path)
        assert set(frame.schema.values()) == {pl.String()}
        for column in frame.columns:
            if column.endswith("NAME") and column != "PROD_NAME":
                assert frame[column].str.ends_with("〔虚构〕").all()
        if "ORG_NAME_EN" in frame.columns:
            assert frame["ORG_NAME_EN"].str.ends_with("(invented)").all()
        codes = frame["ORG_CODE"].drop_nulls().unique().to_list()
        assert all(uscc.is_invented(code) and uscc.examine(code) is uscc.Verdict.OK for code in codes)


def test_only_organisations_abroad_have_no_credit_code(mini: Path) -> None:
    rows = rows_of(mini)
    assert set(rows.filter(pl.col("ORG_CODE").is_null())["region"]) == {"国外"}
    assert rows.filter(pl.col("region") == "国外")["ORG_CODE"].is_null().all()
    holders = rows.unique("who")
    assert holders.select("ORG_NAME", "ORG_COUNTRY").is_unique().all()


def test_codes_made_for_many_at_once_are_those_made_one_by_one() -> None:
    place = (pl.Series(range(300)) % 3).cast(pl.Int32).to_numpy()
    found = names.credit_codes(["44", "00", "82"], place)
    assert found.to_list() == [uscc.invented(["44", "00", "82"][i % 3], i + 1) for i in range(300)]


def test_every_certificate_is_valid_at_the_months_end_and_dated_on_working_days(mini: Path) -> None:
    years = {"ms": 3, "ccc": 5, "voluntary": 3, "organic": 1}
    for layout, span in years.items():
        frame = pl.read_parquet(mini / f"certificates-{layout}.parquet").with_columns(
            pl.col("^.*_DATE$").str.to_date("%Y-%m-%d")
        )
        assert set(frame["CERTI_STATUS"]) == {"01"}
        assert (frame["CERTI_E_DATE"] > MONTH_END).all()
        awarded = frame["AWARD_DATE"]
        assert awarded.max() <= MONTH_END  # type: ignore[operator]
        assert awarded.min() > MONTH_END.replace(year=2025 - span)  # type: ignore[operator]
        assert awarded.dt.weekday().max() <= 5  # type: ignore[operator]
        if layout == "ms":
            assert (frame["FIRST_CERT_DATE"] <= frame["APP_ASS_DATE"]).all()
            assert (frame["APP_ASS_DATE"] <= awarded).all()
            assert frame["APP_ASS_DATE"].dt.weekday().max() <= 5  # type: ignore[operator]
            first_cycle = frame.filter(pl.col("A_AUTH_TIMES") == "0")
            assert (first_cycle["FIRST_CERT_DATE"] == first_cycle["APP_ASS_DATE"]).all()


@pytest.mark.parametrize("scale", [0.0002, 0.01])
def test_every_body_is_approved_for_what_it_certified(july: Bulletin, tmp_path: Path, scale: float) -> None:
    make_twin(july, tmp_path, scale=scale)
    bodies = pl.read_csv(tmp_path / "bodies.csv", infer_schema=False)
    scopes = {
        (body, code) for body, all_ in bodies.select("RZJG_ID", "SCOPES").iter_rows() for code in all_.split("；")
    }
    rows = rows_of(tmp_path)
    assert set(rows.select("RZJG_ID", "AUTH_PROJ_CODE").unique().iter_rows()) <= scopes
    first = pl.read_parquet(tmp_path / "certificates-ms.parquet")["FIRST_CERT_DATE"].min()
    assert bodies["APPROVED_DATE"].max() <= first  # type: ignore[operator]
    assert (bodies["APPROVED_UNTIL"] > "2025-07-31").all()
    assert (bodies["REPORTED_ON"].str.slice(0, 7) == "2025-08").all()


def test_certificate_numbers_are_unique_and_follow_the_known_patterns(mini: Path) -> None:
    rows = rows_of(mini)
    assert rows["CERT_NUMBER"].is_unique().all()
    kinds = {"ms": "management", "ccc": "ccc", "organic": "organic", "voluntary": None}
    for layout, kind in kinds.items():
        frame = pl.read_parquet(mini / f"certificates-{layout}.parquet")
        for number, approval_number, awarded in (
            frame.select("CERT_NUMBER", "RZJG_ID", "AWARD_DATE").head(300).iter_rows()
        ):
            parts = certificate_number.parse(number)
            assert (parts.kind.value if parts else None) == kind
            if parts:
                assert int(parts.body) == int(approval_number[-3:])
                assert awarded[:4].endswith(parts.year)


def test_the_basis_is_the_edition_in_force_on_the_day_of_the_award(mini: Path) -> None:
    rows = rows_of(mini).filter(pl.col("AUTH_PROJ_CODE") == "A1001")
    # GB/T 29490-2023 replaced the edition of 2013 on 2024-01-01 (domain facts 2.1); decisions precede awards.
    assert set(rows.filter(pl.col("AWARD_DATE") >= "2024-01-10")["AUTH_PROJ_CODEDEC"]) == {"GB/T 29490-2023"}
    assert set(rows.filter(pl.col("AWARD_DATE") < "2024-01-01")["AUTH_PROJ_CODEDEC"]) == {"GB/T 29490-2013"}


def test_the_report_file_says_what_was_made(july: Bulletin, mini: Path) -> None:
    twin = json.loads((mini / "twin.json").read_text(encoding="utf-8"))
    assert (twin["month"], twin["scale"], twin["seed"]) == ("2025-07", 0.01, 1)
    assert twin["corrections"][0]["printed"] == "428"
    assert twin["targets"]["total"]["certificates"] == twin["certificates"] == len(rows_of(mini))
    assert all((mini / name).exists() for name in twin["files"])


def test_progress_ends_with_all_certificates(july: Bulletin, tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    report = make_twin(july, tmp_path, scale=0.001, progress=lambda *told: heard.append(told))
    assert heard[-1][1:] == (report.certificates, report.certificates)
    assert all(done <= total for _, done, total in heard)
