"""Setting a command up: the instance it works on, or only the words it speaks."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import django
from django.conf import settings
from django.utils import translation

LOCALE = Path(__file__).resolve().parent.parent / "locale"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def words_only() -> None:
    """Set up translation and nothing else: a command on files alone leaves no data directory behind."""
    settings.configure(USE_I18N=True, LANGUAGE_CODE="zh-hans", LOCALE_PATHS=[LOCALE], INSTALLED_APPS=[], USE_TZ=True)
    django.setup()


def instance() -> None:
    """Set up the whole of Django on the data directory that ZHUNSHENG_DATA names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhunsheng.web.settings")
    django.setup()


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

    call_command("migrate", verbosity=0, interactive=False)
    standards.load(by="system:prepare", at=now())
