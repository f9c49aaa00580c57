"""`zhunsheng`: one command line over one data directory.

Exit status: 0 fine, 1 the answer is "no" or findings exist, 2 bad input or usage, 3 broken
environment. With `--json` standard output carries the answer and nothing else.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import DatabaseError
from django.utils.translation import gettext as _

from zhunsheng.cli import (
    backing_up,
    bulletin,
    doctor,
    imports,
    making,
    register,
    serving,
    setting_up,
    tick,
    tokens,
    twin,
)
from zhunsheng.cli.demo import demo
from zhunsheng.codes.errors import N_, ZhunshengError

# Commands that need an instance, those that make one first. Every other one, a mistyped one too, works without:
# it must not leave a data directory where it happens to run.
MAKING = {("import",), ("demo",), ("serve",), ("work",), ("admit",), ("token",)}
READING = {("search",), ("snapshot",), ("bulletin", "make"), ("backup",), ("tick",)}
GLOBAL_OPTIONS = {"--data": "ZHUNSHENG_DATA", "--lang": "ZHUNSHENG_LANG"}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="准绳 Zhunsheng: 认证证书的登记、查询与统计 (register, look-up and statistics of certificates).",
)
bulletin.app.command(name="make")(making.make)
app.add_typer(bulletin.app, name="bulletin", help="月度通报：制作、读取、核对、比较 (make, read, check, compare).")
app.command(name="import")(imports.import_)
app.command(name="twin")(twin.twin)
app.command(name="demo")(demo)
app.command(name="serve")(serving.serve)
app.command(name="work")(serving.work)
app.command(name="admit")(register.admit)
app.command(name="search")(register.search)
app.command(name="snapshot")(register.snapshot)
app.command(name="tick")(tick.tick)
app.add_typer(
    tokens.app, name="token", help="程序用的令牌：发放、列出、吊销 (tokens of programs: issue, list, revoke)."
)
app.command(name="backup")(backing_up.backup)
app.command(name="restore")(backing_up.restore)
app.command(name="doctor")(doctor.doctor)


@app.callback()
def everywhere(
    data: Annotated[
        str, typer.Option("--data", help="数据目录 (data directory); default ZHUNSHENG_DATA or ./var")
    ] = "",
    lang: Annotated[str, typer.Option("--lang", help="zh | en; default ZHUNSHENG_LANG or zh")] = "",
) -> None:
    """准绳 Zhunsheng: 认证证书的登记、查询与统计 (register, look-up and statistics of certificates)."""


class BadOption(ZhunshengError):
    """A global option has no or an unknown value."""


class Broken(ZhunshengError):
    """The machine does not give what the command needs."""

    exit_code = 3


def _take_global_options(args: list[str]) -> list[str]:
    """Move --data and --lang, wherever they stand, into the environment, and return the other arguments."""
    rest: list[str] = []
    waiting = iter(args)
    for arg in waiting:
        name, equals, value = arg.partition("=")
        if name not in GLOBAL_OPTIONS:
            rest.append(arg)
            continue
        given = value if equals else next(waiting, "")
        if not given:
            raise BadOption(N_("%(option)s 需要一个值"), option=name)
        os.environ[GLOBAL_OPTIONS[name]] = given
    return rest


def _set_up(args: list[str]) -> None:
    words = tuple(a for a in args if not a.startswith("-"))
    reading = any(words[: len(path)] == path for path in READING)
    if "--help" not in args and words[:1] == ("doctor",):
        doctor.set_up()
    elif "--help" not in args and (reading or words[:1] in MAKING):
        setting_up.instance(must_exist=reading)
    else:
        setting_up.words_only()
    language = _language()
    if language not in setting_up.LANGUAGES:
        setting_up.speak("zh")
        raise BadOption(N_("--lang 只能是 zh 或 en"))
    setting_up.speak(language)


def _language() -> str:
    return os.environ.get("ZHUNSHENG_LANG") or "zh"


def _say(error: ZhunshengError) -> str:
    try:
        if not settings.configured:
            setting_up.words_only()
            setting_up.speak(_language() if _language() in setting_up.LANGUAGES else "zh")
        return error.said(_)
    except Exception:  # noqa: BLE001 - the words must come out even when settings could not be loaded
        return str(error)


def run() -> None:
    """Run the command line and end the process with its exit status."""
    try:
        args = _take_global_options(sys.argv[1:])
        _set_up(args)
        app(args=args, prog_name="zhunsheng")
    except ZhunshengError as error:
        sys.stderr.write(_say(error) + "\n")
        sys.exit(error.exit_code)
    except (DatabaseError, ImproperlyConfigured) as error:
        sys.stderr.write(_say(Broken(N_("数据库不可用：%(error)s"), error=str(error).strip())) + "\n")
        sys.exit(Broken.exit_code)
    except OSError as error:
        # What was wrong with a file given by the user has been said where it was read.
        what = {"path": error.filename or "-", "reason": error.strerror or str(error)}
        sys.stderr.write(_say(Broken(N_("不能读写 %(path)s：%(reason)s"), **what)) + "\n")
        sys.exit(Broken.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
