"""A process killed at any moment of an import leaves the old or the new state, and the next attempt completes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.actions.register.returns import EVERYTHING, ROW, everything_kept, receive, row, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

JUNE, JULY = date(2025, 6, 30), date(2025, 7, 31)
PAUSED = {"CERTI_STATUS": "02", "PAUSE_CAUSE": "0116", "PAUSE_S_DATE": "2025-07-10", "PAUSE_E_DATE": "2025-10-10"}
RETURN = [
    row(**PAUSED),
    row(CERT_NUMBER="NEW", ORG_CODE="", ORG_NAME="新的组织"),
    row(CERT_NUMBER="ODD", CERTI_E_DATE="2020-01-01"),
    row(CERT_NUMBER=""),
]
# Before anything, while staging, while writing rejects, at several statements of the merge and at its last, after it.
BEFORE = [
    "opening",
    "reading",
    "rejects",
    "merging",
    "merging:2",
    "merging:8",
    "merging:17",
    "merging:26",
    "committing",
]
AFTER = ["done"]


def told() -> dict[str, list[Any]]:
    """Return what the register says, without keys."""
    from zhunsheng.register.models import Certificate, Event, Finding, OrganisationEvent

    return {
        "certificates": list(
            Certificate.objects.order_by("number").values_list("number", "state", "organisation__name")
        ),
        "events": list(
            Event.objects.order_by("certificate__number", "id").values_list("certificate__number", "kind", "known_on")
        ),
        "names": list(OrganisationEvent.objects.order_by("name").values_list("name", "known_on")),
        "findings": list(Finding.objects.filter(row__gt=0).values_list("row", "code")),
    }


NEW = {
    "certificates": [
        (ROW["CERT_NUMBER"], "suspended", ROW["ORG_NAME"]),
        ("NEW", "valid", "新的组织"),
        ("ODD", "valid", ROW["ORG_NAME"]),
    ],
    "events": [
        (ROW["CERT_NUMBER"], "issued", JUNE),
        (ROW["CERT_NUMBER"], "suspended", JULY),
        ("NEW", "issued", JULY),
        ("ODD", "issued", JULY),
    ],
    "names": [(ROW["ORG_NAME"], JUNE), ("新的组织", JULY)],
    "findings": [(3, "missing"), (4, "dates_out_of_order"), (4, "valid_after_end")],
}


def run_and_die(import_id: int, step: str) -> int:
    from django.db import connection

    program = Path(__file__).with_name("killed.py")
    root = Path(__file__).parents[3]
    database = str(connection.settings_dict["NAME"])
    connection.close()
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    arguments = [sys.executable, str(program), database, str(import_id), step]
    return subprocess.run(arguments, check=False, env=environment, cwd=root).returncode


@pytest.mark.parametrize("step", BEFORE + AFTER)
def test_a_killed_import_leaves_the_old_or_the_new_state_and_completes(
    returned: Callable[..., Any], data_dir: Path, tmp_path: Path, now: datetime, step: str
) -> None:
    from django.db import connection

    from zhunsheng.register import actions, queries
    from zhunsheng.register.models import Import

    returned(JUNE, row())
    file = write(tmp_path / "july.csv", RETURN)
    waiting = receive(file, known=JULY, at=now)
    before = everything_kept()
    assert run_and_die(waiting.pk, step) == -signal.SIGKILL
    if step in AFTER:
        assert told() == NEW
    else:
        assert everything_kept() == before
        assert Import.objects.get(pk=waiting.pk).state == "running"
        # Nobody else takes it while the dead process's lease lasts.
        with pytest.raises(actions.Busy):
            actions.run_import(waiting.pk, at=now + timedelta(minutes=1))
        assert not actions.work_once(at=now + timedelta(minutes=1))
        assert actions.work_once(at=now + timedelta(hours=1))
    done = Import.objects.get(pk=waiting.pk)
    assert (done.state, done.rows, done.accepted, done.rejected) == ("done", 4, 3, 1)
    assert told() == NEW
    assert queries.stored_differs_from_derived() == []
    assert (data_dir / done.rejects_file).read_text("utf-8-sig").count("\n") == 2
    assert list((data_dir / "staging").glob("*")) == [] if connection.vendor == "sqlite" else not _schemas()
    assert not actions.work_once(at=now + timedelta(hours=2))


def test_what_a_killed_import_left_is_removed_by_the_next_one_when_its_lease_has_ended(
    returned: Callable[..., Any], data_dir: Path, tmp_path: Path, now: datetime
) -> None:
    from zhunsheng.register import actions
    from zhunsheng.register.importing import staging

    def received(name: str) -> Any:
        return actions.receive(
            kind="certificates",
            file_name=name,
            content=write(tmp_path / name, RETURN),
            layout=None,
            known_on=JULY,
            viewer=EVERYTHING,
            by="t",
            at=now,
        )

    returned(JUNE, row())
    killed, soon, later = (received(name) for name in ("killed.csv", "soon.csv", "later.csv"))
    assert run_and_die(killed.pk, "merging") == -signal.SIGKILL
    assert staging.places() == {killed.pk}
    actions.run_import(soon.pk, at=now + timedelta(minutes=1))
    assert staging.places() == {killed.pk}
    actions.run_import(later.pk, at=now + timedelta(hours=1))
    assert staging.places() == set()
    assert actions.run_import(killed.pk, at=now + timedelta(hours=2)).state == "done"
    assert told() == NEW | {"findings": told()["findings"]}


def _schemas() -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'staging%%'")
        return list(cursor.fetchall())


def test_an_import_that_breaks_again_and_again_fails_with_words(
    returned: Callable[..., Any], tmp_path: Path, now: datetime
) -> None:
    from zhunsheng.register import actions
    from zhunsheng.register.models import Import

    def broken(stage: str, done: int, total: int) -> None:
        if stage == "merging" and done:
            raise OSError(28, "No space left on device")

    file = write(tmp_path / "july.csv", RETURN)
    waiting = receive(file, known=JULY, at=now)
    before = everything_kept()
    for _ in range(3):
        with pytest.raises(OSError, match="No space"):
            actions.run_import(waiting.pk, at=now, progress=broken)
        assert everything_kept() == before
    found = Import.objects.get(pk=waiting.pk)
    assert (found.state, bool(found.message), found.attempt) == ("failed", True, 3)
    assert not actions.work_once(at=now + timedelta(hours=2))
