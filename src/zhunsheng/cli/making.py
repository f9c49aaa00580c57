"""`bulletin make`: the bulletin of a month from this instance's register."""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from django.utils.translation import gettext as _

from zhunsheng.cli import setting_up
from zhunsheng.codes import dates
from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from zhunsheng.bulletin.actions import Made
    from zhunsheng.bulletin.model import Bulletin


class BadMonth(ZhunshengError):
    """The month asked for cannot be read."""


def make(
    month: Annotated[str, typer.Option(help="YYYY-MM")],
    known: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="按当时所知 (as it was known on this date)")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="写出 TXT、CSV、JSON、XLSX、HTML、PDF 的目录 (directory for the files)")
    ] = None,
    against: Annotated[Path | None, typer.Option(help="比较用的较早通报 (an earlier bulletin, for growth)")] = None,
    with_suspended: Annotated[
        bool, typer.Option("--with-suspended", help="暂停的也计入 (count suspended ones)")
    ] = False,
    snapshot: Annotated[Path | None, typer.Option(help="已有的快照 (a snapshot taken before)")] = None,
    order: Annotated[Literal["gb", "count"], typer.Option(help="地区的次序 (order of the regions)")] = "count",
    keep: Annotated[bool, typer.Option("--keep", help="收存为草稿，待核对后公布 (keep as a draft)")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """由登记簿制作一个月的通报并自检，可收存为草稿 (make a month's bulletin, check it, and keep a draft)."""
    from zhunsheng.bulletin import actions, words
    from zhunsheng.bulletin.writing import as_json as document
    from zhunsheng.bulletin.writing import as_text, basis

    read = dates.parse_month(month)
    if read is None:
        raise BadMonth(N_("月份 %(month)s 应写成 2025-07"), month=month)
    actions.demand_over(read, setting_up.today())
    known_on = known.date() if known else setting_up.today()
    # By count, 国外 stands among the blocks (July 2025); in GB/T 2260 order among the provinces (March 2024).
    among: Literal["regions", "blocks"] = "blocks" if order == "count" else "regions"
    made = make_month(read, known_on, snapshot=snapshot, with_suspended=with_suspended, abroad_among=among)
    bulletin = with_growth(made.bulletin, against)
    known_then = date_of(made.manifest.known)
    if keep:
        draft = actions.keep(
            bulletin=bulletin,
            origin="made",
            known_on=known_then,
            counts_suspended=with_suspended,
            by="system:command",
            at=setting_up.now(),
        )
        sys.stderr.write(_("已收存为草稿 %(id)s，在网站上核对后公布。") % {"id": draft.pk} + "\n")
    for finding in made.findings:
        sys.stderr.write(f"[{_(words.LEVELS[finding.level])}] {finding.why}\n")
    note = basis(known_then, counts_suspended=with_suspended)
    if out:
        name = f"bulletin-{bulletin.month}" + ("-with-suspended" if with_suspended else "")
        write_files(bulletin, out, name, order=order, note=note, earlier=earlier(against))
    print(document(bulletin) if as_json else as_text(bulletin, order=order, note=note))


def date_of(text: str) -> date:
    """Return the date of an ISO text that we wrote ourselves."""
    return datetime.fromisoformat(text).date()


def make_month(
    month: str,
    known_on: date,
    *,
    snapshot: Path | None = None,
    with_suspended: bool = False,
    abroad_among: Literal["regions", "blocks"] = "blocks",
) -> Made:
    """Make a month's bulletin from a snapshot given, or from one taken now and thrown away after."""
    from zhunsheng.bulletin import actions
    from zhunsheng.facts.snapshot import MANIFEST
    from zhunsheng.register import snapshots

    if snapshot is not None:
        file = snapshot / MANIFEST
        manifest = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        if manifest and manifest["on"] != dates.month_end(month).isoformat():
            raise BadMonth(N_("快照是 %(on)s 的，不是 %(month)s 月末的"), on=manifest["on"], month=month)
        return actions.make(snapshot, month=month, with_suspended=with_suspended, abroad_among=abroad_among)
    with tempfile.TemporaryDirectory(prefix="zhunsheng-") as scratch:
        taken = Path(scratch) / "snapshot"
        snapshots.take(taken, on=dates.month_end(month), known=known_on)
        return actions.make(taken, month=month, with_suspended=with_suspended, abroad_among=abroad_among)


def earlier(against: Path | None) -> list[Bulletin]:
    """Return the earlier bulletin that the trend begins with: it is given, so that the same call makes the same."""
    from zhunsheng.bulletin.reading import read_file

    return [] if against is None else [read_file(against)]


def with_growth(bulletin: Bulletin, against: Path | None) -> Bulletin:
    """Add growth since an earlier published bulletin, fastest growers first; nothing when none is given."""
    if against is None:
        return bulletin
    from zhunsheng.bulletin.actions import making
    from zhunsheng.bulletin.reading import read_file

    return making.with_growth(bulletin, read_file(against))


def write_files(
    bulletin: Bulletin, out: Path, name: str, *, order: str, note: str, earlier: Sequence[Bulletin] = ()
) -> None:
    """Write the month as text, CSV, JSON, XLSX, PDF and HTML; the same bulletin always gives the same bytes."""
    from zhunsheng.bulletin import writing

    out.mkdir(parents=True, exist_ok=True)
    shown = writing.illustrations(bulletin, earlier)
    said = {"order": order, "note": note}
    files = {
        "txt": writing.as_text(bulletin, **said).encode(),
        # The mark at the beginning tells spreadsheets that the CSV is UTF-8.
        "csv": writing.as_csv(bulletin).encode("utf-8-sig"),
        "json": writing.as_json(bulletin).encode(),
        "xlsx": writing.as_xlsx(bulletin, **said, trend=shown.trend),
        "html": writing.as_html(bulletin, **said, trend=shown.trend, pictures=shown.pictures),
        "pdf": writing.as_pdf(bulletin, **said, trend=shown.trend, pictures=shown.pictures),
    }
    for ending, content in files.items():
        (out / f"{name}.{ending}").write_bytes(content)
    endings = " ".join(f".{ending}" for ending in files)
    sys.stderr.write(_("已写出 %(files)s") % {"files": f"{out}/{name} {endings}"} + "\n")
