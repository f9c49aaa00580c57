"""Receiving a return: whoever may send it, its file is kept under the hash of its content, and its import waits."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.policy import NotPermitted, require
from zhunsheng.people.roles import PartyKind, Permission
from zhunsheng.register import layouts
from zhunsheng.register.importing import opening, reading
from zhunsheng.register.importing.tabular import BadFile
from zhunsheng.register.models import Body, Import
from zhunsheng.register.policy import ImportState
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from zhunsheng.people.policy import Viewer

UPLOADS = "uploads"
CHUNK = 1 << 20


class BadKnownDay(ZhunshengError):
    """The day on which a return is said to have become known is not one that this viewer may give."""


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
