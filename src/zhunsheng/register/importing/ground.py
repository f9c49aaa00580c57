"""What validation needs to know beside the file: the layout, the bodies and their approvals, the date of knowledge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhunsheng.standards import policy as standards

if TYPE_CHECKING:
    from datetime import date

    from zhunsheng.register.layouts import LayoutOf


@dataclass(frozen=True, slots=True)
class Span:
    """From one day until another, both included; None is open."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class BodyKnown:
    """A body as validation needs it: its key, when its approval stands, and for which projects."""

    id: int
    approval_no: str
    approved: Span
    scopes: tuple[tuple[str, Span], ...]


@dataclass(frozen=True)
class Ground:
    """Everything that rows are judged against; `own_body` limits them to one body's approval number."""

    layout: LayoutOf
    fields: dict[str, str]
    known_on: date
    bodies: dict[str, BodyKnown]
    demo: bool = False
    own_body: str | None = None
    _leaves: dict[str, tuple[int, str] | None] = field(default_factory=dict)

    @property
    def present(self) -> list[str]:
        """Return the fields of the layout that the file has, in the layout's order."""
        found = set(self.fields.values())
        return [name for name in self.layout.fields if name in found]

    def leaf(self, national_code: str) -> tuple[int, str] | None:
        """Return id and code of the leaf that a project code is counted in; None for an unknown code."""
        if national_code not in self._leaves:
            code = standards.finest_leaf(national_code)
            self._leaves[national_code] = (_scheme_ids()[code], code) if code else None
        return self._leaves[national_code]

    def scope(self, body: BodyKnown, national_code: str) -> Span | None:
        """Return when a body may certify a project; None when it never may.

        It may when it is approved for the code itself, for what the code begins with, or for the leaf
        in which the code is counted.
        """
        leaf = self.leaf(national_code)
        fits = [s for code, s in body.scopes if national_code.startswith(code) or (leaf and leaf[1].startswith(code))]
        if not fits:
            return None
        starts, ends = [s.start for s in fits], [s.end for s in fits]
        start = None if None in starts else min(s for s in starts if s)
        end = None if None in ends else max(e for e in ends if e)
        return Span(start, end)


def _scheme_ids() -> dict[str, int]:
    return {scheme.code: scheme.id for scheme in standards.tree().schemes}
