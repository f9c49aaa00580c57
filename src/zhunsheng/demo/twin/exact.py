"""The register of a few organisations as one integer program, for figures too tight for a search.

Organisations have their regions from the start (within a region they are alike); unknown are who
holds what and where the certificates beyond one for each holder are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from zhunsheng.demo.twin.holdings import Holdings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from zhunsheng.demo.twin.targets import Targets

# Beyond this many the program grows out of hand, and the search has room enough.
MOST_ORGANISATIONS = 200
SECONDS = 30.0


@dataclass
class _Program:
    """Rows of `low <= sum of factor * unknown <= high` as they are written down."""

    unknowns: int
    rows: list[int]
    columns: list[int]
    factors: list[float]
    lows: list[float]
    highs: list[float]

    def demand(self, terms: list[tuple[int, float]], low: float, high: float) -> None:
        """Add one row."""
        for column, factor in terms:
            self.rows.append(len(self.lows))
            self.columns.append(column)
            self.factors.append(factor)
        self.lows.append(low)
        self.highs.append(high)

    def solve(self, highest: NDArray[np.float64]) -> NDArray[np.int64] | None:
        """Return whole numbers from 0 to `highest` that keep to all rows; None when none are found in time."""
        matrix = coo_array((self.factors, (self.rows, self.columns)), shape=(len(self.lows), self.unknowns))
        found = milp(
            np.zeros(self.unknowns),
            integrality=np.ones(self.unknowns),
            bounds=Bounds(0, highest),
            constraints=LinearConstraint(matrix.tocsr(), self.lows, self.highs),
            options={"time_limit": SECONDS},
        )
        return None if found.x is None else np.rint(found.x).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Unknowns:
    """Where each unknown stands: holds[org, leaf], in[org, domain], beyond[region, leaf]."""

    organisations: int
    leaves: int
    domains: int
    regions: int

    def holds(self, organisation: int, leaf: int) -> int:
        return organisation * self.leaves + leaf

    def inside(self, organisation: int, domain: int) -> int:
        return self.organisations * self.leaves + organisation * self.domains + domain

    def beyond(self, region: int, leaf: int) -> int:
        return self.organisations * (self.leaves + self.domains) + region * self.leaves + leaf

    def count(self) -> int:
        return self.beyond(self.regions, 0)


def solve(targets: Targets) -> tuple[Holdings, NDArray[np.int32]] | None:
    """Return who holds what and the index of everyone's region; None when it cannot be, or is too large."""
    organisations = targets.total.organisations
    if organisations > MOST_ORGANISATIONS:
        return None
    sizes = [row.organisations for row in targets.places]
    place = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    at = _Unknowns(organisations, len(targets.leaves), len(targets.domains), len(sizes))
    program = _Program(at.count(), [], [], [], [], [])
    _demand_holders(program, targets, at)
    _demand_certificates(program, targets, at, place)
    highest = np.ones(at.count())
    highest[at.beyond(0, 0) :] = targets.total.certificates
    found = program.solve(highest)
    if found is None:
        return None
    held = found[: organisations * at.leaves].reshape(organisations, at.leaves)
    leaf, organisation = np.nonzero(held.T)
    return Holdings(organisation.astype(np.int32), leaf.astype(np.int32), organisations), place


def _demand_holders(program: _Program, targets: Targets, at: _Unknowns) -> None:
    """Every leaf and domain has its number of distinct holders, and everybody holds something."""
    everyone = range(at.organisations)
    for leaf, row in enumerate(targets.leaves):
        program.demand([(at.holds(one, leaf), 1) for one in everyone], row.organisations, row.organisations)
    for domain, total in enumerate(targets.domains):
        own = [leaf for leaf, row in enumerate(targets.leaves) if row.domain == total.name]
        program.demand([(at.inside(one, domain), 1) for one in everyone], total.organisations, total.organisations)
        for one in everyone:
            program.demand([(at.inside(one, domain), -1.0), *((at.holds(one, leaf), 1.0) for leaf in own)], 0, np.inf)
            for leaf in own:
                program.demand([(at.holds(one, leaf), -1.0), (at.inside(one, domain), 1.0)], 0, np.inf)
    for one in everyone:
        program.demand([(at.inside(one, domain), 1.0) for domain in range(at.domains)], 1, np.inf)


def _demand_certificates(program: _Program, targets: Targets, at: _Unknowns, place: NDArray[np.int32]) -> None:
    """Certificates beyond the pairs add up by leaf and by region, and lie where somebody holds the leaf."""
    for leaf, row in enumerate(targets.leaves):
        extra = row.certificates - row.organisations
        program.demand([(at.beyond(region, leaf), 1) for region in range(at.regions)], extra, extra)
    for region, there in enumerate(targets.places):
        inside = np.flatnonzero(place == region)
        pairs = [(at.holds(int(one), leaf), 1.0) for one in inside for leaf in range(at.leaves)]
        extras = [(at.beyond(region, leaf), 1.0) for leaf in range(at.leaves)]
        program.demand([*pairs, *extras], there.certificates, there.certificates)
        for leaf, of in enumerate(targets.leaves):
            most = min(of.certificates, there.certificates)
            holders = [(at.holds(int(one), leaf), float(most)) for one in inside]
            program.demand([(at.beyond(region, leaf), -1.0), *holders], 0, np.inf)
