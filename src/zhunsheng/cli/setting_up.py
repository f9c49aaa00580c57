"""Setting a command up: the instance it works on, or only the words it speaks."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import django
from django.conf import settings
from django.db import connection
from django.utils import translation

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.web.data_dir import DEFAULT as DEFAULT_DATA
from zhunsheng.web.database import FILE

LOCALE = Path(__file__).resolve().parent.parent / "locale"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LOCK = "setting-up.lock"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def words_only() -> None:
    """Set up translation and nothing else: a command on files alone leaves no data directory behind."""
    settings.configure(USE_I18N=True, LANGUAGE_CODE="zh-hans", LOCALE_PATHS=[LOCALE], INSTALLED_APPS=[], USE_TZ=True)
    django.setup()


class NoInstance(ZhunshengError):
    """A command that only reads was called where there is no register."""

    exit_code = 3


def instance(*, must_exist: bool = False) -> None:
    """Set up the whole of Django on the data directory that ZHUNSHENG_DATA names.

    With `must_exist` raises NoInstance where nobody has set up a register, and leaves nothing behind.
    """
    directory = Path(os.environ.get("ZHUNSHENG_DATA") or DEFAULT_DATA)
    if must_exist and not os.environ.get("DATABASE_URL") and not (directory / FILE).is_file():
        raise _no_instance(directory)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhunsheng.web.settings")
    django.setup()
    if must_exist and "register_body" not in connection.introspection.table_names():
        raise _no_instance(directory)


def _no_instance(directory: Path) -> NoInstance:
    text = N_("%(directory)s 里还没有登记簿。请先运行 zhunsheng import 或 zhunsheng serve，或用 --data 指明数据目录。")
    return NoInstance(text, directory=directory)


def speak(language: str) -> None:
    """Choose the language of everything said from now on: zh or en."""
    translation.activate(LANGUAGES[language])


def now() -> datetime:
    """Return this instant: the one place where a command reads the clock."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's business date in Shanghai."""
    return now().astimezone(SHANGHAI).date()


def prepare() -> None:
    """Bring the database to this version's tables and reference data; changes nothing when it is there."""
    from django.core.management import call_command

    from zhunsheng.standards import actions as standards

    with (settings.DATA_DIR / LOCK).open("w") as lock:
        # Two commands that meet in a new data directory set it up one after the other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("migrate", verbosity=0, interactive=False)
        standards.load(by="system:prepare", at=now())
