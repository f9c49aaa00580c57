"""The certificates of an organisation across bodies, on a day, as known on another.

An organisation holds a certificate on a day when the newest statement in force says so; a certificate
that the register now knows under another holder is found from that holder's page. What each one was
follows from its events by `policy.status_on`, the one rule, so every day is answered alike.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from zhunsheng.register.models import Body, Certificate, Event
from zhunsheng.register.policy import Happened, Kind, State, believed, status_on
from zhunsheng.standards import queries as standards

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from zhunsheng.register.models import Organisation

# What may be relied on first, then what is held back, then what has ended.
ORDER = (State.VALID, State.SUSPENDED, State.EXPIRED, State.WITHDRAWN, State.CANCELLED, State.REPLACED)


@dataclass(frozen=True, slots=True)
class Holding:
    """One certificate of an organisation: what it was on the day, and the events that this follows from."""

    id: int
    number: str
    body_id: int
    scheme: str
    state: State
    issued_on: date | None
    expires_on: date | None
    events: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """How many certificates of one scheme were valid, suspended and ended."""

    scheme: str
    valid: int
    suspended: int
    ended: int

    @property
    def total(self) -> int:
        """Return how many there were."""
        return self.valid + self.suspended + self.ended


@dataclass(frozen=True, slots=True)
class Holdings:
    """An organisation's certificates in the order of their standing; `left_out`: not issued, unknown or not its own."""

    rows: list[Holding]
    left_out: int

    def states(self) -> Counter[State]:
        """Return how many there are in each state."""
        return Counter(row.state for row in self.rows)

    def bodies(self, *, also: str = "") -> list[tuple[Body, int]]:
        """Return the bodies with their numbers of certificates, most first; one asked about is there with none, too."""
        counts = Counter(row.body_id for row in self.rows)
        # It comes from an address, and PostgreSQL takes no NUL.
        found = Body.objects.filter(Q(id__in=counts) | Q(approval_no=also.replace("\0", "")))
        return sorted(((body, counts[body.pk]) for body in found), key=lambda one: (-one[1], one[0].approval_no))

    def schemes(self) -> list[Kept]:
        """Return the schemes with their certificates by standing, most first."""
        counts = Counter((row.scheme, row.state) for row in self.rows)
        kept = []
        for scheme in {row.scheme for row in self.rows}:
            of = {state: counts[scheme, state] for state in State}
            valid, suspended = of.pop(State.VALID), of.pop(State.SUSPENDED)
            kept.append(Kept(scheme, valid, suspended, sum(of.values())))
        return sorted(kept, key=lambda one: (-one.total, one.scheme))

    def totals(self) -> Kept:
        """Return all of them by standing."""
        counts = self.states()
        valid, suspended = counts[State.VALID], counts[State.SUSPENDED]
        return Kept("", valid, suspended, len(self.rows) - valid - suspended)

    def only(self, *, state: str = "", body: str = "") -> list[Holding]:
        """Return those in a state and of a body (by approval number); empty means any."""
        of_body = Body.objects.filter(approval_no=body).values_list("id", flat=True).first() if body else None
        return [row for row in self.rows if (not state or row.state == state) and (not body or row.body_id == of_body)]


def held_by(organisation: Organisation, *, on: date, known: date) -> Holdings:
    """Return what an organisation held on a day as known on another."""
    codes = {pk: code for code, pk in standards.scheme_ids().items()}
    events = _events(organisation)
    rows, left_out = [], 0
    found = Certificate.objects.filter(organisation=organisation).values_list("id", "number", "body_id", "issued_on")
    for pk, number, body_id, issued_on in found:
        facts, wholes = events.get(pk, ((), {}))
        state = status_on(facts, on=on, known=known)
        whole = _whole(believed(facts, on=on, known=known), wholes)
        if state is None or whole is None or whole.organisation_id != organisation.pk:
            left_out += 1
            continue
        scheme = codes[whole.scheme_id]
        rows.append(Holding(pk, number, body_id, scheme, state, issued_on, whole.expires_on, facts))
    return Holdings(sorted(rows, key=_place), left_out)


def with_all(rows: Sequence[Holding]) -> list[tuple[Holding, Certificate]]:
    """Return holdings together with their certificates and bodies, in the same order."""
    found = Certificate.objects.select_related("body").in_bulk([row.id for row in rows])
    return [(row, found[row.id]) for row in rows]


@dataclass(frozen=True, slots=True)
class _Whole:
    """What an issue or a change says of holder, scheme and end date."""

    organisation_id: int
    scheme_id: int
    expires_on: date | None


_Events = dict[int, tuple[tuple[Happened, ...], dict[int, _Whole]]]


def _events(organisation: Organisation) -> _Events:
    """Return the events of every certificate that the organisation is known to hold, in one reading."""
    rows = Event.objects.filter(certificate__organisation=organisation).order_by("certificate_id", "id")
    facts: dict[int, list[Happened]] = {}
    wholes: dict[int, dict[int, _Whole]] = {}
    columns = ("certificate_id", "id", "kind", "effective_on", "known_on", "state", "expires_on", "corrects_id")
    for row in rows.values_list(*columns, "organisation_id", "scheme_id"):
        certificate_id, pk, kind, effective_on, known_on, state, expires_on, corrects, holder, scheme = row
        happened = Happened(
            pk, Kind(kind), effective_on, known_on, State(state) if state else None, expires_on, corrects
        )
        facts.setdefault(certificate_id, []).append(happened)
        if holder is not None and scheme is not None:
            wholes.setdefault(certificate_id, {})[pk] = _Whole(holder, scheme, expires_on)
    return {pk: (tuple(events), wholes.get(pk, {})) for pk, events in facts.items()}


def _whole(held: Iterable[Happened], wholes: dict[int, _Whole]) -> _Whole | None:
    stated = max((e for e in held if e.id in wholes), key=lambda e: (e.known_on, e.id), default=None)
    return wholes[stated.id] if stated else None


def _place(row: Holding) -> tuple[int, str, int, int]:
    issued = row.issued_on.toordinal() if row.issued_on else 0
    return ORDER.index(row.state), row.scheme, -issued, -row.id
