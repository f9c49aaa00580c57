"""Writes of this room: making, keeping, checking, publishing and correcting bulletins; newsletters."""

from zhunsheng.bulletin.actions.jobs import Untimely, demand_over, order, run, work_once
from zhunsheng.bulletin.actions.keeping import discard, keep
from zhunsheng.bulletin.actions.making import Made, SelfCheckFailed, draft, make
from zhunsheng.bulletin.actions.publishing import NotReady, publish, self_check

__all__ = [
    "Made",
    "NotReady",
    "SelfCheckFailed",
    "Untimely",
    "demand_over",
    "discard",
    "draft",
    "keep",
    "make",
    "order",
    "publish",
    "run",
    "self_check",
    "work_once",
]
