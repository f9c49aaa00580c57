"""Commands on the register: look up, take a snapshot, admit a person."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhunsheng.cli import setting_up
from zhunsheng.codes.errors import N_

if TYPE_CHECKING:
    from zhunsheng.register.finding import Page, Query

# What stands above the columns of an answer.
HEADS = {
    "number": N_("证书编号"),
    "state": N_("状态"),
    "status": N_("状态"),
    "holder": N_("组织"),
    "body": N_("认证机构"),
    "scheme": N_("认证项目"),
    "issued_on": N_("颁证日期"),
    "expires_on": N_("截止日期"),
    "name": N_("名称"),
    "code": N_("统一社会信用代码"),
    "region": N_("地区"),
    "approval_no": N_("批准号"),
}


def search(
    text: Annotated[str, typer.Argument(help="编号、代码或名称的一部分 (number, code or part of a name)")] = "",
    what: Annotated[str, typer.Option(help="certificates | organisations | bodies; 默认全部 (default: all)")] = "",
    body: Annotated[str, typer.Option(help="机构的批准号或名称的一部分 (body: number or part of its name)")] = "",
    scheme: Annotated[str, typer.Option(help="认证项目代码，如 A01 (national scheme code)")] = "",
    standard: Annotated[str, typer.Option(help="标准，如 ISO 9001 或 GB/T 19001-2016 (standard)")] = "",
    region: Annotated[str, typer.Option(help="地区代码两位，abroad 或 unknown (region)")] = "",
    state: Annotated[
        str, typer.Option(help="今天的状态 (state): valid, suspended, withdrawn, cancelled, expired, replaced")
    ] = "",
    issued_from: Annotated[str, typer.Option(help="颁证不早于 (issued on or after)")] = "",
    issued_until: Annotated[str, typer.Option(help="颁证不晚于 (issued on or before)")] = "",
    expires_from: Annotated[str, typer.Option(help="到期不早于 (expires on or after)")] = "",
    expires_until: Annotated[str, typer.Option(help="到期不晚于 (expires on or before)")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """查询证书、组织与机构 (find certificates, organisations and bodies).

    Exit status 1 when nothing is found.
    """
    from zhunsheng.register import finding

    given = {
        "q": text, "what": what, "body": body, "scheme": scheme, "standard": standard, "region": region, "state": state,
        "issued_from": issued_from, "issued_until": issued_until,
        "expires_from": expires_from, "expires_until": expires_until,
    }  # fmt: skip
    query = finding.read(given)
    if query.text and not query.long_enough:
        sys.stderr.write(_("请至少输入两个字符。") + "\n")
        raise typer.Exit(2)
    answer = _found(query)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print_found(answer)
    raise typer.Exit(0 if any(answer[kind] for kind in ("certificates", "organisations", "bodies")) else 1)


def _found(query: Query) -> dict[str, Any]:
    """Look for what is asked; a kind that is not asked for has none."""
    from zhunsheng.people.policy import PUBLIC
    from zhunsheng.register import finding

    today = setting_up.today()
    of_bodies = query.what is finding.What.BODIES or bool(query.text or query.body)
    certificates = finding.certificates(query, viewer=PUBLIC, today=today)
    organisations = finding.organisations(query, viewer=PUBLIC, today=today)
    bodies = finding.bodies(query, viewer=PUBLIC)
    found: dict[str, tuple[Page[Any], list[Any]]] = {
        "certificates": (certificates, [_certificate(c) for c in certificates.rows]),
        "organisations": (
            organisations,
            [{"name": o.name, "code": o.code, "region": o.region} for o in organisations.rows],
        ),
        "bodies": (
            bodies,
            [{"name": b.name, "approval_no": b.approval_no, "status": b.status} for b in bodies.rows if of_bodies],
        ),
    }
    wanted = {kind: one for kind, one in found.items() if not query.what or query.what == kind}
    return {
        "text": query.text,
        **{kind: wanted[kind][1] if kind in wanted else [] for kind in found},
        "more": any(page.next is not None for page, _rows in wanted.values()),
        "near": [] if any(rows for _page, rows in wanted.values()) else finding.near(query),
    }


def _shown(key: str, value: object) -> str:
    """Return a cell in the reader's language."""
    from zhunsheng.codes.regions import BY_CODE
    from zhunsheng.register import words

    if key in {"state", "status"} and value:
        return _((words.STATES if key == "state" else words.BODY_STATUSES)[value])  # type: ignore[index]
    if key == "region" and value in BY_CODE:
        region = BY_CODE[str(value)]
        return region.name_en if get_language() == "en" else region.name
    return "" if value is None else str(value)


def _certificate(found: Any) -> dict[str, Any]:
    from zhunsheng.register.policy import State, state_with_end

    return {
        "number": found.number,
        "state": state_with_end(State(found.state), found.expires_on, setting_up.today()),
        "holder": found.organisation.name,
        "body": found.body.name,
        "scheme": found.scheme.name,
        "issued_on": found.issued_on.isoformat() if found.issued_on else None,
        "expires_on": found.expires_on.isoformat() if found.expires_on else None,
    }


def _print_found(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for title, rows in (
        (_("证书"), answer["certificates"]),
        (_("组织"), answer["organisations"]),
        (_("认证机构"), answer["bodies"]),
    ):
        if rows:
            table = Table(title=title)
            for key in rows[0]:
                # A long cell goes on below; a number cut short could not be looked up again.
                table.add_column(_(HEADS[key]), overflow="fold")
            for row in rows:
                table.add_row(*(_shown(key, value) for key, value in row.items()))
            console.print(table)
    if not any(answer[k] for k in ("certificates", "organisations", "bodies")):
        console.print(_("没有找到。可换一个编号、代码或名称的一部分再试。"))
    if answer["near"]:
        console.print(_("登记里有相近的编号或代码：%(near)s") % {"near": "、".join(answer["near"])})
    if answer["more"]:
        console.print(_("还有更多。请输入更长的文字，或加一个条件。"))


def snapshot(
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="哪一天的状态 (status on this date)")],
    known: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="按当时所知 (as it was known on this date)")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="写到哪里 (where to)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """某日的登记簿存成 Parquet (the register on a date, as known on another, as Parquet files)."""
    from django.conf import settings

    from zhunsheng.register import snapshots

    known_on = known.date() if known else setting_up.today()
    target = out or settings.DATA_DIR / "snapshots" / f"{on:%Y-%m-%d}-known-{known_on}"
    manifest = snapshots.take(
        target, on=on.date(), known=known_on, progress=lambda table, rows: _told(f"{table}: {rows:,}")
    )
    answer = {"directory": str(target), "on": manifest.on, "known": manifest.known, "rows": manifest.rows}
    print(json.dumps(answer, ensure_ascii=False) if as_json else str(target))


def _told(line: str) -> None:
    sys.stderr.write(line + "\n")


def admit(
    name: Annotated[str, typer.Argument(help="登录名 (sign-in name)")],
    role: Annotated[str, typer.Option(help="body_staff | regulator | holder | bulk_reader")],
    key: Annotated[str, typer.Option(help="批准号、地区代码或信用代码 (approval number, region or credit code)")] = "",
    party: Annotated[str, typer.Option(help="单位名称 (name of the party)")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="口令从标准输入读 (read from stdin)")
    ] = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="不设口令，只用单位账号登录 (single sign-on only)")
    ] = False,
    email: Annotated[str, typer.Option(help="电子邮件，单位账号登录时对照 (matched by single sign-on)")] = "",
    forget_second_factor: Annotated[
        bool, typer.Option("--forget-second-factor", help="清除丢失的验证器 (the authenticator was lost)")
    ] = False,
) -> None:
    """给一个人开户并授予角色 (let a person sign in and act in a role).

    Prints a made-up password unless one is given on standard input.
    """
    from zhunsheng.people import actions, roles

    setting_up.prepare()
    declared = roles.ROLES.get(role)
    if declared is None:
        sys.stderr.write(
            _("没有角色 %(role)s。可用：%(roles)s") % {"role": role, "roles": ", ".join(roles.ROLES)} + "\n"
        )
        raise typer.Exit(2)
    password = None if no_password else secrets.token_urlsafe(12)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    person = actions.admit(
        name=name,
        password=password,
        role=role,
        kind=declared.held_at,
        key=key,
        party_name=party or key or _("国家"),
        by="system:command",
        at=setting_up.now(),
        email=email,
    )
    if forget_second_factor:
        actions.forget_second_factor(person, by="system:command", at=setting_up.now())
    if password and not password_stdin:
        print(password)
