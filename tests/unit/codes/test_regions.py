"""The 34 units and seven blocks against the table of GB/T 2260 as the bulletins print it."""

import pytest

from zhunsheng.codes import regions

# Transcribed from the bulletin of March 2024 (rows in GB/T 2260 order) and from its block table.
BLOCK_TABLE = {
    "华北地区": "11 北京市, 12 天津市, 13 河北省, 14 山西省, 15 内蒙古自治区",
    "东北地区": "21 辽宁省, 22 吉林省, 23 黑龙江省",
    "华东地区": "31 上海市, 32 江苏省, 33 浙江省, 34 安徽省, 35 福建省, 36 江西省, 37 山东省",
    "中南地区": "41 河南省, 42 湖北省, 43 湖南省, 44 广东省, 45 广西壮族自治区, 46 海南省",
    "西南地区": "50 重庆市, 51 四川省, 52 贵州省, 53 云南省, 54 西藏自治区",
    "西北地区": "61 陕西省, 62 甘肃省, 63 青海省, 64 宁夏回族自治区, 65 新疆维吾尔自治区",
    "港澳台地区": "71 台湾省, 81 香港特别行政区, 82 澳门特别行政区",
}


def test_provinces_and_blocks_are_those_of_the_table_in_its_order() -> None:
    printed = [(*entry.split(" "), block) for block, entries in BLOCK_TABLE.items() for entry in entries.split(", ")]
    assert [(p.code, p.name, p.block) for p in regions.PROVINCES] == printed
    assert list(BLOCK_TABLE) == list(regions.BLOCKS)
    assert len(regions.PROVINCES) == 34


def test_every_block_and_region_has_an_english_name_of_its_own() -> None:
    assert set(regions.BLOCKS_EN) == set(regions.BLOCKS)
    names = [*regions.BLOCKS_EN.values(), *(region.name_en for region in regions.BY_CODE.values())]
    assert len(set(names)) == len(names) == 7 + 34 + 2
    assert all(name.isascii() and name for name in names)


def test_a_short_name_is_how_its_full_name_begins_and_no_two_names_collide() -> None:
    assert all(p.name.startswith(p.short) for p in regions.BY_CODE.values())
    # Only 国外 is as long as its own short name.
    assert len(regions.BY_NAME) == 34 * 2 + 1 + 2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("广东", "44"),
        ("内蒙古自治区", "15"),
        ("内蒙古", "15"),
        ("香港", "81"),
        ("国外", "abroad"),
        ("未知地区", "unknown"),
    ],
)
def test_regions_are_found_by_full_and_by_short_name(name: str, code: str) -> None:
    assert regions.BY_NAME[name] is regions.BY_CODE[code]


@pytest.mark.parametrize(
    ("district", "country", "code"),
    [
        ("440300", "156", "44"),
        ("440300", None, "44"),
        ("440300", "", "44"),
        ("810000", "156", "81"),
        (None, "344", "81"),
        (None, "446", "82"),
        (None, "158", "71"),
        ("110000", "344", "81"),
        ("110000", "840", "abroad"),
        (None, "840", "abroad"),
        (None, "156", "unknown"),
        ("", None, "unknown"),
        (None, None, "unknown"),
        ("990000", "156", "unknown"),
        ("470000", "156", "unknown"),
        ("440300", "中国", "44"),
        (None, "８４０", "unknown"),
    ],
)
def test_country_decides_first_then_the_district(district: str | None, country: str | None, code: str) -> None:
    assert regions.of_district(district, country).code == code
