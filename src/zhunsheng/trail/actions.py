"""Writing the record. There is no action to change or delete an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.trail.models import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def record(*, at: datetime, by: str, action: str, subject: str, detail: Mapping[str, object] | None = None) -> None:
    """Append one entry, inside the caller's transaction, so that act and entry stand or fall together."""
    Entry.objects.create(at=at, by=by, action=action, subject=subject, detail=dict(detail or {}))
