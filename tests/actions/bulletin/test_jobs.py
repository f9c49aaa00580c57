"""A draft made in the background: ordered by who may, made once, taken over when its worker has died."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from zhunsheng.bulletin import actions, queries
from zhunsheng.bulletin.actions import jobs
from zhunsheng.bulletin.models import Making
from zhunsheng.codes.errors import ZhunshengError
from zhunsheng.facts.schema import TABLES
from zhunsheng.register import snapshots
from zhunsheng.standards import actions as standards
from zhunsheng.trail import queries as trail

if TYPE_CHECKING:
    from zhunsheng.people.policy import Viewer

# The databases must really commit: a snapshot reads through a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2025, 8, 11, 2, 0, tzinfo=UTC)
MONTH, END, KNOWN = "2025-07", date(2025, 7, 31), date(2025, 8, 10)


def order(viewer: Viewer, **more: Any) -> Making:
    """Order the draft of July."""
    asked = {"month": MONTH, "known_on": KNOWN, "counts_suspended": False, "by": "maker", "at": AT}
    return actions.order(**{**asked, "viewer": viewer, **more})


def test_an_order_is_made_into_a_draft_and_ends(viewer_all: Viewer) -> None:
    standards.load(by="system:test", at=AT)
    ordered = order(viewer_all)
    assert order(viewer_all).pk == ordered.pk
    assert actions.work_once(at=AT)
    ordered.refresh_from_db()
    assert (ordered.state, ordered.done, ordered.total) == ("done", len(TABLES) + 2, len(TABLES) + 2)
    assert ordered.bulletin is not None
    kept = queries.kept(ordered.bulletin.pk, viewer_all)
    assert (kept.state, kept.month, kept.known_on, kept.made_by) == ("draft", MONTH, KNOWN, "maker")
    assert not actions.work_once(at=AT)
    assert trail.about(f"making:{ordered.pk}").count() == 1


@pytest.mark.parametrize(
    ("month", "known", "fits"),
    [
        ("2025-08", date(2025, 8, 11), False),
        ("2025-07", date(2025, 8, 12), False),
        ("2025-07", date(2025, 8, 11), True),
        ("2025-07", END, True),
        ("2025-07", END - timedelta(1), False),
    ],
)
def test_a_month_is_made_once_it_is_over_as_known_since_then(
    month: str, known: date, fits: bool, viewer_all: Viewer
) -> None:
    if fits:
        assert order(viewer_all, month=month, known_on=known).state == "queued"
    else:
        with pytest.raises(actions.Untimely):
            order(viewer_all, month=month, known_on=known)


def test_a_dead_workers_order_is_taken_over_and_a_living_ones_is_left(viewer_all: Viewer) -> None:
    standards.load(by="system:test", at=AT)
    ordered = order(viewer_all)
    Making.objects.update(state="running", attempt=1, lease_until=AT + jobs.LEASE)
    assert not actions.work_once(at=AT + jobs.LEASE - timedelta(seconds=1))
    assert actions.work_once(at=AT + jobs.LEASE)
    ordered.refresh_from_db()
    assert (ordered.state, ordered.attempt) == ("done", 2)


def test_a_worker_taken_for_dead_changes_nothing(viewer_all: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    standards.load(by="system:test", at=AT)
    ordered = order(viewer_all)
    take = snapshots.take

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        Making.objects.update(attempt=9)
        return take(*args, **kwargs)

    monkeypatch.setattr(snapshots, "take", overtaken)
    jobs.run(ordered.pk, at=AT)
    ordered.refresh_from_db()
    assert (ordered.state, ordered.bulletin) == ("running", None)
    assert not queries.listed(viewer_all).exists()


def test_what_cannot_be_made_says_why_and_a_crash_is_tried_again_three_times(
    viewer_all: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = order(viewer_all)

    def unreadable(*_: Any, **__: Any) -> None:
        raise ZhunshengError("读不了数据库：%(why)s", why="锁住")

    monkeypatch.setattr(snapshots, "take", unreadable)
    assert actions.work_once(at=AT)
    ordered.refresh_from_db()
    assert ordered.state == "failed"
    assert str(queries.failed(ordered)) == "读不了数据库：锁住"

    def crash(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(snapshots, "take", crash)
    again = order(viewer_all)
    assert again.pk != ordered.pk
    for _attempt in range(jobs.ATTEMPTS):
        with pytest.raises(MemoryError):
            actions.work_once(at=AT)
    again.refresh_from_db()
    assert (again.state, again.attempt) == ("failed", jobs.ATTEMPTS)
    assert not actions.work_once(at=AT)


def test_the_command_keeps_a_draft_only_when_told(viewer_all: Viewer, capsys: pytest.CaptureFixture[str]) -> None:
    from zhunsheng.cli import making

    standards.load(by="system:test", at=AT)
    known = datetime(2025, 8, 10)  # noqa: DTZ001 - as the command line reads it
    for keep, drafts in ((False, 0), (True, 1)):
        making.make(month=MONTH, known=known, out=None, against=None, snapshot=None, order="gb", keep=keep)
        assert queries.listed(viewer_all).count() == drafts
    assert "草稿" in capsys.readouterr().err
    assert not queries.listed().exists()
