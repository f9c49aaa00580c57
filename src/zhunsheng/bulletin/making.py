"""Counting a bulletin from a snapshot: certificates and distinct organisations, by project and region.

Two passes over the snapshot suffice for the whole bulletin. Certificates are additive, so they are
counted by leaf and region. Organisations are distinct counts that do not add up over projects, so
each organisation becomes a bit mask of the leaves in which it holds a certificate; masks are counted
by region, and every row of the project table is a sum over the masks that touch it.
"""

from __future__ import annotations

from collections import Counter
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
    by_leaf, by_mask = _by_leaf_and_region(snapshot, states), _by_mask_and_region(snapshot, states)
    leaves, masks = _added_up(by_leaf, 0), _added_up(by_mask, 0)
    bits = {s["id"]: 1 << s["bit"] for s in _rows(snapshot.tables["schemes"]) if s["bit"] is not None}
    projects = {}
    for row in rows:
        held = sum(n for leaf, n in leaves.items() if bits[leaf] & row.mask)
        projects[row.name] = (held, sum(n for mask, n in masks.items() if mask & row.mask))
    certificates, organisations = _added_up(by_leaf, 1), _added_up(by_mask, 1)
    codes = [r.code for r in (*regions.PROVINCES, regions.ABROAD, regions.UNKNOWN)]
    return Counts(projects=projects, regions={code: (certificates[code], organisations[code]) for code in codes})


def _added_up(counts: Mapping[tuple[int, str], int], key: int) -> Counter[Any]:
    """Add counts up over one of their two keys."""
    added: Counter[Any] = Counter()
    for keys, n in counts.items():
        added[keys[key]] += n
    return added


def _counted(snapshot: Snapshot, states: tuple[str, ...]) -> ibis.Table:
    certificates = snapshot.tables["certificates"]
    return certificates.filter(certificates.state.isin(states))


def _by_leaf_and_region(snapshot: Snapshot, states: tuple[str, ...]) -> Mapping[tuple[int, str], int]:
    counted, organisations = _counted(snapshot, states), snapshot.tables["organisations"]
    joined = counted.join(organisations, counted.organisation_id == organisations.id)
    grouped = joined.group_by("scheme_id", "region").aggregate(n=joined.count())
    return {(r["scheme_id"], r["region"]): r["n"] for r in _rows(grouped)}


def _by_mask_and_region(snapshot: Snapshot, states: tuple[str, ...]) -> Mapping[tuple[int, str], int]:
    counted, organisations, schemes = (
        _counted(snapshot, states),
        snapshot.tables["organisations"],
        snapshot.tables["schemes"],
    )
    leaves = schemes.filter(schemes.bit.notnull()).select(
        scheme_id=schemes.id, bit=ibis.literal(1, "int64") << schemes.bit
    )
    held = counted.join(leaves, counted.scheme_id == leaves.scheme_id)
    masks = held.group_by("organisation_id").aggregate(mask=held.bit.bit_or())
    placed = masks.join(organisations, masks.organisation_id == organisations.id)
    grouped = placed.group_by("mask", "region").aggregate(n=placed.count())
    return {(r["mask"], r["region"]): r["n"] for r in _rows(grouped)}


def _rows(table: ibis.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows
