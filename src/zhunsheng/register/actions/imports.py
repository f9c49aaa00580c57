"""Bringing received returns into the register.

The work is the Import row: queued, running under a lease, then done or failed. Everything until the
merge leaves the register untouched; the merge, its findings, its trail entry and the row's result are
one transaction, so that a process killed anywhere leaves the old or the new state and the next
attempt starts over.
"""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.register import layouts
from zhunsheng.register.importing import bodies, lines, merging, opening, rejects, staging
from zhunsheng.register.importing.bodies import Bodies
from zhunsheng.register.importing.lines import Staged
from zhunsheng.register.models import Import
from zhunsheng.register.policy import ImportState
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import polars as pl

    from zhunsheng.register.importing.ground import Ground
    from zhunsheng.register.importing.staging import Staging
    from zhunsheng.register.importing.tabular import Tabular

    Progress = Callable[[str, int, int], None]

# A worker that has said nothing for this long is taken for dead. The merge says nothing while it lasts, a minute
# or two for a nation in one file; a worker wrongly taken for dead finds its attempt gone and changes nothing.
LEASE = timedelta(minutes=10)
ATTEMPTS = 3
ENDED = {ImportState.DONE, ImportState.FAILED}


class Busy(ZhunshengError):
    """Another process is at work on this import."""

    exit_code = 1


def work_once(*, at: datetime, progress: Progress | None = None) -> bool:
    """Take one queued import, or one whose worker has died, and run it; False when there is none."""
    waiting = Import.objects.filter(_free(at)).order_by("id").first()
    if waiting is None:
        return False
    try:
        run_import(waiting.pk, at=at, progress=progress)
    except Busy:
        return True
    return True


def _free(at: datetime) -> Q:
    return Q(state=ImportState.QUEUED) | Q(state=ImportState.RUNNING, lease_until__lte=at)


def run_import(import_id: int, *, at: datetime, progress: Progress | None = None) -> Import:
    """Bring a received return in and return its row, done or failed with a message; an ended one is left as it is.

    `progress(stage, done, total)` hears every step. Raises Busy while another process holds the lease.
    """
    attempt = _taken(import_id, at, progress)
    with ExitStack() as places:
        return _ended(attempt, lambda: _write(attempt, _read(attempt, places, attempt.tell), places))


def run_imports(import_ids: Iterable[int], *, at: datetime, progress: Progress | None = None) -> list[Import]:
    """Bring returns in, in this order, and return their rows; each is read while the one before is written.

    The ids may be made one by one. Raises what `run_import` raises; the returns after such a one wait for the next
    worker.
    """
    began, found = time.perf_counter(), []
    with ThreadPoolExecutor(1) as reader, ExitStack() as ended:
        coming: deque[_Ahead] = deque()
        ended.callback(_give_up, coming)
        for import_id in chain(import_ids, [None]):
            if coming:
                # Waited for here, because taking the next one writes, and reading must not wait for that.
                coming[0].reading.exception()
            if import_id is not None:
                attempt = _taken(import_id, at + timedelta(seconds=time.perf_counter() - began), progress)
                coming.append(_Ahead(attempt, ExitStack(), reader))
            if coming and (import_id is None or len(coming) > 1):
                found.append(coming.popleft().written())
    return found


class _Ahead:
    """An import that is read in a thread of its own, to be written when its turn comes."""

    def __init__(self, attempt: _Attempt, places: ExitStack, reader: ThreadPoolExecutor) -> None:
        self.attempt, self.places = attempt, places
        self.reading = reader.submit(self._read)

    def _read(self) -> _Read | None:
        try:
            # Nothing is told meanwhile: telling writes, and would wait for the import that is being written.
            return _read(self.attempt, self.places, lambda *_: None)
        finally:
            connection.close()

    def written(self) -> Import:
        """Write what was read and return the ended import."""
        with self.places:
            return _ended(self.attempt, lambda: _write(self.attempt, self.reading.result(), self.places))


def _give_up(coming: Iterable[_Ahead]) -> None:
    """Leave imports that were read and not written to the next worker."""
    for one in coming:
        one.reading.exception()
        one.places.close()
        _let_go(one.attempt)


def _taken(import_id: int, at: datetime, progress: Progress | None) -> _Attempt:
    """Begin an attempt at an import that is free or ended. Raises Busy while another process holds the lease."""
    row = Import.objects.get(pk=import_id)
    if row.state not in ENDED:
        lease = {"state": ImportState.RUNNING, "lease_until": at + LEASE, "attempt": F("attempt") + 1}
        if not Import.objects.filter(_free(at), pk=import_id).update(**lease):
            raise Busy(N_("导入 %(id)s 正在由另一个进程处理。"), id=import_id)
        row.refresh_from_db()
    return _Attempt(row, at, time.perf_counter(), progress, ended=row.state in ENDED)


def _ended(attempt: _Attempt, work: Callable[[], None]) -> Import:
    """Do the work of an attempt and return its import; what cannot be brought in fails with words."""
    if attempt.ended:
        return attempt.row
    try:
        work()
    except ZhunshengError as error:
        _fail(attempt, error)
    except Exception:
        if attempt.row.attempt >= ATTEMPTS:
            _fail(attempt, ZhunshengError(N_("导入多次中断，未能完成；登记簿未受影响。")))
        else:
            _let_go(attempt)
        raise
    attempt.row.refresh_from_db()
    return attempt.row


def _let_go(attempt: _Attempt) -> None:
    """Give the lease back, so that the next worker may begin at once."""
    Import.objects.filter(pk=attempt.row.pk, attempt=attempt.row.attempt, state=ImportState.RUNNING).update(
        lease_until=attempt.at
    )


@dataclass
class _Attempt:
    """One attempt at an import: its row, when it began, who listens."""

    row: Import
    at: datetime
    began: float
    progress: Progress | None
    ended: bool = False

    @property
    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.perf_counter() - self.began)

    def hear(self, stage: str, done: int, total: int) -> None:
        """Tell the listener; used inside the merge, where the row itself cannot be seen."""
        if self.progress:
            self.progress(stage, done, total)

    def tell(self, stage: str, done: int, total: int) -> None:
        """Write down how far the import is, renew the lease, and tell the listener."""
        Import.objects.filter(pk=self.row.pk, attempt=self.row.attempt).update(
            stage=stage, done=done, total=total, lease_until=self.now + LEASE
        )
        self.hear(stage, done, total)


@dataclass(frozen=True, slots=True)
class _Result:
    rows: int
    accepted: int
    unchanged: int
    rejected: int
    findings: int


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read and judged, and has still to be written: what was found, and its rejects file."""

    file: Tabular
    ground: Ground
    found: Bodies | Staged
    place: Staging | None
    rejects_file: str


def _read(attempt: _Attempt, places: ExitStack, tell: Progress, *, asking: bool = True) -> _Read | None:
    """Read and judge the file; `places` then holds its staging place. None for an import that has ended."""
    row = attempt.row
    if attempt.ended:
        return None
    tell("opening", 0, 0)
    _tidy(attempt.now)
    file, ground = opening.opened(
        settings.DATA_DIR / row.stored,
        row.file_name,
        kind=row.kind,
        layout=row.layout,
        known_on=row.known_on,
        own_body=row.body.approval_no if row.body else None,
    )
    if row.kind != layouts.CERTIFICATES:
        judged = bodies.judge(file, ground)
        return _Read(file, ground, judged, None, _rejects(attempt, file, judged.rejected, tell))
    place = places.enter_context(staging.staging(row.pk))
    with staging.attached(place):
        staged = lines.stage(file, ground, place, tell, asking=asking)
    return _Read(file, ground, staged, place, _rejects(attempt, file, staged.rejected, tell))


def _tidy(at: datetime) -> None:
    """Remove the staging places of imports that nobody is at work on any more."""
    # The places are listed first: one that is made meanwhile belongs to an import that is alive.
    left = staging.places()
    for alive in Import.objects.filter(state=ImportState.RUNNING, lease_until__gt=at).values_list("pk", flat=True):
        left.discard(alive)
    for import_id in left:
        staging.remove(import_id)


def _write(attempt: _Attempt, read: _Read | None, places: ExitStack) -> None:
    """Write what was read, in one transaction."""
    if read is None:
        return
    attempt.tell("merging", 0, 0)
    try:
        result = _write_bodies(attempt, read) if read.place is None else _write_certificates(attempt, read, read.place)
    except merging.Overtaken:
        # Somebody changed what this file was compared with: it is read again, and nothing is left out.
        places.close()
        _write(attempt, _read(attempt, places, attempt.tell, asking=False), places)
        return
    places.close()
    attempt.hear("done", result.rows, result.rows)


def _write_certificates(attempt: _Attempt, read: _Read, place: Staging) -> _Result:
    staged, ground, row = read.found, read.ground, attempt.row
    assert isinstance(staged, Staged)  # noqa: S101 - for the type only: a staging place holds staged rows
    with staging.attached(place):
        prepared = merging.prepare(place, ground, import_id=row.pk, tell=attempt.hear)
        with transaction.atomic():
            merged = merging.merge(place, ground, prepared, import_id=row.pk, tell=attempt.hear)
            merging.reported(staged.bodies, ground.known_on)
            same = staged.kept - merged.accepted
            result = _Result(staged.rows, merged.accepted, same, len(staged.rejected), merged.findings)
            _finish(attempt, ground, result, read.rejects_file)
            attempt.hear("committing", staged.rows, staged.rows)
    return result


def _write_bodies(attempt: _Attempt, read: _Read) -> _Result:
    judged, ground = read.found, read.ground
    assert isinstance(judged, Bodies)  # noqa: S101 - for the type only: without a staging place there are bodies
    with transaction.atomic():
        accepted, findings = bodies.merge(judged, ground, import_id=attempt.row.pk)
        attempt.hear("merging", judged.rows, judged.rows)
        same = judged.rows - accepted - len(judged.rejected)
        result = _Result(judged.rows, accepted, same, len(judged.rejected), findings)
        _finish(attempt, ground, result, read.rejects_file)
    return result


def _rejects(attempt: _Attempt, file: Tabular, rejected: pl.DataFrame, tell: Progress) -> str:
    if not len(rejected):
        return ""
    tell("rejects", 0, len(rejected))
    return rejects.write(file, rejected, f"import-{attempt.row.pk}")


def _finish(attempt: _Attempt, ground: Ground, result: _Result, rejects_file: str) -> None:
    """End the import inside the merge's transaction. Raises Busy when another attempt has taken over."""
    row = attempt.row
    ended = Import.objects.filter(pk=row.pk, attempt=row.attempt, state=ImportState.RUNNING).update(
        state=ImportState.DONE,
        layout=ground.layout.name,
        finished_at=attempt.now,
        lease_until=None,
        stage="done",
        done=result.rows,
        total=result.rows,
        rows=result.rows,
        accepted=result.accepted,
        unchanged=result.unchanged,
        rejected=result.rejected,
        findings_count=result.findings,
        rejects_file=rejects_file,
        message="",
        seconds=round(time.perf_counter() - attempt.began, 3),
    )
    if not ended:
        raise Busy(N_("导入 %(id)s 正在由另一个进程处理。"), id=row.pk)
    detail = {"rows": result.rows, "accepted": result.accepted, "unchanged": result.unchanged}
    detail |= {"rejected": result.rejected, "findings": result.findings}
    trail.record(at=attempt.at, by=row.by, action="register.import", subject=f"import:{row.pk}", detail=detail)


def _fail(attempt: _Attempt, why: ZhunshengError) -> None:
    """End the import as failed; the reason is kept untranslated, since its readers speak different languages."""
    row = attempt.row
    params = {name: str(value) for name, value in why.params.items()}
    with transaction.atomic():
        ended = Import.objects.filter(pk=row.pk, attempt=row.attempt, state=ImportState.RUNNING).update(
            state=ImportState.FAILED,
            finished_at=attempt.now,
            lease_until=None,
            message=why.msgid,
            message_params=params,
        )
        if ended:
            detail = {"message": str(why)}
            trail.record(at=attempt.at, by=row.by, action="register.import", subject=f"import:{row.pk}", detail=detail)
