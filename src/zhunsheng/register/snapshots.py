"""Taking a snapshot of this instance: the rooms' facts tables, from whichever database it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.db import connection

from zhunsheng.facts import snapshot
from zhunsheng.register.tables import SELECTS
from zhunsheng.standards.tables import SELECTS as STANDARDS_SELECTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path


def database_uri() -> str:
    """Return the address of Django's PostgreSQL database; it holds the password, so it is never logged."""
    parts = connection.settings_dict
    user = quote(parts["USER"], safe="") + (":" + quote(parts["PASSWORD"], safe="") if parts["PASSWORD"] else "")
    host, port = str(parts["HOST"]), str(parts["PORT"])
    if host.startswith("/"):
        return f"postgresql://{user}@/{quote(parts['NAME'])}?host={quote(host, safe='')}" + (
            f"&port={port}" if port else ""
        )
    return f"postgresql://{user}@{host or 'localhost'}{':' + port if port else ''}/{quote(parts['NAME'])}"


def take(out: Path, *, on: date, known: date, progress: Callable[[str, int], None] | None = None) -> snapshot.Manifest:
    """Write the register on a date, as known on another, to the directory `out`."""
    if connection.vendor == "sqlite":
        source = snapshot.sqlite(str(connection.settings_dict["NAME"]))
    else:
        source = snapshot.postgresql(database_uri())
    selects = {**SELECTS, **STANDARDS_SELECTS}
    return snapshot.export(out, source=source, selects=selects, on=on, known=known, progress=progress)
