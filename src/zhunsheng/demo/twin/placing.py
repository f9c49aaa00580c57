"""Where organisations are, and how many certificates they hold beyond one for each project.

Organisations are dealt to regions, then exchanged until no region has more (organisation, project)
pairs than certificates. The certificates beyond those are a transport problem: from projects to
regions, over the pairs of project and region in which somebody holds the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from zhunsheng.demo.twin import exact
from zhunsheng.demo.twin.holdings import Holdings, hold
from zhunsheng.demo.twin.targets import NOT_TOGETHER, Targets, Unreachable

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Exchanges tried before a draw is given up; the real bulletins need a few dozen at full size.
EXCHANGES = 3000
# Exchanges tried to bring holders of a project where certificates are left over; each costs a flow.
BRIDGES = 100
# Spread of the certificates of one project over its holders: log-normal, so that a few hold very many.
TAIL = 1.2
# Appetite for certificates and whether regions are dealt in order: from lifelike to whatever fits.
ATTEMPTS = ((1.0, False), (2.5, False), (2.5, True), (50.0, True), (1e6, True), (0.0, True))


@dataclass(frozen=True, slots=True)
class Register:
    """Who holds what, where everyone is (index of the region), and how many certificates each pair has."""

    holdings: Holdings
    place: NDArray[np.int32]
    certificates: NDArray[np.int64]


def place(targets: Targets, holdings: Holdings, rng: np.random.Generator, *, sort: bool) -> Register | None:
    """Give every organisation a region and every pair its certificates; None where this draw cannot.

    `sort` deals organisations with few projects to regions with few certificates for each, which
    leaves the fewest exchanges where figures are tight, at the cost of a lifelike mixture.
    """
    return _finish(_Search(targets, holdings, _deal(targets, holdings, rng, sort=sort), rng))


def _finish(search: _Search) -> Register | None:
    if not search.relieve():
        return None
    flow = search.transport()
    if flow is None:
        return None
    certificates = 1 + _spread(search.holdings, search.place, flow, search.rng)
    return Register(search.holdings, search.place, certificates)


def _deal(targets: Targets, holdings: Holdings, rng: np.random.Generator, *, sort: bool) -> NDArray[np.int32]:
    sizes = np.array([place.organisations for place in targets.places])
    if not sort:
        return rng.permutation(np.repeat(np.arange(len(sizes), dtype=np.int32), sizes))
    room = np.array([place.certificates for place in targets.places]) / np.maximum(sizes, 1)
    order = np.argsort(room, kind="stable").astype(np.int32)
    found = np.empty(holdings.organisations, np.int32)
    found[np.argsort(holdings.base(), kind="stable")] = np.repeat(order, sizes[order])
    return found


class _Search:
    """A dealing of organisations to regions under repair."""

    def __init__(
        self, targets: Targets, holdings: Holdings, place: NDArray[np.int32], rng: np.random.Generator
    ) -> None:
        self.rng = rng
        self.holdings = holdings
        self.place = place
        self.base = holdings.base()
        self.regions = len(targets.places)
        self.extra = np.array([leaf.certificates - leaf.organisations for leaf in targets.leaves])
        used = np.bincount(place, weights=self.base, minlength=self.regions).astype(np.int64)
        self.spare = np.array([row.certificates for row in targets.places]) - used

    def exchange(self, one: int, other: int) -> None:
        """Let two organisations change regions."""
        gain = int(self.base[one] - self.base[other])
        self.spare[self.place[one]] += gain
        self.spare[self.place[other]] -= gain
        self.place[[one, other]] = self.place[[other, one]]

    def relieve(self) -> bool:
        """Exchange organisations until every region has certificates for all its pairs."""
        for _ in range(EXCHANGES):
            short = int(np.argmin(self.spare))
            if self.spare[short] >= 0:
                return True
            found = self._relief(short)
            if found is None:
                return False
            self.exchange(*found)
        return bool(self.spare.min() >= 0)

    def _relief(self, short: int) -> tuple[int, int] | None:
        """Return a holder of many projects there and one of fewer elsewhere whose region can bear the change."""
        inside = np.flatnonzero(self.place == short)
        one = int(inside[np.argmax(self.base[inside])])
        gain = self.base[one] - self.base
        # More than is needed is as useless as none; what the other region cannot bear is no gain.
        room = np.minimum(self.spare[self.place], -self.spare[short])
        useful = (gain > 0) & (gain <= np.maximum(room, 1)) & (self.spare[self.place] >= gain)
        if not useful.any():
            return None
        return one, int(np.argmax(np.where(useful, gain, 0)))

    def holders(self) -> NDArray[np.int64]:
        """Return how many hold each project in each region."""
        cell = self.holdings.leaf.astype(np.int64) * self.regions + self.place[self.holdings.organisation]
        return np.bincount(cell, minlength=len(self.extra) * self.regions).reshape(len(self.extra), self.regions)

    def transport(self) -> NDArray[np.int64] | None:
        """Return the certificates beyond the pairs by project and region, exchanging holders where it fails."""
        flow = _flow(self.extra, self.spare, self.holders() > 0)
        for _ in range(BRIDGES):
            left = self.extra - flow.sum(axis=1)
            if not left.any():
                return flow
            found = self._bridge(int(np.argmax(left)), int(np.argmax(self.spare - flow.sum(axis=0))))
            if found is None:
                return None
            self.exchange(*found)
            again = _flow(self.extra, self.spare, self.holders() > 0)
            if again.sum() < flow.sum():
                self.exchange(*found)
                continue
            flow = again
        return None

    def _bridge(self, leaf: int, region: int) -> tuple[int, int] | None:
        """Draw an exchange that brings a holder of a project into a region that has none."""
        inside = np.flatnonzero(self.place == region)
        one = int(self.rng.choice(inside))
        outside = self.holdings.organisation[self.holdings.leaf == leaf]
        outside = outside[self.place[outside] != region]
        change = self.base[outside] - self.base[one]
        fits = outside[(change <= self.spare[region]) & (-change <= self.spare[self.place[outside]])]
        return (one, int(self.rng.choice(fits))) if len(fits) else None


def _flow(supply: NDArray[np.int64], demand: NDArray[np.int64], allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return as much as can be sent from supplies to demands over allowed pairs, near to proportional."""
    wish = np.outer(supply, demand) / max(int(supply.sum()), 1) * allowed
    start = np.floor(wish).astype(np.int64)
    rest = start + _maximum(supply - start.sum(axis=1), demand - start.sum(axis=0), allowed)
    if rest.sum() == supply.sum():
        return rest
    return _maximum(supply, demand, allowed)


def _maximum(supply: NDArray[np.int64], demand: NDArray[np.int64], allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Solve the transport problem as a maximum flow: source 0, supplies, demands, sink."""
    rows, columns = allowed.shape
    size = rows + columns + 2
    capacity = np.zeros((size, size), np.int32)
    capacity[0, 1 : rows + 1] = supply
    capacity[1 : rows + 1, rows + 1 : -1] = np.where(allowed, np.minimum.outer(supply, demand), 0)
    capacity[rows + 1 : -1, -1] = demand
    flow = maximum_flow(csr_array(capacity), 0, size - 1).flow.toarray()
    return np.asarray(flow[1 : rows + 1, rows + 1 : -1], dtype=np.int64)


def _spread(
    holdings: Holdings, place: NDArray[np.int32], flow: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Deal the certificates of each project and region to its holders, a few of whom get very many."""
    regions = flow.shape[1]
    cell = holdings.leaf.astype(np.int64) * regions + place[holdings.organisation]
    order = np.argsort(cell, kind="stable")
    edges = np.cumsum(rng.lognormal(0.0, TAIL, len(order)))
    first = np.searchsorted(cell[order], np.arange(flow.size))
    last = np.searchsorted(cell[order], np.arange(flow.size), side="right")
    wanted = np.repeat(np.arange(flow.size), flow.ravel())
    low = np.where(first > 0, edges[first - 1], 0.0)[wanted]
    high = edges[last - 1][wanted]
    hits = np.searchsorted(edges, low + (high - low) * rng.random(len(wanted)), side="right")
    hits = np.clip(hits, first[wanted], last[wanted] - 1)
    found = np.zeros(len(order), np.int64)
    found[order] = np.bincount(hits, minlength=len(order))
    return found


def draw(targets: Targets, rng: np.random.Generator) -> Register:
    """Return an invented register with exactly the given counts.

    Tries lifelike draws first, then ones in which projects are heaped on few organisations, which
    leave more room, and at last, for a small register, solves for one. Raises `targets.Unreachable`
    when there is none.
    """
    for appetite, sort in ATTEMPTS:
        found = place(targets, hold(targets, rng, appetite), rng, sort=sort)
        if found is not None:
            return found
    solved = exact.solve(targets)
    found = _finish(_Search(targets, *solved, rng)) if solved else None
    if found is not None:
        return found
    raise Unreachable(NOT_TOGETHER)
