"""A certificate's timeline and fields, laid out for reading in the active language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhunsheng.codes.errors import N_
from zhunsheng.register import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from zhunsheng.register.models import Event


class Standing(StrEnum):
    """Whether an entry of a timeline counts for what was asked, or why it does not."""

    COUNTS = "counts"
    CORRECTED = "corrected"
    NOT_YET = "not_yet"
    NOT_KNOWN = "not_known"


STANDINGS = {
    Standing.COUNTS: N_("计入"),
    Standing.CORRECTED: N_("已被更正，不计"),
    Standing.NOT_YET: N_("当时尚未发生"),
    Standing.NOT_KNOWN: N_("当时尚不知道"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an event changed, named in words; `before` is None where nothing was known."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline."""

    event: Event
    standing: Standing
    said: str
    reason: str
    changes: tuple[Change, ...]

    @property
    def counts(self) -> bool:
        """Tell whether the entry counts for what was asked."""
        return self.standing is Standing.COUNTS


@dataclass(frozen=True, slots=True)
class Fact:
    """One reported field with its value, both in words."""

    label: str
    value: str


def facts(details: Mapping[str, object], layout: str) -> list[Fact]:
    """Lay out reported fields in the order of their layout; empty ones are left out."""
    order = {name: place for place, name in enumerate(words.fields_of(layout))}
    names = sorted((n for n, v in details.items() if v not in {None, ""}), key=lambda n: order.get(n, len(order)))
    return [Fact(words.field(n, layout), words.value(n, str(details[n]), layout)) for n in names]


def entries(events: Iterable[Event], *, layout: str, on: date, known: date, everything: bool) -> list[Entry]:
    """Say of each event whether it counts on a date as known on another; the newest first.

    Changes of fields that are not public are left out unless the reader may see `everything`.
    """
    events = list(events)
    corrected = {e.corrects_id for e in events if e.corrects_id is not None and e.known_on <= known}
    return [_entry(e, _standing(e, corrected, on, known), layout, everything=everything) for e in reversed(events)]


def _entry(event: Event, standing: Standing, layout: str, *, everything: bool) -> Entry:
    return Entry(
        event=event,
        standing=standing,
        said=_(STANDINGS[standing]),
        reason=words.reason(event.kind, event.reason),
        changes=changes_of(event.changes, layout, everything=everything),
    )


def _standing(event: Event, corrected: set[int], on: date, known: date) -> Standing:
    if event.known_on > known:
        return Standing.NOT_KNOWN
    if event.effective_on > on:
        return Standing.NOT_YET
    return Standing.CORRECTED if event.pk in corrected else Standing.COUNTS


def changes_of(changes: object, layout: str, *, everything: bool) -> tuple[Change, ...]:
    """Read the recorded changes: a field with what it was and became, or only with what it became."""
    if not isinstance(changes, dict):
        return ()
    shown = {str(n): v for n, v in changes.items() if everything or words.is_public(str(n), layout)}
    return tuple(_change(name, value, layout) for name, value in shown.items())


def _change(name: str, value: object, layout: str) -> Change:
    before, after = value if isinstance(value, list) and len(value) == 2 else (None, value)  # noqa: PLR2004 - a pair
    return Change(words.field(name, layout), _text(name, before, layout), _text(name, after, layout))


def _text(name: str, value: object, layout: str) -> str | None:
    return None if value is None or value == "" else words.value(name, str(value), layout)
