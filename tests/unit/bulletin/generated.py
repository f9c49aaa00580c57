"""Generated bulletins, and ways in which publications mangle a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from zhunsheng.bulletin.model import (
    BlockRow,
    Bulletin,
    GrowthClaim,
    Headline,
    LeadingRegion,
    ProjectRow,
    RegionRow,
)
from zhunsheng.codes.regions import BLOCKS, PROVINCES

if TYPE_CHECKING:
    import random

TREE = {
    "管理体系认证": ["质量管理体系认证", "食品农产品管理体系认证", "森林认证", "其它管理体系认证"],
    "产品认证": ["强制性产品认证", "国家推行的食品农产品认证", "食品农产品", "自愿性工业产品"],
    "服务认证": ["国家推行的服务认证", "一般服务认证"],
    "人员能力认证": ["焊接人员能力认证"],
}
SUBJECTS = ["浙江", "浙江省", "内蒙古自治区", "能源管理体系", "能源管理体系认证", "食品农产品"]

counts = st.none() | st.integers(0, 5_000_000)
shares = st.none() | st.integers(0, 10_000).map(lambda n: f"{n / 100:g}")
ranks = st.none() | st.integers(1, 34)
months = st.builds("{:04d}-{:02d}".format, st.integers(2000, 2099), st.integers(1, 12))
wan = st.none() | st.integers(1, 9_999).map(str) | st.integers(1, 99_999).map(lambda n: f"{n}.5")


@st.composite
def project_rows(draw: st.DrawFn) -> tuple[ProjectRow, ...]:
    rows = [ProjectRow("合计", None, draw(counts), draw(counts))] if draw(st.booleans()) else []
    for domain, leaves in TREE.items():
        if not draw(st.booleans()):
            continue
        rows.append(ProjectRow(domain, "合计", draw(counts), draw(counts)))
        rows += [ProjectRow(leaf, domain, draw(counts), draw(counts)) for leaf in leaves if draw(st.booleans())]
        if draw(st.booleans()):
            rows.append(ProjectRow(draw(st.sampled_from(["未来新项认证", "其他"])), domain, draw(counts), 7))
    return tuple(rows)


@st.composite
def region_rows(draw: st.DrawFn) -> tuple[tuple[RegionRow, ...], tuple[BlockRow, ...]]:
    names = draw(st.lists(st.sampled_from([r.name for r in PROVINCES]), unique=True, max_size=8))
    abroad = draw(st.sampled_from(["regions", "blocks", "nowhere"]))
    totals = [name for name in ("全部", "全国") if draw(st.booleans())]
    last = ["未知地区", "新设特区"] if draw(st.booleans()) else []
    regions = [*totals, *names, *last, *(["国外"] if abroad == "regions" else [])]
    blocks = draw(st.lists(st.sampled_from(BLOCKS), unique=True))
    if abroad == "blocks":
        blocks.insert(draw(st.integers(0, len(blocks))), "国外")
    return (
        tuple(
            RegionRow(n, draw(counts), draw(ranks), draw(shares), draw(counts), draw(ranks), draw(shares))
            for n in regions
        ),
        tuple(BlockRow(n, draw(counts), draw(shares), draw(counts), draw(shares)) for n in blocks),
    )


@st.composite
def headlines(draw: st.DrawFn) -> Headline:
    names = draw(st.lists(st.sampled_from([r.short for r in PROVINCES] + ["广东省"]), unique=True, max_size=6))
    leading = tuple(LeadingRegion(name, draw(counts)) for name in names)
    return Headline(draw(wan), draw(wan), draw(st.none() | st.integers(0, 34)), leading)


@st.composite
def claims(draw: st.DrawFn) -> GrowthClaim:
    since = draw(st.none() | months)
    until = draw(st.none() | months) if since else None
    measure = draw(st.sampled_from(["certificates", "organisations"]))
    name = draw(st.sampled_from(SUBJECTS))
    if draw(st.booleans()):
        return GrowthClaim(name, since=since, until=until, measure=measure, fastest=True)
    return GrowthClaim(
        name,
        since=since,
        before=draw(st.integers(0, 5_000_000)),
        after=draw(st.integers(0, 5_000_000)),
        percent=draw(st.none() | st.integers(-9_999, 9_999).map(lambda n: f"{n / 100:.2f}").filter(float)),
        until=until,
        measure=measure,
        fastest=draw(st.booleans()),
    )


@st.composite
def bulletins(draw: st.DrawFn) -> Bulletin:
    """A bulletin with at least one row, whole or partial, with rows that nobody knows."""
    regions, blocks = draw(region_rows())
    projects = draw(project_rows())
    if not projects and not regions and not blocks:
        projects = (ProjectRow("合计", None, 1, 1),)
    month = draw(st.none() | months)
    return Bulletin(month, draw(headlines()), projects, regions, blocks, tuple(draw(st.lists(claims(), max_size=4))))


def _tables(text: str) -> list[str]:
    return text.split("\n")


def pipes(text: str, _chance: random.Random) -> str:
    return "\n".join(f"| {line.replace(chr(9), ' | ')} |" if "\t" in line else line for line in _tables(text))


def one_cell_a_line(text: str, _chance: random.Random) -> str:
    return text.replace("\t", "\n")


def one_line_of_pipes(text: str, chance: random.Random) -> str:
    return pipes(text, chance).replace("\n", " ")


def one_line_of_spaces(text: str, _chance: random.Random) -> str:
    return re.sub(r"\s+", " ", text)


def blank_lines(text: str, _chance: random.Random) -> str:
    return text.replace("\n", "\n\n \n").replace("\t", "\n\n")


def thousands(text: str, chance: random.Random) -> str:
    comma = chance.choice([",", "，"])

    def separated(match: re.Match[str]) -> str:
        return f"{int(match[0]):,}".replace(",", comma)

    return "\n".join(
        re.sub(r"(?<![0-9.])[0-9]{4,}(?![0-9.])", separated, line) if "\t" in line else line for line in _tables(text)
    )


def full_width(text: str, _chance: random.Random) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.%"})


def percent_signs(text: str, _chance: random.Random) -> str:
    return re.sub(r"(\t[0-9]+\.[0-9]+)(?=\t|\n|$)", r"\1%", text)


def broken_names(text: str, chance: random.Random) -> str:
    """Break names and header cells inside the tables over two lines, as narrow columns do."""

    def broken(match: re.Match[str]) -> str:
        cell = match[0]
        place = chance.randint(2, len(cell) - 1)
        return f"{cell[:place]}\n{cell[place:]}" if chance.random() < 0.7 else cell

    return "\n".join(re.sub(r"[\u4e00-\u9fff]{4,}", broken, line) if "\t" in line else line for line in _tables(text))


def newsletter(text: str, _chance: random.Random) -> str:
    before = "刊首语\n\n2025年第8期，总第 31 期。本期共 28 页。\n认证机构 5 家被处罚，罚款 10 万元；"
    before += "见 GB/T 19001-2016 第 7.1 条。\n\n"
    after = "\n\n编辑部\n电话：010-12345678，北京市某路 12 号。质量管理体系认证 3 年一换。\n"
    return before + text + after


LAYOUTS = [pipes, one_cell_a_line, one_line_of_pipes, one_line_of_spaces, blank_lines]
DAMAGES = [thousands, full_width, percent_signs, broken_names, newsletter]
