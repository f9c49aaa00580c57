"""Populating a demo: a twin of a published bulletin, its next month, both bulletins, and people of each role."""

from __future__ import annotations

import secrets
import shutil
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import polars as pl

from zhunsheng.bulletin import actions as bulletins
from zhunsheng.bulletin import published
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.demo.second_month import second_month
from zhunsheng.demo.twin import make_twin
from zhunsheng.people import actions as people
from zhunsheng.people.policy import Grant, Viewer, grants_of
from zhunsheng.people.roles import PartyKind, Permission
from zhunsheng.register import actions as register
from zhunsheng.register import queries

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    Progress = Callable[[str, int, int], None]

MONTH = "2025-07"
NEXT_MONTH = "2025-08"
# A return is due by the 10th of the next month (domain facts 1.5): the demo's became known then.
KNOWN = {"2025-07": (2025, 8, 10), "2025-08": (2025, 9, 10)}
# Three in the morning in UTC is eleven in Shanghai.
OFFICE_HOUR = time(3)
NATION = Viewer(name="system:demo", grants=frozenset(Grant(p, PartyKind.REGULATOR, "") for p in Permission))


class NotADemo(ZhunshengError):
    """The data directory holds a real register; invented organisations may not be mixed into it."""


def mark(directory: Path) -> None:
    """Mark a data directory as a demo. Raises NotADemo when its register holds organisations that exist."""
    file = directory / "demo"
    if not file.exists() and queries.holds_real_organisations():
        raise NotADemo(
            N_("%(directory)s 里已有真实数据，不能用作演示。请用 --data 另指一个目录。"), directory=str(directory)
        )
    file.touch()


def populate(
    directory: Path,
    *,
    scale: float,
    at: datetime,
    known: Callable[[str], date],
    progress: Progress,
) -> dict[str, str]:
    """Fill a marked demo directory; returns sign-in names and passwords. Running it twice changes nothing."""
    files = directory / "twin"
    if not (files / "twin.json").exists():
        make_twin(published.load(MONTH), files, scale=scale, progress=progress)
    _bring(files, known(MONTH), at, progress)
    later = directory / "twin-next"
    if not (later / "planted.json").exists():
        shutil.rmtree(later, ignore_errors=True)
        second_month(files, later, month=NEXT_MONTH, seed=1)
    _report(later, known(NEXT_MONTH), progress)
    for month in published.months():
        bulletins.keep(
            bulletin=published.load(month), origin="published", by="system:demo", at=at, source=published.source(month)
        )
    return _people(at)


def _bring(files: Path, known_on: date, at: datetime, progress: Progress) -> None:
    """Bring in what the nation's bodies reported, as the national regulator does."""
    for kind, pattern in (("bodies", "bodies*.csv"), ("certificates", "certificates*.parquet")):
        for file in sorted(files.glob(pattern)):
            _import(kind, file, known_on, NATION, at, progress)


def _report(files: Path, known_on: date, progress: Progress) -> None:
    """Let each body send its own rows of the next month on the day they were due, as its staff do."""
    at = datetime.combine(known_on, OFFICE_HOUR, tzinfo=UTC)
    for file in sorted(files.glob("certificates*.parquet")):
        for (body,), rows in pl.read_parquet(file).partition_by("RZJG_ID", as_dict=True).items():
            own = files / f"{body}-{file.name}"
            rows.write_parquet(own)
            staff = Viewer(name="system:demo", grants=grants_of("body_staff", PartyKind.BODY, str(body)))
            _import("certificates", own, known_on, staff, at, progress)


def _import(kind: str, file: Path, known_on: date, viewer: Viewer, at: datetime, progress: Progress) -> None:
    row = register.receive(
        kind=kind,
        file_name=file.name,
        content=file,
        layout=None,
        known_on=known_on,
        viewer=viewer,
        by=viewer.name,
        at=at,
    )
    register.run_import(row.pk, at=at, progress=progress)


def _people(at: datetime) -> dict[str, str]:
    """Make one account a role, named for the role: nobody here is a person who exists."""
    first = queries.bodies()[0]
    wanted = (
        ("national", "regulator", PartyKind.REGULATOR, "", "国家认证监管"),
        ("guangdong", "regulator", PartyKind.REGULATOR, "44", "广东省认证监管"),
        ("body", "body_staff", PartyKind.BODY, first.approval_no, first.name),
    )
    passwords = {name: secrets.token_urlsafe(9) for name, *_ in wanted}
    for name, role, kind, key, party in wanted:
        people.admit(
            name=name,
            password=passwords[name],
            role=role,
            kind=kind,
            key=key,
            party_name=party,
            by="system:demo",
            at=at,
        )
    return passwords
