"""Slowing down the guessing of passwords and codes: after five failures in a row, wait.

Attempts are entries of the trail, so every process of the site counts the same ones. Their subject
is a keyed digest of name and address: what is typed as a name may be a password, and an address is
personal data; neither is written down.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

from zhunsheng.trail import actions, queries

if TYPE_CHECKING:
    from datetime import datetime

FAILURES_ALLOWED = 5
WAIT = timedelta(minutes=15)
log = logging.getLogger(__name__)
FAILED, SUCCEEDED = "people.sign_in_failed", "people.sign_in"


def subject(name: str, address: str) -> str:
    """Return what attempts with this name from this address are filed under; case and spaces do not matter."""
    return "sign-in:" + salted_hmac("zhunsheng.people.sign_in", f"{name.strip().casefold()}\n{address}").hexdigest()


def must_wait(name: str, address: str, *, at: datetime) -> bool:
    """Tell whether the last attempts with this name from this address all failed, too recently."""
    newest = queries.about(subject(name, address))[:FAILURES_ALLOWED]
    failures = list(takewhile(lambda e: e.action == FAILED and e.at > at - WAIT, newest))
    return len(failures) == FAILURES_ALLOWED


def failed(name: str, address: str, *, at: datetime) -> None:
    """File a failed attempt."""
    actions.record(at=at, by="system:sign-in", action=FAILED, subject=subject(name, address))


def succeeded(name: str, address: str, *, at: datetime) -> None:
    """File a successful attempt, which ends a row of failures."""
    actions.record(at=at, by=name, action=SUCCEEDED, subject=subject(name, address))


def kind(error: object) -> str:
    """Return what a log may hold of an error met while signing in: its kind, and our own words if it is ours."""
    ours = type(error).__module__.startswith("zhunsheng.")
    return f"{type(error).__name__}: {error}" if ours else type(error).__name__
