"""A query as conditions of SQL, the same text on SQLite and PostgreSQL; every value is bound.

`c` is a certificate and `o` its organisation. "Expired" is computed from the end date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from django.db import connection

from zhunsheng.codes import certificate_number
from zhunsheng.register.models import Body
from zhunsheng.register.policy import State
from zhunsheng.register.search import fold
from zhunsheng.standards import policy as schemes
from zhunsheng.standards import queries as standards

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from zhunsheng.register.finding.asking import Query
    from zhunsheng.register.finding.reach import Reach

# What is bound to a statement: days are written as text.
Bound: TypeAlias = str | int
LIVE = (State.VALID, State.SUSPENDED)
# A pattern over text: both engines read these (PostgreSQL's advanced expressions, Python's under SQLite).
_MATCHES = {"sqlite": "{} REGEXP %s", "postgresql": "{} ~ %s"}


@dataclass
class Conditions:
    """Conditions that all must hold, and what they bind, in the same order."""

    terms: list[str] = field(default_factory=list)
    bound: list[Bound] = field(default_factory=list)

    def add(self, term: str, *bound: Bound) -> None:
        """Add one more."""
        self.terms.append(term)
        self.bound.extend(bound)

    @property
    def sql(self) -> str:
        """Return them as SQL."""
        return " AND ".join(f"({term})" for term in self.terms) or "1 = 1"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query made ready: where to look (`schemes`, stored `states`) and what must hold there."""

    query: Query
    reach: Reach
    today: str
    schemes: tuple[int, ...]
    schemes_known: int
    states: tuple[str, ...]
    bodies: tuple[int, ...] | None
    own_bodies: tuple[int, ...]
    of_certificate: Conditions
    of_organisation: Conditions
    reached: Conditions

    @property
    def impossible(self) -> bool:
        """Tell whether nothing can be found: no such body, or no such scheme in the register."""
        return self.bodies == () or not self.schemes

    @property
    def everything(self) -> Conditions:
        """Return every condition together, for a certificate joined with its organisation."""
        return together(self.placed, self.of_certificate, self.of_organisation, self.reached)

    @property
    def placed(self) -> Conditions:
        """Return the schemes and stored states as conditions, in a form that no engine starts a search from.

        A search that comes from an organisation or a body must not turn to the index of schemes, in
        which nearly everything fits.
        """
        found = Conditions()
        if len(self.schemes) < self.schemes_known:
            found.add(f"c.scheme_id + 0 IN ({marks(self.schemes)})", *self.schemes)
        if len(self.states) < len(State):
            found.add(f"c.state || '' IN ({marks(self.states)})", *self.states)
        return found

    @property
    def needs_a_certificate(self) -> bool:
        """Tell whether an organisation counts only with a certificate that fits."""
        return self.query.of_certificates or bool(self.own_bodies)


def together(*parts: Conditions) -> Conditions:
    """Return the conditions of several as one."""
    return Conditions([term for part in parts for term in part.terms], [one for part in parts for one in part.bound])


def marks(values: Iterable[object]) -> str:
    """Return as many placeholders as there are values."""
    return ", ".join("%s" for _ in values)


def ask(query: Query, reach: Reach, today: date) -> Asked:
    """Make a query ready: look up bodies, schemes and standards, and turn the rest into conditions."""
    found = Conditions()
    bodies = _bodies(query.body) if query.body else None
    if bodies:
        found.add(f"c.body_id IN ({marks(bodies)})", *bodies)
    leaves = _scheme(query.scheme, found)
    if query.standard:
        leaves &= _standard(query.standard, found)
    states = _state(query.state, today, found)
    for column, sign, day in zip(_DATED, (">=", "<=") * 2, query.dates, strict=True):
        if day:
            found.add(f"{column} {sign} %s", day.isoformat())
    of_organisation = Conditions()
    if query.region:
        of_organisation.add("o.region = %s", query.region)
    ids = standards.scheme_ids()
    own = tuple(Body.objects.filter(approval_no__in=reach.bodies).values_list("id", flat=True)) if reach.bodies else ()
    return Asked(
        query=query,
        reach=reach,
        today=today.isoformat(),
        schemes=tuple(sorted(ids[code] for code in leaves if code in ids)),
        schemes_known=len(schemes.tree().leaves()),
        states=states,
        bodies=bodies,
        own_bodies=own,
        of_certificate=found,
        of_organisation=of_organisation,
        reached=_reached(reach, own),
    )


_DATED = ("c.issued_on", "c.issued_on", "c.expires_on", "c.expires_on")


def bodies_like(text: str) -> list[Body]:
    """Return the bodies with this approval number, or else with this text in a name."""
    number, wanted = certificate_number.normalise(text), fold(text)
    every = list(Body.objects.all())
    exact = [body for body in every if body.approval_no == number]
    return exact or [body for body in every if wanted and (wanted in fold(body.name) or wanted in fold(body.name_en))]


def _bodies(text: str) -> tuple[int, ...]:
    return tuple(sorted(body.pk for body in bodies_like(text)))


def _scheme(code: str, found: Conditions) -> set[str]:
    """Return the leaves that a code covers; a project below a leaf is told by the national code besides."""
    tree = schemes.tree()
    leaves = {leaf.code for leaf in tree.leaves()}
    if not code:
        return leaves
    if code in {group.code for group in tree.groups()}:
        return {leaf.code for leaf in tree.leaves() if leaf.parent == code}
    if code in leaves:
        return {code}
    leaf = tree.finest_leaf(code)
    found.add("c.national_code LIKE %s", f"{code}%")
    return {leaf} if leaf else set()


def _standard(text: str, found: Conditions) -> set[str]:
    """Ask for a standard in the basis of certification; one that is known is looked for in its own leaf only.

    GB/T 19001 and ISO 9001 are one content, so either finds both. A certificate that states no basis counts
    to a standard named without its year by its project.
    """
    known = [one for one in standards.stored_standards() if one.scheme]
    wanted = designation(text)
    editions = {e.designation: e for one in known for e in one.editions}
    named = {one.name for one in known if designation(one.name) == wanted}
    dated = {d for d in editions if designation(d) == wanted}
    adopted = {(e.designation, e.adopts) for e in editions.values() if e.adopts}
    if named:
        pairs = {(editions[a].standard, editions[b].standard) for a, b in adopted if b in editions}
        named |= _alike(named, pairs)
        codes = {one.scheme for one in known if one.name in named and one.scheme}
        pattern = _pattern(named, r"([^0-9]|$)")
        found.add(
            f"{_matches('c.basis')} OR (c.basis = '' AND ({' OR '.join('c.national_code LIKE %s' for _ in codes)}))",
            pattern,
            *(f"{code}%" for code in sorted(codes)),
        )
        return {leaf for code in codes if (leaf := schemes.finest_leaf(code))}
    if dated:
        dated |= _alike(dated, adopted)
        found.add(_matches("c.basis"), _pattern(dated, r"([^0-9]|$)"))
        of = {editions[d].standard for d in dated}
        return {leaf for one in known if one.name in of and one.scheme and (leaf := schemes.finest_leaf(one.scheme))}
    found.add(_matches("c.basis"), _pattern({text}, r"([^0-9]|$)"))
    return {leaf.code for leaf in schemes.tree().leaves()}


def _alike(names: set[str], pairs: Iterable[tuple[str, str | None]]) -> set[str]:
    return {other for a, b in pairs if b for one, other in ((a, b), (b, a)) if one in names}


def designation(text: str) -> str:
    """Return a designation as it is compared: capitals, half-width, no spaces, one kind of dash."""
    return certificate_number.normalise(text).replace("—", "-").replace("–", "-")


def _pattern(designations: Iterable[str], end: str) -> str:
    """Return a pattern for any of some designations, however their parts are spaced."""
    words = sorted(r"\s*".join(re.escape(part) for part in re.findall(r"[A-Za-z]+|\d+|\S", d)) for d in designations)
    return f"(?i)({'|'.join(words)}){end}"


def _matches(column: str) -> str:
    return _MATCHES[connection.vendor].format(column)


def _state(state: str, today: date, found: Conditions) -> tuple[str, ...]:
    """Ask for a state as of today, and return the stored states among which it can be."""
    if not state:
        return tuple(sorted(State))
    if state in LIVE:
        found.add("c.expires_on IS NULL OR c.expires_on >= %s", today.isoformat())
    if state != State.EXPIRED:
        return (state,)
    found.add("c.state = 'expired' OR c.expires_on < %s", today.isoformat())
    return tuple(sorted((State.EXPIRED, *LIVE)))


def _reached(reach: Reach, own_bodies: tuple[int, ...]) -> Conditions:
    """Limit a bulk reading to the reach of its viewer: the one place where party and region do."""
    found = Conditions()
    if reach.everything:
        return found
    terms: list[str] = []
    bound: list[Bound] = []
    for column, values in (
        ("o.region", reach.regions),
        ("c.body_id", own_bodies),
        ("o.code", reach.organisations),
    ):
        if values:
            terms.append(f"{column} IN ({marks(values)})")
            bound.extend(values)
    found.add(" OR ".join(terms) or "1 = 0", *bound)
    return found
