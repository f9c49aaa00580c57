"""Writes of this room: moving one certificate along its life cycle, and bringing returns in."""

from zhunsheng.register.actions.imports import BadKnownDay, Busy, receive, run_import, work_once
from zhunsheng.register.actions.lifecycle import move

__all__ = ["BadKnownDay", "Busy", "move", "receive", "run_import", "work_once"]
