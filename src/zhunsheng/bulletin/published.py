"""The published bulletins that the package carries: their figures as text in our own layout."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from zhunsheng.bulletin.reading import read
from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from zhunsheng.bulletin.model import Bulletin

_DATA = files("zhunsheng.bulletin") / "data"


class NotCarried(ZhunshengError):
    """The package carries no bulletin of this month."""


@cache
def _sources() -> dict[str, str]:
    return {month: entry["source"] for month, entry in tomllib.loads(_text("published.toml")).items()}


def _text(name: str) -> str:
    return (_DATA / name).read_text(encoding="utf-8")


def months() -> tuple[str, ...]:
    """Return the months carried, earliest first; some are partial (data/published.toml says which)."""
    return tuple(sorted(_sources()))


def text(month: str) -> str:
    """Return a month's bulletin as text. Raises NotCarried."""
    _demand(month)
    return _text(f"{month}.txt")


def load(month: str) -> Bulletin:
    """Return a month's bulletin. Raises NotCarried."""
    return read(text(month))


def source(month: str) -> str:
    """Return where a month's figures were published. Raises NotCarried."""
    _demand(month)
    return _sources()[month]


def _demand(month: str) -> None:
    if month not in _sources():
        raise NotCarried(N_("没有收录 %(month)s 的通报；收录的有 %(months)s"), month=month, months="、".join(months()))
