"""The 34 province-level units of GB/T 2260, the seven blocks of the bulletins, abroad and unknown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A unit that certificates are counted by.

    `code` is the two digits of GB/T 2260 or a word for what has none; `block` is None outside the 34.
    """

    code: str
    name: str
    short: str
    name_en: str
    block: str | None


# The bulletins' blocks, each with the first digits of its provinces' GB/T 2260 codes, in their order.
_BLOCKS = (
    ("华北地区", "North China", "1"),
    ("东北地区", "Northeast China", "2"),
    ("华东地区", "East China", "3"),
    ("中南地区", "Central and South China", "4"),
    ("西南地区", "Southwest China", "5"),
    ("西北地区", "Northwest China", "6"),
    ("港澳台地区", "Hong Kong, Macao and Taiwan", "78"),
)
BLOCKS = tuple(name for name, _, _ in _BLOCKS)
BLOCKS_EN = {name: name_en for name, name_en, _ in _BLOCKS}
_BLOCK_OF_DIGIT = {digit: name for name, _, digits in _BLOCKS for digit in digits}

# GB/T 2260: code, full name, short name, English name.
_PROVINCES = (
    ("11", "北京市", "北京", "Beijing"),
    ("12", "天津市", "天津", "Tianjin"),
    ("13", "河北省", "河北", "Hebei"),
    ("14", "山西省", "山西", "Shanxi"),
    ("15", "内蒙古自治区", "内蒙古", "Inner Mongolia"),
    ("21", "辽宁省", "辽宁", "Liaoning"),
    ("22", "吉林省", "吉林", "Jilin"),
    ("23", "黑龙江省", "黑龙江", "Heilongjiang"),
    ("31", "上海市", "上海", "Shanghai"),
    ("32", "江苏省", "江苏", "Jiangsu"),
    ("33", "浙江省", "浙江", "Zhejiang"),
    ("34", "安徽省", "安徽", "Anhui"),
    ("35", "福建省", "福建", "Fujian"),
    ("36", "江西省", "江西", "Jiangxi"),
    ("37", "山东省", "山东", "Shandong"),
    ("41", "河南省", "河南", "Henan"),
    ("42", "湖北省", "湖北", "Hubei"),
    ("43", "湖南省", "湖南", "Hunan"),
    ("44", "广东省", "广东", "Guangdong"),
    ("45", "广西壮族自治区", "广西", "Guangxi"),
    ("46", "海南省", "海南", "Hainan"),
    ("50", "重庆市", "重庆", "Chongqing"),
    ("51", "四川省", "四川", "Sichuan"),
    ("52", "贵州省", "贵州", "Guizhou"),
    ("53", "云南省", "云南", "Yunnan"),
    ("54", "西藏自治区", "西藏", "Tibet"),
    ("61", "陕西省", "陕西", "Shaanxi"),
    ("62", "甘肃省", "甘肃", "Gansu"),
    ("63", "青海省", "青海", "Qinghai"),
    ("64", "宁夏回族自治区", "宁夏", "Ningxia"),
    ("65", "新疆维吾尔自治区", "新疆", "Xinjiang"),
    ("71", "台湾省", "台湾", "Taiwan"),
    ("81", "香港特别行政区", "香港", "Hong Kong"),
    ("82", "澳门特别行政区", "澳门", "Macao"),
)
PROVINCES = tuple(
    Region(code, name, short, name_en, _BLOCK_OF_DIGIT[code[0]]) for code, name, short, name_en in _PROVINCES
)
ABROAD = Region("abroad", "国外", "国外", "Abroad", None)
UNKNOWN = Region("unknown", "未知地区", "未知", "Unknown region", None)

BY_CODE = {region.code: region for region in (*PROVINCES, ABROAD, UNKNOWN)}
BY_NAME = {name: region for region in BY_CODE.values() for name in (region.name, region.short)}

# ISO 3166-1 numeric codes: the mainland's districts say the province, these three are one each.
MAINLAND = "156"
BY_COUNTRY = {"344": BY_CODE["81"], "446": BY_CODE["82"], "158": BY_CODE["71"]}
_COUNTRY_DIGITS = 3


def of_district(district: str | None, country: str | None) -> Region:
    """Return the region of an organisation from its six-digit district and its ISO 3166-1 numeric country.

    Another country is abroad whatever the district says. Without a readable country the district
    decides; what neither tells is UNKNOWN, never a guess.
    """
    if country in BY_COUNTRY:
        return BY_COUNTRY[country]
    if country and country != MAINLAND and len(country) == _COUNTRY_DIGITS and country.isascii() and country.isdigit():
        return ABROAD
    return BY_CODE.get((district or "")[:2], UNKNOWN)
