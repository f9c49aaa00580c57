"""Counting a bulletin from a snapshot: certificates and distinct organisations, by project and region.

One pass over the certificates suffices for nearly all of it. Organisations are distinct counts that do
not add up over projects, so each organisation becomes a bit mask of the leaves in which it holds a
certificate, with the number of its certificates; both are added up by mask and region. Every row of the
project table is a sum over the masks that touch it; certificates by leaf are a count of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import ibis

from zhunsheng.bulletin.arithmetic import Counts
from zhunsheng.codes import regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zhunsheng.facts.snapshot import Snapshot
    from zhunsheng.standards.policy import SchemeRow

COUNTED = ("valid",)
COUNTED_WITH_SUSPENDED = ("valid", "suspended")


def count(snapshot: Snapshot, rows: Iterable[SchemeRow], *, with_suspended: bool = False) -> Counts:
    """Count what the printed rows need from a snapshot.

    `with_suspended` also counts suspended certificates: the published bulletins do not say whether
    they do (domain facts 2.4, rule 9).
    """
    states = COUNTED_WITH_SUSPENDED if with_suspended else COUNTED
    leaves, placed = _by_leaf(snapshot, states), _by_mask_and_region(snapshot, states)
    bits = {s["id"]: 1 << s["bit"] for s in _rows(snapshot.tables["schemes"]) if s["bit"] is not None}
    masks: Counter[int] = Counter()
    by_region: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in placed:
        masks[row["mask"]] += row["organisations"]
        by_region[row["region"]][0] += row["certificates"]
        by_region[row["region"]][1] += row["organisations"]
    projects = {}
    for printed in rows:
        held = sum(n for leaf, n in leaves.items() if bits[leaf] & printed.mask)
        projects[printed.name] = (held, sum(n for mask, n in masks.items() if mask & printed.mask))
    codes = [r.code for r in (*regions.PROVINCES, regions.ABROAD, regions.UNKNOWN)]
    return Counts(projects=projects, regions={code: (by_region[code][0], by_region[code][1]) for code in codes})


def _counted(snapshot: Snapshot, states: tuple[str, ...]) -> ibis.Table:
    certificates = snapshot.tables["certificates"]
    return certificates.filter(certificates.state.isin(states))


def _by_leaf(snapshot: Snapshot, states: tuple[str, ...]) -> Mapping[int, int]:
    counted = _counted(snapshot, states)
    return {r["scheme_id"]: r["n"] for r in _rows(counted.group_by("scheme_id").aggregate(n=counted.count()))}


def _by_mask_and_region(snapshot: Snapshot, states: tuple[str, ...]) -> list[dict[str, Any]]:
    counted, organisations, schemes = (
        _counted(snapshot, states),
        snapshot.tables["organisations"],
        snapshot.tables["schemes"],
    )
    leaves = schemes.filter(schemes.bit.notnull()).select(
        scheme_id=schemes.id, bit=ibis.literal(1, "int64") << schemes.bit
    )
    held = counted.join(leaves, counted.scheme_id == leaves.scheme_id)
    masks = held.group_by("organisation_id").aggregate(mask=held.bit.bit_or(), n=held.count())
    placed = masks.join(organisations, masks.organisation_id == organisations.id)
    return _rows(placed.group_by("mask", "region").aggregate(certificates=placed.n.sum(), organisations=placed.count()))


def _rows(table: ibis.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows
