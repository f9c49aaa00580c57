"""`token`: the keys of the programs that read in bulk."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _

from zhunsheng.cli import setting_up

BY = "system:command"
DEFAULT_DAYS = 180
# A hundred years: dates can be counted so far; how many days a token may have, `people.tokens` says.
MOST_DAYS = 36_525

app = typer.Typer(no_args_is_help=True)


@app.command()
def issue(
    person: Annotated[str, typer.Argument(help="登录名 (sign-in name)")],
    name: Annotated[str, typer.Option(help="用途 (what it is for)")],
    days: Annotated[int, typer.Option(min=0, max=MOST_DAYS, help="从今天起几天 (days from today)")] = DEFAULT_DAYS,
    role: Annotated[int | None, typer.Option(help="角色的编号 (number of the role)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """发一枚令牌，只显示这一次 (issue a token; its key is shown this once)."""
    from zhunsheng.people import tokens

    setting_up.prepare()
    today = setting_up.today()
    token, key = tokens.issue(
        username=person,
        name=name,
        expires_on=today + timedelta(days=days),
        membership=role,
        by=BY,
        at=setting_up.now(),
        today=today,
    )
    print(json.dumps({**_shown(token), "key": key}, ensure_ascii=False) if as_json else key)


@app.command(name="list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """列出全部令牌 (list all tokens)."""
    from zhunsheng.people import tokens

    setting_up.prepare()
    rows = [_shown(token) for token in tokens.listed()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print("\t".join(str(value or "") for value in row.values()))


@app.command()
def revoke(token: Annotated[int, typer.Argument(help="令牌的编号 (number of the token)")]) -> None:
    """吊销一枚令牌 (revoke a token)."""
    from zhunsheng.people import tokens

    setting_up.prepare()
    revoked = tokens.revoke(token=token, by=BY, at=setting_up.now())
    print(_("令牌“%(name)s”已吊销，用它的程序从现在起不能再读取。") % {"name": revoked.name})


def _shown(token: Any) -> dict[str, Any]:
    from zhunsheng.people import tokens

    return {
        "id": token.pk,
        "person": token.membership.person.username,
        "role": token.membership.role,
        "party": token.membership.party.name,
        "name": token.name,
        "expires_on": token.expires_on.isoformat(),
        "last_used_on": token.last_used_on and token.last_used_on.isoformat(),
        "live": tokens.live(token, setting_up.today()),
    }
