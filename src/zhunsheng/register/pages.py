"""What the pages of the register show, laid out for reading in the active language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhunsheng.codes.errors import N_
from zhunsheng.register import reporting, words
from zhunsheng.register.policy import Kind, status_on
from zhunsheng.register.queries import happened
from zhunsheng.register.timelines import ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from zhunsheng.register.models import Certificate, Event, Organisation, OrganisationEvent
    from zhunsheng.register.policy import State
    from zhunsheng.register.queries import AsKnown


# The newest changes of state that are offered as days to ask about.
MOST_PRESETS = 3


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


@dataclass(frozen=True, slots=True)
class Preset:
    """A day that is often asked about, as a link."""

    label: str
    day: date


def presets_on(today: date, certificate: Certificate | None = None, events: Sequence[Event] = ()) -> list[Preset]:
    """Return the days that are often asked about: today, the end of last month, a certificate's own days."""
    found = [Preset(_("今天"), today), Preset(_("上月末"), today.replace(day=1) - ONE_DAY)]
    if certificate is not None:
        own = [(_("颁证日"), certificate.issued_on), (_("截止日"), certificate.expires_on)]
        changing = [e for e in events if e.state and e.kind != Kind.ISSUED]
        own += [(_(words.KINDS[Kind(e.kind)]), e.effective_on) for e in changing[-MOST_PRESETS:]]
        found += [Preset(label, day) for label, day in own if day is not None]
    return _each_day_once(found)


def presets_known(on: date, today: date) -> list[Preset]:
    """Return the days of knowledge that are often asked about: today, the day itself, when its return was due."""
    found = [Preset(_("今天"), today)]
    if on < today:
        due = reporting.due_of(on.isoformat()[: len("2025-07")])
        found += [Preset(_("所查当日"), on), Preset(_("次月 10 日上报期限"), due)]
    return _each_day_once(preset for preset in found if preset.day <= today)


def _each_day_once(presets: Iterable[Preset]) -> list[Preset]:
    days: dict[date, Preset] = {}
    for preset in presets:
        days.setdefault(preset.day, preset)
    return list(days.values())


@dataclass(frozen=True, slots=True)
class Since:
    """Since when a certificate was what it was: the event that led there, and why."""

    event: Event
    reason: str


def since(then: AsKnown) -> Since | None:
    """Return the event from which a certificate's state on the day follows; None when it merely ran out, or is none."""
    stated = [e for e in then.events if e.state]
    # An end date that has passed is no event: the last one led to another state.
    last = max(stated, key=lambda e: (e.effective_on, e.known_on, e.pk), default=None)
    return Since(last, words.reason(last.kind, last.reason)) if last and last.state == then.state else None


@dataclass(frozen=True, slots=True)
class Later:
    """What the register says today of a day on which it once said something else, and when it learned that."""

    state: State | None
    learned_on: date


def learned_later(events: Iterable[Event], *, on: date, known: date, today: date) -> Later | None:
    """Return how today's answer for a day differs from the one as known then; None when it does not."""
    facts = [happened(e) for e in events]
    now = status_on(facts, on=on, known=today)
    if status_on(facts, on=on, known=known) is now:
        return None
    # What is known changes only when something becomes known, so one of these days brought today's answer.
    days = sorted({f.known_on for f in facts if known < f.known_on <= today})
    return Later(now, next(day for day in days if status_on(facts, on=on, known=day) is now))


def former_names(organisation: Organisation, names: Iterable[OrganisationEvent]) -> list[str]:
    """Return the names that an organisation had, each once, with the day on which the next one became known."""
    names = list(names)
    followed = [(event.name, after.effective_on or after.known_on) for event, after in pairwise(names)]
    until = {name: day for name, day in followed if name != organisation.name}
    return [_("%(name)s（至 %(day)s）") % {"name": name, "day": day} for name, day in until.items()]


def with_count(name: str, n: int) -> str:
    """Return a choice with how many there are of it."""
    return _("%(name)s（%(n)s）") % {"name": name, "n": f"{n:,}"}
