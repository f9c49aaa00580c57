"""One line of the doctor: what was looked at, how it stands, in words, and the way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Level(StrEnum):
    """How it stands; `broken` means that the instance cannot work, or could not be looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Line:
    """A result: `key` names the check for programs; `text` and `way` are source texts with %(name)s places."""

    key: str
    level: Level
    text: str
    way: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str]) -> tuple[str, str]:
        """Return text and way out in the language of `translate`."""
        texts = (translate(text) if text else "" for text in (self.text, self.way))
        text, way = (said % self.params if self.params else said for said in texts)
        return text, way
