"""What the bulletin's tests share: the publications beside the repository, where they are present."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zhunsheng.bulletin import published

if TYPE_CHECKING:
    from zhunsheng.bulletin.model import Bulletin

SHARED = Path(__file__).resolve().parents[3].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory of the publications themselves; tests that need it are left out without it."""
    if not (SHARED / "seeds").is_dir():
        pytest.skip("the publications are not beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def march_2024() -> Bulletin:
    return published.load("2024-03")


@pytest.fixture(scope="session")
def july_2025() -> Bulletin:
    return published.load("2025-07")
