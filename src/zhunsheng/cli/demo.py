"""`demo`: a populated world in one command."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from zhunsheng.cli import making, serving, setting_up
from zhunsheng.cli.bars import bar

if TYPE_CHECKING:
    from zhunsheng.bulletin.model import Bulletin

DEFAULT_SCALE = 0.01
ACCOUNTS = "demo-accounts.json"


def demo(
    scale: Annotated[float, typer.Option(min=0.001, max=1.0, help="与全国之比 (share of the nation)")] = DEFAULT_SCALE,
    port: Annotated[int, typer.Option(help="端口 (port)")] = serving.DEFAULT_PORT,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="只建不启动 (do not serve)")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="只标记为演示，不填数据 (only mark it, no data)")] = False,
) -> None:
    """造一个可以随意试用的演示世界并启动 (make a populated demo and serve it)."""
    from django.conf import settings

    from zhunsheng.demo import build

    setting_up.prepare()
    build.mark(settings.DATA_DIR)
    settings.DEMO = True
    if not empty:
        _populate(settings.DATA_DIR, scale)
    if not no_serve:
        serving.run_site("127.0.0.1", port)


def _populate(directory: Path, scale: float) -> None:
    from zhunsheng.bulletin.comparing import growth_claims
    from zhunsheng.demo import build

    accounts = directory / ACCOUNTS
    if accounts.exists():
        told = _("演示数据已在 %(directory)s，直接使用；账号见 %(file)s。") % {"directory": directory, "file": accounts}
        sys.stderr.write(told + "\n")
        return
    at = setting_up.now()
    with bar() as progress:
        passwords = build.populate(
            directory, scale=scale, at=at, known=lambda month: date(*build.KNOWN[month]), progress=progress
        )
    before: Bulletin | None = None
    for month, day in build.KNOWN.items():
        bulletin = making.make_month(month, date(*day)).bulletin
        bulletin = bulletin if before is None else replace(bulletin, growth=growth_claims(before, bulletin))
        _publish(bulletin, date(*day), at)
        before = bulletin
    handle = os.open(accounts, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(passwords, out, ensure_ascii=False, indent=2)
    for name, password in passwords.items():
        sys.stderr.write(_("演示账号 %(name)s 口令 %(password)s") % {"name": name, "password": password} + "\n")


def _publish(bulletin: Bulletin, known_on: date, at: datetime) -> None:
    """Take a month's bulletin from its draft to its publication, as the nation's regulator does."""
    from zhunsheng.bulletin import actions, checks, queries
    from zhunsheng.demo.build import NATION

    draft = actions.keep(bulletin=bulletin, origin="made", known_on=known_on, by=NATION.name, at=at)
    if draft.state == "published":
        return
    said = _("演示数据由程序造出，按比例缩小。")
    words = {checks.key(found): said for found in checks.to_explain(queries.findings(draft), {})}
    publishing: dict[str, Any] = {"pk": draft.pk, "digest": draft.sha256, "viewer": NATION, "by": NATION.name, "at": at}
    actions.self_check(**publishing, explanations=words)
    actions.publish(**publishing)
