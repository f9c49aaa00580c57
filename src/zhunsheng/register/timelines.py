"""A timeline as a picture: the states of a certificate in order, what happened, and when it became known.

The states are those that `policy.status_on` gives for every day, as known on one day; the words are in
the active language. `papers.strips` draws what is made here. Only public facts stand in a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhunsheng.codes.errors import N_
from zhunsheng.papers.lifeline import Band, Lifeline, Mark, Row, Tick, spread
from zhunsheng.register import words
from zhunsheng.register.policy import Kind, State, status_on
from zhunsheng.register.queries import happened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.register.models import Certificate, Event
    from zhunsheng.register.policy import Happened

ONE_DAY = timedelta(1)
# A picture goes on to the end date when that is at most so far ahead: a CCC certificate runs five years.
YEARS_AHEAD = 6
# More labels than these would be a list, which the table beside the picture is.
MOST_LABELS = 14
NOT_KNOWN = N_("登记当时还不知道")


@dataclass(frozen=True, slots=True)
class Period:
    """A time, `end` not included, in which a certificate was in one state (None: not issued)."""

    start: date
    end: date
    state: State | None


def periods(events: Iterable[Happened], *, known: date, first: date, last: date) -> list[Period]:
    """Return the states of every day from `first` to `last`, both included, as known on a day."""
    events = list(events)
    turns = {first} | {e.effective_on for e in events}
    # The day after an end date is the first on which the certificate is expired.
    turns |= {e.expires_on + ONE_DAY for e in events if e.expires_on is not None and e.expires_on < last}
    found: list[Period] = []
    for start in sorted(day for day in turns if first <= day <= last):
        state = status_on(events, on=start, known=known)
        if found and found[-1].state is state:
            continue
        if found:
            found[-1] = Period(found[-1].start, start, found[-1].state)
        found.append(Period(start, last + ONE_DAY, state))
    return found


@dataclass(frozen=True, slots=True)
class Frame:
    """What a picture shows: its first and last day, and the day up to which an end date counts as passed."""

    first: date
    last: date
    passed: date


def bands(events: Sequence[Happened], *, known: date, frame: Frame) -> tuple[Band, ...]:
    """Return the same as bands of a picture.

    The time before the issue stays empty, and so does what lies ahead of a certificate that has ended or will.
    """
    if not any(e.known_on <= known for e in events):
        return (Band(frame.first, frame.last + ONE_DAY, "unknown", _(NOT_KNOWN)),)
    ahead = frame.passed + ONE_DAY
    found = []
    for period in periods(events, known=known, first=frame.first, last=frame.last):
        lasting = period.state in {State.VALID, State.SUSPENDED}
        end = period.end if lasting else min(period.end, ahead)
        if period.state is not None and period.start < end:
            found.append(Band(period.start, end, words.TONES[period.state], _(words.STATES[period.state])))
    return tuple(found)


def said(events: Sequence[Happened], *, known: date, frame: Frame) -> str:
    """Return the same as a sentence for who cannot see the picture."""
    parts = [
        _("%(first)s 至 %(last)s：%(state)s") % {"first": b.start, "last": b.last, "state": b.word}
        for b in bands(events, known=known, frame=frame)
    ]
    return _("；").join(parts) + _("。")


def of_certificate(
    found: Certificate, events: Sequence[Event], *, holder: str, on: date, known: date, today: date
) -> Lifeline:
    """Return the lifeline of a certificate, and who held it, for a day asked about, as known on another.

    What became known later than `known` gets a second row, as known today.
    """
    facts = [happened(e) for e in events]
    frame = _frame(facts, on=on, known=known, today=today)
    rows = [Row(_as_known(known) if known != today else "", bands(facts, known=known, frame=frame))]
    if known != today:
        now = bands(facts, known=today, frame=frame)
        rows.append(Row(_("按今天（%(day)s）所知") % {"day": today}, now))
    state = status_on(facts, on=on, known=known)
    heard = any(e.known_on <= known for e in facts)
    return Lifeline(
        title=_("证书 %(number)s 的经过") % {"number": found.number},
        description=f"{_as_known(known)}{_('：')}{said(facts, known=known, frame=frame)}",
        lines=(f"{holder} · {found.body.name}", _answer(state, on, known, heard=heard)),
        first=frame.first,
        last=frame.last,
        rows=rows,
        ticks=_ticks(events, known),
        marks=_marks(on, known, today),
        known_name=_("何时得知"),
        notes=_notes(facts, known),
        today=today,
    )


def of_certificates(
    title: str, rows: Sequence[tuple[str, Sequence[Happened]]], *, on: date, known: date, today: date, note: str
) -> Lifeline:
    """Return one strip for each certificate, named as given, as known on a day."""
    frame = _frame([e for _name, events in rows for e in events], on=on, known=known, today=today)
    strips = [Row(name, bands(events, known=known, frame=frame)) for name, events in rows]
    texts = [f"{name}{_('：')}{said(events, known=known, frame=frame)}" for name, events in rows]
    return Lifeline(
        title=title,
        description="\n".join(texts),
        first=frame.first,
        last=frame.last,
        rows=strips,
        marks=_marks(on, today, today),
        notes=(note,),
        today=today,
        thin=True,
    )


def _frame(facts: Iterable[Happened], *, on: date, known: date, today: date) -> Frame:
    days, ends = {on, known, today}, []
    for fact in facts:
        days |= {fact.effective_on, fact.known_on}
        ends += [fact.expires_on] if fact.expires_on else []
    first, last = spread(days, until=max(ends, default=None), years=YEARS_AHEAD)
    return Frame(first, last, passed=min(max(on, today), last))


def _as_known(known: date) -> str:
    return _("按截至 %(day)s 所知") % {"day": known}


def _answer(state: State | None, on: date, known: date, *, heard: bool) -> str:
    word = _(words.STATES[state]) if state else _("尚未颁发") if heard else _("不能断定")
    return _("%(on)s 当天：%(state)s（按截至 %(known)s 所知）") % {"on": on, "state": word, "known": known}


def _marks(on: date, known: date, today: date) -> tuple[Mark, ...]:
    marks = [Mark(today, _("今天 %(day)s") % {"day": today})]
    if on != today:
        marks.append(Mark(on, _("所查 %(day)s") % {"day": on}))
    if known != today:
        marks.append(Mark(known, _("所知截至 %(day)s") % {"day": known}, below=True))
    return tuple(marks)


def _ticks(events: Sequence[Event], known: date) -> list[Tick]:
    """Return a tick for each event; a day's label stands at its first event and names them all."""
    corrected = {e.corrects_id for e in events if e.corrects_id is not None and e.known_on <= known}
    labelled, learned = _labelled(events), _learned(events)
    ticks = []
    for event in events:
        counts = event.known_on <= known and event.pk not in corrected
        label = labelled.pop(event.effective_on, "")
        ticks.append(Tick(event.effective_on, label, event.known_on, learned.pop(event.known_on, ""), counts))
    return ticks


def _labelled(events: Sequence[Event]) -> dict[date, str]:
    """Return a label for each day on which something took effect; where there are too many, states come first."""
    kinds: dict[date, dict[str, None]] = {}
    for event in events:
        kind = _(words.KINDS[Kind(event.kind)]) + (_("（更正）") if event.corrects_id else "")
        kinds.setdefault(event.effective_on, {})[kind] = None
    changing = {e.effective_on for e in events if e.state}
    shown = sorted(kinds, key=lambda day: (day not in changing, -day.toordinal()))[:MOST_LABELS]
    return {day: f"{day} {_('、').join(kinds[day])}" for day in sorted(shown)}


def _learned(events: Sequence[Event]) -> dict[date, str]:
    """Return a label for each day on which something became known, with the longest delay of what it brought."""
    late: dict[date, int] = {}
    for event in events:
        days = (event.known_on - event.effective_on).days
        late[event.known_on] = max(days, late.get(event.known_on, 0))
    shown = sorted(late, key=lambda day: (-late[day], day))[:MOST_LABELS]
    return {
        day: _("%(day)s（%(n)s 天后）") % {"day": day, "n": late[day]} if late[day] else str(day)
        for day in sorted(shown)
    }


def _notes(facts: Sequence[Happened], known: date) -> tuple[str, ...]:
    notes = []
    if any(e.corrects is not None or e.known_on > known for e in facts):
        notes.append(_("空心的一项：在所知截至之日还不知道，或后来已被更正，不计。"))
    if len({e.effective_on for e in facts}) > MOST_LABELS:
        notes.append(_("事情太多，只标出 %(n)s 天，其余见表。") % {"n": MOST_LABELS})
    return (*notes, _("来源：本登记簿。斜线从生效之日连到登记得知之日。今天以后的部分颜色较浅。"))
