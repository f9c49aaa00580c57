"""Several returns in one call: each is read while the one before is written, and the order stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.actions.register.returns import everything_kept, receive, row, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

KNOWN = date(2025, 7, 31)
# The later files say otherwise what the first one says.
FILES = [
    [row(), row(CERT_NUMBER="B")],
    [row(CERTI_E_DATE="2027-05-31"), row(CERT_NUMBER="C", ORG_CODE="", ORG_NAME="新的组织")],
    [row(CERT_NUMBER="B", CERTI_STATUS="03", CANCEL_DATE="2025-07-01"), row(CERT_NUMBER="D")],
]


def queued(folder: Path, at: datetime) -> list[int]:
    files = [write(folder / f"{place}.csv", rows) for place, rows in enumerate(FILES)]
    return [receive(file, known=KNOWN, at=at).pk for file in files]


def facts() -> dict[str, Any]:
    from zhunsheng.register.models import Certificate, Event, Organisation

    return {
        "certificates": list(
            Certificate.objects.order_by("number").values_list("number", "state", "expires_on", "organisation__key")
        ),
        "events": list(Event.objects.order_by("id").values_list("certificate__number", "kind", "known_on")),
        "organisations": list(Organisation.objects.order_by("id").values_list("key", "name")),
    }


EXPECTED = {
    "certificates": [
        ("00124Q00001R0M", "valid", date(2027, 5, 31), row()["ORG_CODE"]),
        ("B", "withdrawn", date(2027, 2, 28), row()["ORG_CODE"]),
        ("C", "valid", date(2027, 2, 28), "新的组织|156"),
        ("D", "valid", date(2027, 2, 28), row()["ORG_CODE"]),
    ],
    "events": [
        ("00124Q00001R0M", "issued", KNOWN),
        ("B", "issued", KNOWN),
        ("C", "issued", KNOWN),
        ("00124Q00001R0M", "changed", KNOWN),
        ("D", "issued", KNOWN),
        ("B", "withdrawn", KNOWN),
    ],
    "organisations": [(row()["ORG_CODE"], row()["ORG_NAME"]), ("新的组织|156", "新的组织")],
}


def test_several_returns_come_in_one_after_the_other(
    returned: Callable[..., Any], tmp_path: Path, data_dir: Path, now: datetime
) -> None:
    from zhunsheng.register import actions
    from zhunsheng.register.importing import staging

    ids = queued(tmp_path, now)
    done = actions.run_imports(ids, at=now)
    assert [(one.pk, one.state, one.accepted) for one in done] == [(pk, "done", 2) for pk in ids]
    assert facts() == EXPECTED
    assert staging.places() == set()


def test_one_that_cannot_be_read_fails_alone(returned: Callable[..., Any], tmp_path: Path, now: datetime) -> None:
    from zhunsheng.register import actions

    first, second, third = queued(tmp_path, now)
    (tmp_path / "bad.csv").write_text("何\n1\n", encoding="utf-8")
    bad = receive(tmp_path / "bad.csv", known=KNOWN, at=now).pk
    done = actions.run_imports([first, second, bad, third], at=now)
    assert [one.state for one in done] == ["done", "done", "failed", "done"]
    assert facts() == EXPECTED


def test_after_one_that_breaks_the_next_worker_goes_on_at_once(
    returned: Callable[..., Any], tmp_path: Path, now: datetime
) -> None:
    from zhunsheng.register import actions
    from zhunsheng.register.importing import staging

    def broken(stage: str, done: int, total: int) -> None:
        if stage == "committing":
            raise OSError(28, "No space left on device")

    ids = queued(tmp_path, now)
    before = everything_kept()
    with pytest.raises(OSError, match="No space"):
        actions.run_imports(ids, at=now, progress=broken)
    assert everything_kept() == before
    assert staging.places() == set()
    while actions.work_once(at=now + timedelta(minutes=1)):
        pass
    assert facts() == EXPECTED
