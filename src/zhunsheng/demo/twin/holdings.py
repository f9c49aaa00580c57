"""Which organisation holds which project, so that every distinct count comes out exactly.

A set of given size is laid over a universe for each part, so that together they cover all of it:
first each part takes its share of what nobody covers yet, then the rest of it falls on organisations
already covered, those with an appetite for certificates first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from zhunsheng.demo.twin.targets import Targets


@dataclass(frozen=True, slots=True)
class Holdings:
    """One entry for each pair of an organisation and a leaf project it holds, in order of the leaves."""

    organisation: NDArray[np.int32]
    leaf: NDArray[np.int32]
    organisations: int

    def base(self) -> NDArray[np.int64]:
        """Return for each organisation how many projects it holds: its fewest possible certificates."""
        return np.bincount(self.organisation, minlength=self.organisations)


def hold(targets: Targets, rng: np.random.Generator, appetite: float) -> Holdings:
    """Draw who holds what. `appetite` 0 spreads projects evenly; large values heap them on few."""
    organisations = targets.total.organisations
    hunger = appetite * rng.standard_normal(organisations)
    sizes = [domain.organisations for domain in targets.domains]
    members = cover(sizes, organisations, hunger, rng)
    holders: list[NDArray[np.int32]] = []
    for domain, member in zip(targets.domains, members, strict=True):
        own = [leaf.organisations for leaf in targets.leaves if leaf.domain == domain.name]
        holders += [member[part] for part in cover(own, len(member), hunger[member], rng)]
    # The order of the rows of `targets.leaves` need not be that of the domains.
    names = [leaf.name for domain in targets.domains for leaf in targets.leaves if leaf.domain == domain.name]
    number = {leaf.name: index for index, leaf in enumerate(targets.leaves)}
    leaf = np.repeat(np.array([number[name] for name in names], np.int32), [len(part) for part in holders])
    return Holdings(np.concatenate(holders), leaf, organisations)


def cover(
    sizes: Sequence[int], universe: int, hunger: NDArray[np.float64], rng: np.random.Generator
) -> list[NDArray[np.int32]]:
    """Return for each size a set of so many places of a universe, whose union is all of it.

    Needs max(sizes) <= universe <= sum(sizes). Sets are sorted.
    """
    places = rng.permutation(universe).astype(np.int32)
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    fresh = _fresh(sizes, order, universe)
    found: list[NDArray[np.int32]] = [np.empty(0, np.int32)] * len(sizes)
    covered = 0
    for part in order:
        again = sizes[part] - fresh[part]
        old = _hungriest(places[:covered], hunger, again, rng)
        found[part] = np.sort(np.concatenate([old, places[covered : covered + fresh[part]]]))
        covered += fresh[part]
    return found


def _fresh(sizes: Sequence[int], order: list[int], universe: int) -> list[int]:
    """Return how much of the universe each set covers as the first: all of the largest, then in proportion."""
    fresh = [0] * len(sizes)
    fresh[order[0]] = sizes[order[0]]
    left, rest = universe - sizes[order[0]], sum(sizes) - sizes[order[0]]
    for part in order[1:]:
        # Rounding up keeps what is left within what the later sets can take.
        fresh[part] = -(-left * sizes[part] // rest) if rest else 0
        left, rest = left - fresh[part], rest - sizes[part]
    return fresh


def _hungriest(
    places: NDArray[np.int32], hunger: NDArray[np.float64], count: int, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Draw `count` places without repetition; the odds of a place grow exponentially with its hunger."""
    if count == 0:
        return np.empty(0, np.int32)
    keys = hunger[places] + rng.gumbel(size=len(places))
    return places[np.argpartition(keys, len(places) - count)[len(places) - count :]]
