"""Layouts met in copies of other months, and layouts that may come."""

from __future__ import annotations

import pytest

from zhunsheng.bulletin.model import Bulletin, GrowthClaim, ProjectRow, RegionRow
from zhunsheng.bulletin.reading import NotABulletin, read


def regions(text: str) -> dict[str, tuple[object, ...]]:
    return {
        r.name: (
            r.certificates,
            r.certificate_rank,
            r.certificate_share,
            r.organisations,
            r.organisation_rank,
            r.organisation_share,
        )
        for r in read(text).regions
    }


def projects(text: str) -> list[tuple[object, ...]]:
    return [(r.name, r.parent, r.certificates, r.organisations) for r in read(text).projects]


def test_2019_with_its_own_product_rows_and_a_bar_behind_each_cell() -> None:
    text = (
        "截至2019年3月,有效认证证书数为197万,获证企业数64万。证书数10万以上的省份四个,"
        "分别为广东366297张、江苏267156张、浙江272660张和山东140189张。\n认证项目 |\n证书数 |\n组织数 |\n|\n"
        "合计 |\n2034190 |\n656620 |\n|\n产品认证 |\n合计 |\n978677 |\n136940 |\n"
        "强制性产品认证 |\n658271 |\n74733 |\n|\n"
        "国家推行的食品农产品认证 |\n46738 |\n25574 |\n|\n一般工业产品认证 |\n241792 |\n31190 |\n"
    )
    bulletin = read(text)
    assert projects(text) == [
        ("合计", None, 2034190, 656620),
        ("产品认证", "合计", 978677, 136940),
        ("强制性产品认证", "产品认证", 658271, 74733),
        ("国家推行的食品农产品认证", "产品认证", 46738, 25574),
        ("一般工业产品认证", "产品认证", 241792, 31190),
    ]
    headline = bulletin.headline
    assert (bulletin.month, headline.certificates, headline.organisations) == ("2019-03", "197", "64")
    assert (headline.leading_count, headline.leading[3].name, headline.leading[3].certificates) == (4, "山东", 140189)


def test_the_first_of_january_is_the_state_of_december() -> None:
    text = "截止2023年1月1日,全国共有有效认证证书328万张,12月总增长证书数量24011张。"
    assert read(text).month == "2022-12"
    assert read(text).headline.certificates == "328"


def test_subtotals_whose_domain_is_a_picture_take_the_next_domain() -> None:
    text = "2023年2月\n证书数 | 组织数 |\n合计 | 9 | 8 |\n合计 | 7 | 6 |\n合计 | 5 | 4 |\n强制性产品认证 | 3 | 2 |"
    assert projects(text) == [
        ("合计", None, 9, 8),
        ("管理体系认证", "合计", 7, 6),
        ("产品认证", "合计", 5, 4),
        ("强制性产品认证", "产品认证", 3, 2),
    ]


def test_columns_stand_as_the_header_says() -> None:
    text = "序号 地区 组织数 全国排名 占全国比重 证书数 占全国比重% 全国排名\n"
    text += "1 北京市 100 2 5.1% 200 3.2% 4\n2 天津 300 1 6% 500 7% 2"
    assert regions(text) == {"北京市": (200, 4, "3.2", 100, 2, "5.1"), "天津": (500, 2, "7", 300, 1, "6")}


def test_ranks_may_stand_before_their_counts() -> None:
    text = "地区 全国排名 证书数 占比 全国排名 组织数 占比\n北京市 6 145717 3.88 5 47282 4.59"
    assert regions(text) == {"北京市": (145717, 6, "3.88", 47282, 5, "4.59")}


def test_counts_first_and_their_ranks_behind_by_name() -> None:
    text = "地区 | 证书数 | 组织数 | 证书数排名 | 组织数排名\n北京市 | 145717 | 47282 | 6 | 5 |"
    assert regions(text) == {"北京市": (145717, 6, None, 47282, 5, None)}


def test_a_column_that_nobody_knows_is_passed_over() -> None:
    text = "地区 证书数 同比增长% 全国排名 组织数\n北京市 100 3.5 2 90\n天津市 200 -1.5 1 80"
    assert regions(text) == {"北京市": (100, 2, None, 90, None, None), "天津市": (200, 1, None, 80, None, None)}


def test_rows_without_a_header_are_read_when_they_look_the_part() -> None:
    text = "北京市145717 6 3.88 47282 6 4.59\n天津市 69982 16 1.86 20409 16 1.98\n"
    text += "某某新区 1 2 3 4 5 6\n华北地区 411888 - 10.96 130210 - 12.64"
    with pytest.raises(NotABulletin):
        read("北京市145717 6 3.88 47282 6 4.59")
    text = text.replace("某某新区", "河北省 132155 8 3.52 40292 7 3.91\n某某新区")
    assert regions(text)["北京市"] == (145717, 6, "3.88", 47282, 6, "4.59")
    assert regions(text)["某某新区"] == (1, 2, "3", 4, 5, "6")
    assert read(text).blocks[0].organisation_share == "12.64"


def test_cells_parted_by_commas_keep_small_figures_apart() -> None:
    text = '认证项目,证书数,组织数\n合计,"3,840,047",1042118\n国家推行的服务认证,177,177\n'
    assert projects(text) == [("合计", None, 3840047, 1042118), ("国家推行的服务认证", "服务认证", 177, 177)]


def test_markdown_with_emphasis_and_rows_to_come() -> None:
    text = (
        "**2024年3月**\n| 认证项目 | 证书数 | 组织数 |\n|---|---:|:-:|\n| **合计** | 3,840,047 | 1,042,118 |\n"
        "| 未来认证（GAP） | 3 | 2 |\n| ISO 55001资产管理体系认证 | 5 | 4 |\n| 5G产品认证 | 7 | 6 |\n"
    )
    assert [row[0] for row in projects(text)] == ["合计", "未来认证（GAP）", "ISO 55001资产管理体系认证", "5G产品认证"]


def test_an_unknown_row_stays_in_its_domain_and_an_unknown_domain_under_the_total() -> None:
    text = (
        "认证项目 证书数 组织数\n合计 9 8\n产品认证 合计 6 5\n绿色\n产品认证 3 2\n人员认证 合计 2 1\n驾驶人员认证 2 1"
    )
    assert projects(text)[1:] == [
        ("产品认证", "合计", 6, 5),
        ("绿色产品认证", "产品认证", 3, 2),
        ("人员认证", "合计", 2, 1),
        ("驾驶人员认证", "人员认证", 2, 1),
    ]


def test_a_domain_repeated_in_a_column_of_its_own_is_no_part_of_the_name() -> None:
    text = "认证领域 | 证书数 | 组织数\n产品认证 | 强制性产品认证 | 5 | 4\n产品认证 | 绿色产品认证 | 3 | 2\n"
    assert projects(text) == [("强制性产品认证", "产品认证", 5, 4), ("绿色产品认证", "产品认证", 3, 2)]


def test_an_empty_cell_stays_empty() -> None:
    text = (
        "| 地区 | 证书数 | 全国排名 | 占全国比重% | 组织数 | 全国排名 | 占全国比重 |\n"
        "| 北京市 | 5 |  | 3.88 | 47282 |  | 4.59 |\n| 天津市 | | 2 | 1 | | 3 | 4 |\n| 河北省 | 1 |"
    )
    assert regions(text) == {
        "北京市": (5, None, "3.88", 47282, None, "4.59"),
        "天津市": (None, 2, "1", None, 3, "4"),
        "河北省": (1, None, None, None, None, None),
    }


def test_a_drawn_table_and_a_squeezed_header() -> None:
    assert projects("┌───┬───┐\n│认证项目│证书数│组织数│\n├───┼───┤\n│合计│１０│９│\n└───┘") == [("合计", None, 10, 9)]
    text = "地区证书数全国排名占全国比重%组织数全国排名占全国比重\n"
    text += "北京市145717 6 3.88 47282 6 4.59天津市69982 16 1.86 20409 16 1.98"
    assert list(regions(text)) == ["北京市", "天津市"]


def test_a_table_printed_twice_is_one_and_gaps_are_filled() -> None:
    text = "认证项目 证书数 组织数\n合计 9 -\n\n下页。\n认证项目 证书数 组织数\n合计 9 8\n服务认证 5 4"
    assert projects(text) == [("合计", None, 9, 8), ("服务认证", "合计", 5, 4)]


def test_radicals_from_pdf_files_are_the_common_characters() -> None:
    rows = read("认证项⽬ 证书数 组织数\n⻝品农产品 3 2\n服务认证 5 4").projects
    assert rows == (ProjectRow("食品农产品", "产品认证", 3, 2), ProjectRow("服务认证", "合计", 5, 4))


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        (
            "从2023年12月到2024年12月,浙江省的证书数从478,487张增加到553,393张,同比增长约15.66%。",
            GrowthClaim("浙江省", "2023-12", 478487, 553393, "15.66", "2024-12"),
        ),
        (
            "知识产权管理体系证书由29,807张减少至25,312张,下降15.08%。",
            GrowthClaim("知识产权管理体系", None, 29807, 25312, "-15.08"),
        ),
        ("浙江组织数从9家增至10家。", GrowthClaim("浙江", None, 9, 10, measure="organisations")),
        ("河北省的证书数增速最快,同比增长0.96%。", GrowthClaim("河北省", percent="0.96", fastest=True)),
        ("广东省证书数增长较快，从 8 张增至 9 张。", GrowthClaim("广东省", None, 8, 9, fastest=True)),
    ],
)
def test_growth_is_read_from_sentences(sentence: str, claim: GrowthClaim) -> None:
    assert read("有效认证证书 406 万张。" + sentence).growth == (claim,)


def test_a_headline_in_single_certificates_is_given_in_ten_thousands() -> None:
    headline = read("截至2026年1月底，有效认证证书 4,340,282 张，获证组织 1,141,021 家。").headline
    assert (headline.certificates, headline.organisations) == ("434.0282", "114.1021")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "质量管理体系认证 3 年一换，北京市 12 号 5 楼。",
        "地区 证书数 全国排名",
        "合计 12 34",
        "广东 702154 张。江苏 503079 张。浙江 487018 张。",
        "7" * 5_000,
    ],
)
def test_a_text_without_a_bulletin_is_refused_with_what_was_looked_for(text: str) -> None:
    with pytest.raises(NotABulletin, match="认证项目 证书数 组织数"):
        read(text)


def test_a_part_that_is_not_in_the_text_is_empty() -> None:
    bulletin = read("地区 证书数\n北京市 5")
    assert bulletin == Bulletin(month=None, regions=(RegionRow("北京市", 5),))


def test_a_table_copied_as_html_with_cells_merged_over_rows() -> None:
    text = """<p>截至 2021 年 7 月，有效认证证书 280 万张。</p>
    <table border="1"><tbody>
      <tr><th>认证项目</th><th></th><th>证书数</th><th>组织数</th></tr>
      <tr><td>合计</td><td></td><td>2,873,853</td><td><b>841156</b></td></tr>
      <tr><td rowspan="2"><p>产品认证</p></td><td>合计</td><td>1316711</td><td>161514</td></tr>
      <tr><td>强制性产品<br/>认证</td>
          <td>436784&nbsp;</td>
          <td></td></tr>
    </tbody></table>"""
    assert read(text).headline.certificates == "280"
    assert projects(text) == [
        ("合计", None, 2873853, 841156),
        ("产品认证", "合计", 1316711, 161514),
        ("强制性产品认证", "产品认证", 436784, None),
    ]


def test_markup_that_never_ends_is_read_in_time() -> None:
    for piece in ("<td", "<td>", "<table <", "&lt;", "<!--"):
        with pytest.raises(NotABulletin):
            read("<table>" + piece * 100_000)


@pytest.mark.parametrize(
    "behind", ["地区 证书数 占全国比重% 组织数 占全国比重\n西南地区 9 8.5 7 6.5\n", "来源：平台\n", ""]
)
def test_the_last_row_of_a_numbered_table_keeps_its_last_cell(behind: str) -> None:
    text = "序号 地区 证书数 排名 比重 组织数 排名 比重\n1 北京市 3 1 60 3 1 75\n2 天津市 2 2 40 1 2 25\n" + behind
    assert regions(text) == {"北京市": (3, 1, "60", 3, 1, "75"), "天津市": (2, 2, "40", 1, 2, "25")}


def test_a_text_that_begins_within_the_head_of_its_table_keeps_the_columns() -> None:
    text = "重%\t组织数\t全国排名\t占全国比重\n北京市\t3\t1\t60\t3\t1\t75\n天津市\t2\t2\t40\t1\t2\t25\n"
    assert regions(text) == {"北京市": (3, 1, "60", 3, 1, "75"), "天津市": (2, 2, "40", 1, 2, "25")}


def test_quoted_cells_parted_by_commas_with_an_empty_one_in_the_head() -> None:
    text = '"认证项目","","证书数","组织数"\n"合计","","9","8"\n"服务认证","合计","5","4"\n"","一般服务认证","5","4"\n'
    assert projects(text) == [("合计", None, 9, 8), ("服务认证", "合计", 5, 4), ("一般服务认证", "服务认证", 5, 4)]
