"""The database address: SQLite in the data directory, or `DATABASE_URL` for PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "zhunsheng.sqlite3"
# WAL lets readers go on while one writes; FULL loses nothing acknowledged at a power cut (design,
# "Locks and crashes"). foreign_keys is Django's own default for SQLite.
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
BUSY_TIMEOUT_SECONDS = 10


class BadDatabaseAddress(ZhunshengError):
    """DATABASE_URL cannot be read."""

    exit_code = 3


def database(url: str, directory: Path) -> dict[str, Any]:
    """Return Django's settings of the database at `url`, or of SQLite in `directory` if it is empty."""
    return _postgresql(url) if url else _sqlite(directory / FILE)


def _sqlite(file: Path) -> dict[str, Any]:
    # Deferred transactions fail when two writers meet; immediate ones wait (design, measured).
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_TIMEOUT_SECONDS,
            "init_command": SQLITE_PRAGMAS,
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad_address() from None
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise _bad_address()
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def _bad_address() -> BadDatabaseAddress:
    return BadDatabaseAddress(N_("DATABASE_URL 应为 postgresql://用户:口令@主机:端口/库名"))
