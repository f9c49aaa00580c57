"""A register with two bodies, for the tests of imports."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


@pytest.fixture
def returned(transactional_db: None, demo: Path, tmp_path: Path, now: datetime) -> Callable[..., Any]:
    """Load the standards and two bodies; the function brings rows in as known on a day.

    Imports attach their staging file, so they cannot run inside a test's transaction.
    """
    from tests.actions.register.returns import BODIES, returning
    from zhunsheng.standards import actions as standards

    standards.load(by="tester", at=now)
    found = returning(tmp_path, now)
    assert found(date(2024, 1, 1), *BODIES, kind="bodies").accepted == len(BODIES)
    return found
