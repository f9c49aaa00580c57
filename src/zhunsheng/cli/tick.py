"""`tick`: what falls due, is overdue or has expired."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from zhunsheng.cli import setting_up
from zhunsheng.cli.imports import COMMAND

if TYPE_CHECKING:
    from zhunsheng.register.due import Due, What

# A hundred years ahead, and more rows than anybody reads: numbers beyond are slips.
MOST_DAYS, MOST_LISTED = 36_525, 1_000_000


def tick(
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="哪一天，默认今天 (on which day; default today)")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="从那天起多少天 (how many days from then on)")] = 1,
    limit: Annotated[
        int, typer.Option(min=0, max=MOST_LISTED, help="每类最多列出多少张 (at most so many of each listed)")
    ] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """到期与逾期：哪些证书到期，哪些暂停期满 (what falls due, is overdue, has expired).

    Exit status 1 when a suspension is overdue: ended, and neither restored nor withdrawn.
    """
    from zhunsheng.people.policy import Grant, Viewer
    from zhunsheng.people.roles import PartyKind, Permission
    from zhunsheng.register import due

    day = on.date() if on else setting_up.today()
    everything = Viewer(COMMAND, frozenset({Grant(Permission.READ_IN_BULK, PartyKind.REGULATOR, "")}))
    coming = due.due(everything, day, _last(day, days), limit=limit)
    overdue = due.past(everything, day, only=due.What.SUSPENSION_ENDS, limit=limit)
    expired = due.past(everything, day, only=due.What.EXPIRES, limit=0)
    late = overdue.counts[due.What.SUSPENSION_ENDS]
    answer = {
        "on": day.isoformat(),
        "until": coming.until.isoformat(),
        "due": {"counts": coming.counts, "certificates": _rows(coming)},
        "overdue": {"count": late, "certificates": _rows(overdue)},
        "expired": {"count": expired.counts[due.What.EXPIRES]},
    }
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _told(answer)
    raise typer.Exit(1 if late else 0)


def _last(day: date, days: int) -> date:
    """Return the last of so many days; the calendar ends with the year 9999."""
    return date.fromordinal(min(day.toordinal() + days - 1, date.max.toordinal()))


def _rows(found: Due) -> list[dict[str, Any]]:
    return [
        {
            "number": row.number,
            "what": row.what,
            "on": row.on.isoformat(),
            "state": row.state,
            "holder": row.holder,
            "body": row.body,
            "scheme": row.scheme,
        }
        for row in found.certificates
    ]


def _told(answer: dict[str, Any]) -> None:
    from rich.console import Console

    from zhunsheng.register.due import PAST_WORDS, WORDS, What

    console = Console()
    spans = {"on": answer["on"], "until": answer["until"]}
    one_day = answer["on"] == answer["until"]
    title = _("%(on)s 到期") % spans if one_day else _("%(on)s 至 %(until)s 到期") % spans
    console.print(" · ".join([title, *(f"{_(WORDS[w])} {answer['due']['counts'][w]:,}" for w in What)]))
    _table(console, answer["due"]["certificates"], WORDS)
    before = {What.SUSPENSION_ENDS: answer["overdue"]["count"], What.EXPIRES: answer["expired"]["count"]}
    title = _("%(on)s 之前") % spans
    console.print(" · ".join([title, *(f"{_(PAST_WORDS[w])} {number:,}" for w, number in before.items())]))
    _table(console, answer["overdue"]["certificates"], PAST_WORDS)


def _table(console: Any, rows: list[dict[str, Any]], words: dict[What, str]) -> None:
    from rich.table import Table

    if not rows:
        return
    table = Table()
    for head in (_("证书编号"), _("日期"), _("事项"), _("组织"), _("认证机构"), _("认证项目")):
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(row["number"], row["on"], _(words[row["what"]]), row["holder"], row["body"], row["scheme"])
    console.print(table)
