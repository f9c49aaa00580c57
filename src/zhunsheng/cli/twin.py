"""`twin`: an invented register whose bulletin equals a published one, cell for cell."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.demo.twin import TwinReport


def twin(
    file: Annotated[Path, typer.Argument(help="已发布的通报文本 (text of a published bulletin)")],
    out: Annotated[Path, typer.Option(help="写出的目录 (directory for the files)")],
    scale: Annotated[float, typer.Option(help="缩小比例，大于 0 至 1 (above 0, up to 1)")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="随机种子：同种子得同样文件 (same seed, same files)")] = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """由通报造一个虚构的登记簿，其通报与原文逐格相同 (an invented register with the same bulletin)."""
    from zhunsheng.bulletin import words
    from zhunsheng.bulletin.reading import read_file
    from zhunsheng.demo.twin import make_twin

    bulletin = read_file(file)
    report = _with_progress(lambda tell: make_twin(bulletin, out, scale=scale, seed=seed, progress=tell))
    for c in report.corrections:
        place = (words.table_name(c.table), words.row_name(c.row), words.column_name(c.column))
        told = {
            "where": " · ".join(part for part in place if part),
            "printed": c.printed,
            "used": c.used,
            "why": _(c.why),
        }
        sys.stderr.write(_("更正：%(where)s 印作 %(printed)s，用 %(used)s（%(why)s）") % told + "\n")
    print(json.dumps(_fields(report), ensure_ascii=False) if as_json else _sentence(report, out))


def _with_progress(make: Callable[[Callable[[str, int, int], None]], TwinReport]) -> TwinReport:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_(stage), total=total)
            bars.update(tasks[stage], completed=done)

        return make(tell)


def _fields(report: TwinReport) -> dict[str, object]:
    return {
        "month": report.month,
        "scale": report.scale,
        "seed": report.seed,
        "certificates": report.certificates,
        "organisations": report.organisations,
        "bodies": report.bodies,
        "files": [str(path) for path in report.files],
        "corrections": [
            {"table": c.table, "row": c.row, "column": c.column, "printed": c.printed, "used": c.used, "why": _(c.why)}
            for c in report.corrections
        ],
    }


def _sentence(report: TwinReport, out: Path) -> str:
    return _(
        "%(month)s 的孪生登记簿已写入 %(out)s：证书 %(certificates)d 张，组织 %(organisations)d 家，机构 %(bodies)d 家"
    ) % {
        "month": report.month,
        "out": out,
        "certificates": report.certificates,
        "organisations": report.organisations,
        "bodies": report.bodies,
    }
