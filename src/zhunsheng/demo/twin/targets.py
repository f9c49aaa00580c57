"""What the invented register must count to: the figures themselves, or a consistent miniature of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.demo.twin.figures import Correction, Figure, Leaf, Place, reconcile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.bulletin.model import Bulletin


NOT_TOGETHER = N_("各项目与各地区的数字无法同时成立；比例太小时请取更大的比例。")


class Unreachable(ZhunshengError):
    """No register can have these counts, or none could be found."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Counts the twin reproduces exactly: by leaf project, domain, region and in total."""

    month: str
    scale: float
    leaves: tuple[Leaf, ...]
    domains: tuple[Figure, ...]
    places: tuple[Place, ...]
    total: Figure
    corrections: tuple[Correction, ...]


def plan(bulletin: Bulletin, scale: float = 1.0) -> Targets:
    """Return the counts for a twin of a bulletin, pure.

    At scale 1 they are the corrected figures. Below, each leaf and each region is within 1 of
    scale times its figure (at least 1 where it was above 0); certificates add up, distinct
    organisations lie between the largest part and the sum of the parts. Raises Unreachable where
    that cannot be, `figures.Missing` and `figures.Contradiction` for a bulletin that will not do.
    """
    if not 0 < scale <= 1:
        raise Unreachable(N_("比例应大于 0 且不超过 1，现为 %(scale)s。"), scale=scale)
    whole = reconcile(bulletin)
    month = bulletin.month or ""
    if scale == 1:
        return Targets(month, scale, whole.leaves, whole.domains, whole.places, whole.total, whole.corrections)
    factor = Fraction(str(scale))
    certificates = _meet(
        [[row.certificates for row in rows] for rows in (whole.leaves, whole.places)], factor, whole.total.certificates
    )
    leaves = _leaves(whole.leaves, certificates[0], factor)
    domains = tuple(_domain(domain, leaves, factor) for domain in whole.domains)
    places = _places(whole.places, certificates[1], domains, whole.total.organisations, factor)
    total = Figure(whole.total.name, sum(certificates[0]), sum(place.organisations for place in places))
    return Targets(month, scale, leaves, domains, places, total, whole.corrections)


def _lowest(value: int, factor: Fraction) -> int:
    """Return the least whole number within 1 of the scaled figure; 1 at least, unless the figure is 0."""
    return max(math.ceil(factor * value - 1), 1) if value else 0


def _highest(value: int, factor: Fraction) -> int:
    return math.floor(factor * value + 1) if value else 0


def _fit(wishes: Sequence[Fraction], lows: Sequence[int], highs: Sequence[int], total: int) -> list[int]:
    """Return whole numbers with the given sum, within bounds, each as near to its wish as can be."""
    if not sum(lows) <= total <= sum(highs) or any(low > high for low, high in zip(lows, highs, strict=True)):
        raise Unreachable(NOT_TOGETHER)
    found = [min(max(round(wish), low), high) for wish, low, high in zip(wishes, lows, highs, strict=True)]
    places = range(len(found))
    while sum(found) < total:
        found[max((i for i in places if found[i] < highs[i]), key=lambda i: wishes[i] - found[i])] += 1
    while sum(found) > total:
        found[max((i for i in places if found[i] > lows[i]), key=lambda i: found[i] - wishes[i])] -= 1
    return found


def _between(wish: Fraction, low: int, high: int) -> int:
    if low > high:
        raise Unreachable(NOT_TOGETHER)
    return min(max(round(wish), low), high)


def _meet(sides: list[list[int]], factor: Fraction, total: int) -> list[list[int]]:
    """Scale both sides, projects and regions, to one common sum."""
    lows = [[_lowest(value, factor) for value in side] for side in sides]
    highs = [[_highest(value, factor) for value in side] for side in sides]
    common = _between(factor * total, max(map(sum, lows)), min(map(sum, highs)))
    return [
        _fit([factor * value for value in side], low, high, common)
        for side, low, high in zip(sides, lows, highs, strict=True)
    ]


def _leaves(rows: tuple[Leaf, ...], certificates: list[int], factor: Fraction) -> tuple[Leaf, ...]:
    return tuple(
        Leaf(
            row.name,
            count,
            _between(
                factor * row.organisations,
                _lowest(row.organisations, factor),
                min(_highest(row.organisations, factor), count),
            ),
            row.domain,
        )
        for row, count in zip(rows, certificates, strict=True)
    )


def _domain(row: Figure, leaves: tuple[Leaf, ...], factor: Fraction) -> Figure:
    own = [leaf for leaf in leaves if leaf.domain == row.name]
    organisations = [leaf.organisations for leaf in own]
    distinct = _between(factor * row.organisations, max(organisations), sum(organisations))
    return Figure(row.name, sum(leaf.certificates for leaf in own), distinct)


def _places(
    rows: tuple[Place, ...], certificates: list[int], domains: tuple[Figure, ...], total: int, factor: Fraction
) -> tuple[Place, ...]:
    """Scale the regions' organisations to a sum that the domains' distinct organisations allow."""
    lows = [_lowest(row.organisations, factor) for row in rows]
    highs = [min(_highest(row.organisations, factor), count) for row, count in zip(rows, certificates, strict=True)]
    distinct = [domain.organisations for domain in domains]
    common = _between(factor * total, max(sum(lows), *distinct), min(sum(highs), sum(distinct)))
    found = _fit([factor * row.organisations for row in rows], lows, highs, common)
    return tuple(
        Place(row.name, count, organisations, row.code)
        for row, count, organisations in zip(rows, certificates, found, strict=True)
    )
