"""`bulletin read`, `check` and `compare`: published bulletins as tables, what does not fit in them, their growth."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.bulletin.comparing import Change, Comparison, RowChange
    from zhunsheng.bulletin.model import Bulletin, Finding, ProjectRow

STANDARD_INPUT = Path("-")
# Findings of these levels make the answer of `check` "no"; a note is only worth knowing.
COUNTING = frozenset(("error", "warning"))

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

FILE = "文本、HTML、PDF、DOCX、XLSX、CSV 或 JSON，- 为标准输入 (any of these, - for standard input)"
File = Annotated[Path, typer.Argument(help=FILE, allow_dash=True)]
Json = Annotated[bool, typer.Option("--json", help="只输出 JSON (JSON and nothing else)")]


def _read(path: Path) -> Bulletin:
    from zhunsheng.bulletin import reading

    if path == STANDARD_INPUT:
        return reading.read_bytes(sys.stdin.buffer.read(reading.MOST_BYTES + 1))
    return reading.read_file(path)


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _show(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table: names in the first column, figures in the others."""
    table = Table(title=title, title_justify="left", show_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*("-" if cell is None else str(cell) for cell in row))
    if table.row_count:
        Console(highlight=False, markup=False).print(table, "\n", sep="\n", end="")


@app.command(name="read")
def read_(file: File, as_json: Json = False) -> None:
    """把公布的通报读成表格 (read a published bulletin into tables)."""
    from zhunsheng.bulletin.writing import sentences

    bulletin = _read(file)
    if as_json:
        _print_json(bulletin.to_json())
        return
    print(_("%(month)s 认证证书统计通报") % {"month": bulletin.month or _("月份不详")})
    if overview := sentences.headline_text(bulletin):
        print(overview)
    _show_tables(bulletin)


def _show_tables(bulletin: Bulletin) -> None:
    """Print the three tables that are there."""
    from zhunsheng.bulletin import words

    counts = (_("证书数"), _("组织数"))
    ranked = (_("证书数"), _("排名"), _("比重%"), _("组织数"), _("排名"), _("比重%"))
    depth = {row.name: 0 if row.parent is None else 1 for row in bulletin.projects}
    _show(
        _("认证项目"),
        (_("认证项目"), *counts),
        (
            (_indent(row, depth) + words.row_name(row.name), row.certificates, row.organisations)
            for row in bulletin.projects
        ),
    )
    _show(
        _("地区"),
        (_("地区"), *ranked),
        (
            (
                words.row_name(row.name),
                row.certificates,
                row.certificate_rank,
                row.certificate_share,
                row.organisations,
                row.organisation_rank,
                row.organisation_share,
            )
            for row in bulletin.regions
        ),
    )
    _show(
        _("大区"),
        (_("大区"), _("证书数"), _("比重%"), _("组织数"), _("比重%")),
        (
            (
                words.row_name(row.name),
                row.certificates,
                row.certificate_share,
                row.organisations,
                row.organisation_share,
            )
            for row in bulletin.blocks
        ),
    )


def _indent(row: ProjectRow, depth: dict[str, int]) -> str:
    return "  " * (depth.get(row.parent or "", -1) + 1)


@app.command(name="check")
def check_(
    file: File,
    against: Annotated[list[Path] | None, typer.Option(help="其他月份的通报 (a bulletin of another month)")] = None,
    as_json: Json = False,
) -> None:
    """核对通报中一切可以重算的数 (recompute everything in a bulletin that can be recomputed)."""
    from zhunsheng.bulletin.checking import check

    bulletin = _read(file)
    findings = check(bulletin, [_read(path) for path in against or ()])
    if as_json:
        _print_json({"month": bulletin.month, "findings": [finding.to_json() for finding in findings]})
    else:
        _show_findings(bulletin, findings)
    if any(finding.level in COUNTING for finding in findings):
        raise typer.Exit(1)


def _show_findings(bulletin: Bulletin, findings: list[Finding]) -> None:
    """Print the findings one below the other: where, what is printed, what should be, why."""
    from zhunsheng.bulletin import words

    print(_("%(month)s 认证证书统计通报") % {"month": bulletin.month or _("月份不详")})
    if not findings:
        print(_("凡能重算的数都相符。"))
    for found in findings:
        column = words.column_name(found.column)
        where = " · ".join(part for part in (_(words.TABLES[found.table]), words.row_name(found.row), column) if part)
        print(f"\n[{_(words.LEVELS[found.level])}] {where}")
        if found.expected is not None:
            values = {"printed": found.printed or "-", "expected": found.expected}
            print("  " + _("所印 %(printed)s，应为 %(expected)s") % values)
        print(f"  {found.why}")


@app.command(name="compare")
def compare_(earlier: File, later: File, as_json: Json = False) -> None:
    """比较两个月的通报：增长和项目的变化 (compare two months: growth, and what changed in the rows)."""
    from zhunsheng.bulletin.comparing import compare

    comparison = compare(_read(earlier), _read(later))
    if as_json:
        _print_json(comparison.to_json())
    else:
        _show_comparison(comparison)


def _changes(rows: Iterable[RowChange], measure: str) -> Iterable[tuple[object, ...]]:
    """The cells of one measure, row by row."""
    from zhunsheng.bulletin import words

    for row in rows:
        change: Change = getattr(row, measure)
        percent = None if change.percent is None else f"{change.percent}%"
        yield words.row_name(row.name), change.before, change.after, change.change, percent


def _show_comparison(comparison: Comparison) -> None:
    """Print the growth of each table, certificates and organisations apart so that a narrow terminal holds them."""
    from zhunsheng.bulletin import words

    earlier, later = comparison.earlier or "-", comparison.later or "-"
    print(_("从 %(earlier)s 到 %(later)s") % {"earlier": earlier, "later": later})
    tables = ((_("认证项目"), comparison.projects), (_("地区"), comparison.regions), (_("大区"), comparison.blocks))
    for title, rows in tables:
        for measure, name in (("certificates", _("证书数")), ("organisations", _("组织数"))):
            columns = (title, earlier, later, _("增加"), _("增长率"))
            _show(f"{title} · {name}", columns, _changes(rows, measure))
    for text, names in (
        (_("证书增加最多：%(names)s"), comparison.fastest_by_number),
        (_("证书增长率最高：%(names)s"), comparison.fastest_by_percent),
        (_("新出现的项目：%(names)s"), comparison.new_projects),
        (_("不再出现的项目：%(names)s"), comparison.gone_projects),
    ):
        if names:
            print(text % {"names": words.row_name("、".join(names))})
