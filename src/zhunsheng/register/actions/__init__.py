"""Writes of this room: moving one certificate along its life cycle, and bringing returns in."""

from zhunsheng.register.actions.imports import Busy, run_import, run_imports, work_once
from zhunsheng.register.actions.lifecycle import move
from zhunsheng.register.actions.receiving import BadKnownDay, receive

__all__ = ["BadKnownDay", "Busy", "move", "receive", "run_import", "run_imports", "work_once"]
