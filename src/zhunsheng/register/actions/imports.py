"""Receiving a return and bringing it into the register.

The work is the Import row: queued, running under a lease, then done or failed. Everything until the
merge leaves the register untouched; the merge, its findings, its trail entry and the row's result are
one transaction, so that a process killed anywhere leaves the old or the new state and the next
attempt starts over.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.policy import NotPermitted, require
from zhunsheng.people.roles import PartyKind, Permission
from zhunsheng.register import layouts
from zhunsheng.register.importing import bodies, lines, merging, opening, reading, rejects, staging
from zhunsheng.register.importing.tabular import BadFile
from zhunsheng.register.models import Body, Import
from zhunsheng.register.policy import ImportState
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    import polars as pl

    from zhunsheng.people.policy import Viewer
    from zhunsheng.register.importing.ground import Ground
    from zhunsheng.register.importing.tabular import Tabular

    Progress = Callable[[str, int, int], None]

UPLOADS = "uploads"
CHUNK = 1 << 20
# A worker that has said nothing for this long is taken for dead. The merge says nothing while it lasts, a minute
# or two for a nation in one file; a worker wrongly taken for dead finds its attempt gone and changes nothing.
LEASE = timedelta(minutes=10)
ATTEMPTS = 3


class BadKnownDay(ZhunshengError):
    """The day on which a return is said to have become known is not one that this viewer may give."""


class Busy(ZhunshengError):
    """Another process is at work on this import."""

    exit_code = 1


def receive(
    *,
    kind: str,
    file_name: str,
    content: Path,
    layout: str | None,
    known_on: date,
    viewer: Viewer,
    by: str,
    at: datetime,
) -> Import:
    """Keep a file in the data directory and queue its import; one that the sender has waiting already is returned.

    Raises NotPermitted unless the viewer may submit this return, BadKnownDay, BadFile for a file that is empty or
    too large, `layouts.UnknownLayout`.
    """
    require(viewer, Permission.SUBMIT_RETURN)
    _refuse_another_day(viewer, known_on, timezone.localdate(at))
    if kind not in opening.NEEDED:
        raise layouts.UnknownLayout(N_("不能导入 %(kind)s。可导入：certificates、bodies。"), kind=kind)
    if layout:
        layouts.layout(layout)
    body = _own_body(viewer, kind, content, file_name)
    sha256 = _kept(content, file_name)
    queued: dict[str, Any] = {
        "kind": kind,
        "layout": layout or "",
        "file_name": file_name[-255:],
        "sha256": sha256,
        "body": body,
        "by": by,
        "known_on": known_on,
        "state": ImportState.QUEUED,
    }
    with transaction.atomic():
        # A form sent twice by a double click is one return.
        waiting = Import.objects.filter(**queued).first()
        if waiting is not None:
            return waiting
        row = Import.objects.create(**queued, stored=f"{UPLOADS}/{sha256}", created_at=at)
        detail = {"kind": kind, "file": row.file_name, "sha256": sha256, "known_on": known_on.isoformat()}
        trail.record(at=at, by=by, action="register.receive", subject=f"import:{row.pk}", detail=detail)
    return row


def _refuse_another_day(viewer: Viewer, known_on: date, today: date) -> None:
    """Let nobody rewrite what was known: only the nation's regulator may enter what became known earlier."""
    if known_on > today:
        raise BadKnownDay(N_("获知日 %(day)s 晚于今天 %(today)s。"), day=known_on, today=today)
    if known_on < today and not viewer.everywhere(Permission.SUBMIT_RETURN):
        raise BadKnownDay(N_("获知日只能是今天 %(today)s；补录过去获知的上报请由国家级监管账号办理。"), today=today)


def _own_body(viewer: Viewer, kind: str, content: Path, file_name: str) -> Body | None:
    """Return the one body whose rows a body's staff may send; None for whoever may send any."""
    if viewer.everywhere(Permission.SUBMIT_RETURN):
        return None
    keys = viewer.keys(Permission.SUBMIT_RETURN, PartyKind.BODY)
    named = next(iter(keys)) if len(keys) == 1 else opening.first_body(content, file_name)
    if kind != layouts.CERTIFICATES or named not in keys:
        raise NotPermitted(N_("您只能报送本机构的证书。"))
    body = Body.objects.filter(approval_no=named).first()
    if body is None:
        raise NotPermitted(N_("批准号 %(number)s 不在认证机构名录中，暂不能报送。"), number=named)
    return body


def _kept(content: Path, file_name: str) -> str:
    """Copy the file under the hash of its content, safely on disk before anything refers to it."""
    if not content.is_file():
        raise BadFile(N_("没有文件 %(file)s。"), file=file_name)
    if content.stat().st_size == 0:
        raise BadFile(N_("%(file)s 是空的：没有列名。"), file=file_name)
    if content.stat().st_size > reading.MAX_BYTES:
        raise reading.too_large(content, file_name)
    folder = settings.DATA_DIR / UPLOADS
    folder.mkdir(mode=0o700, exist_ok=True)
    part = folder / f"{os.getpid()}.{content.name[-40:]}.part"
    digest = hashlib.sha256()
    with content.open("rb") as source, part.open("wb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    part.replace(folder / digest.hexdigest())
    return digest.hexdigest()


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
    row = Import.objects.get(pk=import_id)
    if row.state in {ImportState.DONE, ImportState.FAILED}:
        return row
    lease = {"state": ImportState.RUNNING, "lease_until": at + LEASE, "attempt": F("attempt") + 1}
    if not Import.objects.filter(_free(at), pk=import_id).update(**lease):
        raise Busy(N_("导入 %(id)s 正在由另一个进程处理。"), id=import_id)
    row.refresh_from_db()
    attempt = _Attempt(row, at, time.perf_counter(), progress)
    try:
        _bring_in(attempt)
    except ZhunshengError as error:
        _fail(attempt, error)
    except Exception:
        if row.attempt >= ATTEMPTS:
            _fail(attempt, ZhunshengError(N_("导入多次中断，未能完成；登记簿未受影响。")))
        else:
            Import.objects.filter(pk=row.pk, attempt=row.attempt).update(lease_until=at)
        raise
    row.refresh_from_db()
    return row


@dataclass
class _Attempt:
    """One attempt at an import: its row, when it began, who listens."""

    row: Import
    at: datetime
    began: float
    progress: Progress | None

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


def _bring_in(attempt: _Attempt) -> None:
    row = attempt.row
    attempt.tell("opening", 0, 0)
    _tidy(attempt.now)
    file, ground = opening.opened(
        settings.DATA_DIR / row.stored,
        row.file_name,
        kind=row.kind,
        layout=row.layout,
        known_on=row.known_on,
        own_body=row.body.approval_no if row.body else None,
    )
    bring = _certificates if row.kind == layouts.CERTIFICATES else _bodies
    bring(attempt, file, ground)


def _tidy(at: datetime) -> None:
    """Remove the staging places of imports that nobody is at work on any more."""
    # The places are listed first: one that is made meanwhile belongs to an import that is alive.
    left = staging.places()
    for alive in Import.objects.filter(state=ImportState.RUNNING, lease_until__gt=at).values_list("pk", flat=True):
        left.discard(alive)
    for import_id in left:
        staging.remove(import_id)


def _certificates(attempt: _Attempt, file: Tabular, ground: Ground) -> None:
    row = attempt.row
    with staging.staging(row.pk) as place:
        staged = lines.stage(file, ground, place, attempt.tell)
        rejected = staged.rejected
        rejects_file = _rejects(attempt, file, rejected)
        attempt.tell("merging", 0, 0)
        with staging.attached(place), transaction.atomic():
            merged = merging.merge(place, ground, import_id=row.pk, tell=attempt.hear)
            same = staged.kept - merged.accepted
            result = _Result(staged.rows, merged.accepted, same, len(rejected), merged.findings)
            _finish(attempt, ground, result, rejects_file)
            attempt.hear("committing", staged.rows, staged.rows)
    attempt.hear("done", staged.rows, staged.rows)


def _bodies(attempt: _Attempt, file: Tabular, ground: Ground) -> None:
    judged = bodies.judge(file, ground)
    rejected = judged.rejected
    rejects_file = _rejects(attempt, file, rejected)
    attempt.tell("merging", 0, judged.rows)
    with transaction.atomic():
        accepted, findings = bodies.merge(judged, ground, import_id=attempt.row.pk)
        attempt.hear("merging", judged.rows, judged.rows)
        same = judged.rows - accepted - len(rejected)
        _finish(attempt, ground, _Result(judged.rows, accepted, same, len(rejected), findings), rejects_file)
    attempt.hear("done", judged.rows, judged.rows)


def _rejects(attempt: _Attempt, file: Tabular, rejected: pl.DataFrame) -> str:
    if not len(rejected):
        return ""
    attempt.tell("rejects", 0, len(rejected))
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
