"""`doctor`: what is missing or misconfigured, and the way out. It changes nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from zhunsheng.cli import setting_up
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.web.data_dir import DEFAULT
from zhunsheng.web.health import Level, Line, machine

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {Level.OK: N_("好"), Level.WARN: N_("留意"), Level.FAIL: N_("有错"), Level.BROKEN: N_("不能用")}
SHAPES = {Level.OK: "●", Level.WARN: "▲", Level.FAIL: "■", Level.BROKEN: "✕"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """检查缺什么、哪里设置得不对，并说明怎么办 (say what is missing or misconfigured, and the way out)."""
    found = list(_lines())
    levels = {line.level for line in found}
    if as_json:
        told = [
            {"check": line.key, "level": line.level, "text": text, "way": way}
            for line in found
            for text, way in [line.said(_)]
        ]
        print(json.dumps({"worst": _worst(levels), "checks": told}, ensure_ascii=False))
    else:
        _print(found)
    raise typer.Exit(3 if Level.BROKEN in levels else 1 if levels - {Level.OK} else 0)


def _worst(levels: set[Level]) -> Level:
    return max(levels, key=list(Level).index)


def _print(found: list[Line]) -> None:
    for line in found:
        text, way = line.said(_)
        print(f"{SHAPES[line.level]} {_(NAMES[line.level])}  {text}" + (f"\n    → {way}" if way else ""))


def set_up() -> None:
    """Set Django up as far as the instance allows; an instance that is not there is not made."""
    if (_directory() / "secret").is_file():
        try:
            setting_up.instance()
        except (ZhunshengError, OSError):
            # What is wrong with it is told by `_lines`; the words are needed for that.
            pass
        else:
            return
    setting_up.words_only()


def _directory() -> Path:
    return Path(os.environ.get("ZHUNSHENG_DATA") or DEFAULT).absolute()


def _lines() -> Iterator[Line]:
    data = _directory()
    about = list(machine.lines(data, now=setting_up.now(), url=os.environ.get("DATABASE_URL", "")))
    yield from about
    if any(line.level is Level.BROKEN for line in about):
        return
    if not settings.INSTALLED_APPS:
        yield _unreadable()
        return
    from zhunsheng.web.health import instance, site

    yield from site.lines()
    yield from instance.lines(data, at=setting_up.now(), today=setting_up.today(), demo=settings.DEMO)


def _unreadable() -> Line:
    way = N_("请照提示改正环境变量或 sign-in.toml")
    try:
        from zhunsheng.web import settings as asked

        told = {"why": asked.__name__}
    except (ZhunshengError, OSError) as error:
        told = {"why": error.said(_) if isinstance(error, ZhunshengError) else str(error)}
    return Line("settings", Level.BROKEN, N_("设置读不懂：%(why)s"), way, told)
