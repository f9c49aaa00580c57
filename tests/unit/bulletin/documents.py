"""A bulletin as other people's documents: DOCX made with python-docx, HTML and pages laid out otherwise."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx

from zhunsheng.bulletin.writing import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.bulletin.model import Bulletin

PROJECT_HEADS = ("认证项目", "", "证书数", "组织数")
REGION_HEADS = ("地区", "证书数", "全国排名", "占全国比重%", "组织数", "全国排名", "占全国比重")
BLOCK_HEADS = ("地区", "证书数", "占全国比重%", "组织数", "占全国比重")


def month_of(bulletin: Bulletin) -> str:
    assert bulletin.month
    return f"{bulletin.month[:4]}年{int(bulletin.month[5:])}月"


def shown(value: object) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def region_lines(bulletin: Bulletin) -> list[list[str]]:
    """The region table's rows, with the blocks below as March 2024 has them where no block is 国外."""
    rows: list[tuple[object, ...]] = [
        (
            r.name,
            r.certificates,
            r.certificate_rank,
            r.certificate_share,
            r.organisations,
            r.organisation_rank,
            r.organisation_share,
        )
        for r in bulletin.regions
    ]
    if not separate(bulletin):
        rows += [
            (b.name, b.certificates, None, b.certificate_share, b.organisations, None, b.organisation_share)
            for b in bulletin.blocks
        ]
    return [list(map(shown, row)) for row in rows]


def block_lines(bulletin: Bulletin) -> list[list[str]]:
    return [
        list(map(shown, (b.name, b.certificates, b.certificate_share, b.organisations, b.organisation_share)))
        for b in bulletin.blocks
    ]


def separate(bulletin: Bulletin) -> bool:
    return any(block.name == "国外" for block in bulletin.blocks)


def _table(document: Any, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Any:
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = head
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return table


def _projects(document: Any, bulletin: Bulletin) -> None:
    table = _table(document, PROJECT_HEADS, [])
    table.rows[0].cells[0].merge(table.rows[0].cells[1])
    domain = None
    for project in bulletin.projects:
        cells = table.add_row().cells
        if project.parent is None:
            cells[0].merge(cells[1]).text = project.name
        elif project.parent == "合计":
            cells[0].text, cells[1].text = project.name, "合计"
            domain = cells[0]
        else:
            cells[1].text = project.name
            domain = domain and domain.merge(cells[0])
        cells[2].text, cells[3].text = shown(project.certificates), shown(project.organisations)


def as_docx(bulletin: Bulletin, *, boxed: bool = False) -> bytes:
    """A Word document as a department would lay it out: domains merged over their rows, long names in two lines.

    `boxed` puts both tables into the cells of an outer one, as letterheads do.
    """
    document = docx.Document()
    for sentence in sentences.running_text(bulletin):
        document.add_paragraph(sentence)
    where: Any = document.add_table(rows=1, cols=1).rows[0].cells[0] if boxed else document
    if boxed:
        where.add_table = lambda rows, cols, add=where.add_table: add(rows=rows, cols=cols)
    where.add_paragraph(f"{month_of(bulletin)}获证证书按领域统计情况")
    _projects(where, bulletin)
    where.add_paragraph(f"{month_of(bulletin)}获证证书按地域统计情况")
    broken = [[f"{name[:4]}\n{name[4:]}" if len(name) > 5 else name, *cells] for name, *cells in region_lines(bulletin)]
    if separate(bulletin):
        _table(where, BLOCK_HEADS, block_lines(bulletin))
        where.add_paragraph("")
    _table(where, REGION_HEADS, broken)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def two_storeys(bulletin: Bulletin) -> str:
    """A page of the older kind: laid out with tables, declared GB 2312, heads in two storeys, names as pictures."""
    rows = "".join(
        f"<TR><TD><IMG SRC=x.gif ALT='{name}'>" + "".join(f"<TD align=right>{cell}" for cell in cells) + "\n"
        for name, *cells in region_lines(bulletin)
    )
    return (
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=gb2312'>"
        "<script>if (1 < 2) document.write('<td>北京市<td>1<td>2<td>3')</script></head><body>"
        "<table><tr><td><table><tr><td>首页</td><td>通知公告</td></tr></table></td></tr><tr><td>"
        f"<p>截至{month_of(bulletin)}，有效认证证书 {bulletin.headline.certificates} 万张。</p>"
        "<!-- <table><tr><td>天津市</td><td>9</td></tr></table> -->"
        "<TABLE border=1><TR><TH rowspan=2>地区</TH><TH colspan=3>证书数</TH><TH colspan=3>组织数</TH></TR>"
        "<TR><TH>数量<TH>全国排名<TH>占全国比重<br>%<TH>数量<TH>全国排名<TH>占全国比重<br>%</TR>"
        f"{rows}</TABLE></td></tr></table></body></html>"
    )
