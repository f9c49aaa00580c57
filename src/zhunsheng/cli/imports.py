"""`import`: bring the returns of certification bodies, or the table of the bodies themselves, into the register."""

from __future__ import annotations

import json
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from zhunsheng.cli import setting_up
from zhunsheng.cli.bars import bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMAND = "system:command"


def import_(
    kind: Annotated[str, typer.Argument(help="certificates | bodies")],
    files: Annotated[list[Path], typer.Argument(help="CSV、XLSX 或 Parquet (files in the template's fields)")],
    layout: Annotated[str, typer.Option(help="ms | ccc | voluntary | organic; default: from the columns")] = "",
    known: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="获知日，默认今天 (when it became known; default today)"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """导入证书或认证机构 (bring certificates or bodies into the register)."""
    setting_up.prepare()
    known_on = known.date() if known else setting_up.today()
    began = time.perf_counter()
    with bar() as progress:
        results = _brought(kind, files, layout, known_on, progress)
    for result in results:
        _report(result)
    took = time.perf_counter() - began
    print(json.dumps(_summed(results, took), ensure_ascii=False)) if as_json else _told(results)
    if any(result["state"] == "failed" for result in results):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(result["rejected"] for result in results) else 0)


def _brought(
    kind: str, files: list[Path], layout: str, known_on: date, progress: Callable[[str, int, int], None]
) -> list[dict[str, Any]]:
    """Bring the files in one after the other and return each one's result."""
    from zhunsheng.people.policy import Grant, Viewer
    from zhunsheng.people.roles import PartyKind, Permission
    from zhunsheng.register import actions
    from zhunsheng.register.importing.tabular import BadFile

    everything = Viewer(COMMAND, frozenset(Grant(p, PartyKind.REGULATOR, "") for p in Permission))
    refused: dict[Path, str] = {}

    def received() -> Iterator[int]:
        for file in files:
            try:
                row = actions.receive(
                    kind=kind,
                    file_name=str(file),
                    content=file,
                    layout=layout or None,
                    known_on=known_on,
                    viewer=everything,
                    by=COMMAND,
                    at=setting_up.now(),
                )
            except BadFile as error:
                # The other files of this call are still brought in.
                refused[file] = error.said(_)
            else:
                yield row.pk

    done = iter(actions.run_imports(received(), at=setting_up.now(), progress=progress))
    failed = {"id": None, "layout": layout, "state": "failed", "rejects_file": None, "seconds": 0.0}
    failed |= dict.fromkeys(("rows", "accepted", "unchanged", "rejected", "findings"), 0)
    return [
        failed | {"file": str(file), "message": refused[file]} if file in refused else _result(file, next(done))
        for file in files
    ]


def _result(file: Path, row: Any) -> dict[str, Any]:
    from zhunsheng.register import words

    return {
        "id": row.pk,
        "file": str(file),
        "layout": row.layout,
        "state": row.state,
        "message": words.failure(row.message, row.message_params),
        "rows": row.rows,
        "accepted": row.accepted,
        "unchanged": row.unchanged,
        "rejected": row.rejected,
        "rejects_file": _path(row.rejects_file),
        "findings": row.findings_count,
        "seconds": row.seconds,
    }


def _path(stored: str) -> str | None:
    from django.conf import settings

    return str(settings.DATA_DIR / stored) if stored else None


def _summed(results: list[dict[str, Any]], took: float) -> dict[str, Any]:
    """Return the sums over all files, and each file's own result; `rejects_file` is that of a single file.

    `took` is in seconds: files are read while others are written, so that theirs add up to more.
    """
    total: dict[str, Any] = {key: sum(r[key] for r in results) for key in ("rows", "accepted", "unchanged", "rejected")}
    rejects = [r["rejects_file"] for r in results if r["rejects_file"]]
    total |= {"rejects_file": rejects[0] if len(rejects) == 1 else None, "rejects_files": rejects}
    total |= {"findings": sum(r["findings"] for r in results), "seconds": round(took, 3)}
    return total | {"id": results[0]["id"] if len(results) == 1 else None, "files": results}


def _report(result: dict[str, Any]) -> None:
    """Say on standard error what was found in a file: findings by code, with an example each."""
    from zhunsheng.register.importing import rejects, summary

    if result["message"]:
        named = result["file"] in result["message"]
        sys.stderr.write(result["message"] if named else f"{result['file']}: {result['message']}")
        sys.stderr.write("\n")
    for kind in summary.of(result["id"]) if result["id"] else []:
        sys.stderr.write(f"{kind.count:>9,}  {kind.code}: {kind.example}\n")
    if result["rejects_file"]:
        for code, count, example in rejects.kinds(Path(result["rejects_file"])):
            sys.stderr.write(f"{count:>9,}  {code}: {example}\n")
        told = _("被拒绝的行写在 %(file)s") % {"file": result["rejects_file"]}
        sys.stderr.write(told + "\n")


def _told(results: list[dict[str, Any]]) -> None:
    for result in results:
        if result["state"] == "failed":
            continue
        counts = {key: f"{result[key]:,}" for key in ("rows", "accepted", "unchanged", "rejected", "findings")}
        told = _(
            "%(file)s：%(rows)s 行，接受 %(accepted)s，未变 %(unchanged)s，"
            "拒绝 %(rejected)s，问题 %(findings)s，%(seconds)s 秒"
        )
        print(told % {**counts, "file": result["file"], "seconds": f"{result['seconds']:.1f}"})
