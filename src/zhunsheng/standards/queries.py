"""Reading the stored scheme tree, standards and editions, as the values of `policy` and `editions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.standards import editions, models, policy

if TYPE_CHECKING:
    from datetime import date

    from zhunsheng.standards.policy import SchemeTree


def stored_tree() -> SchemeTree:
    """Return the tree in the database; after `actions.load` it is the package's own (`policy.tree`)."""
    rows = models.Scheme.objects.select_related("parent", "counted_in").order_by("id")
    return policy.SchemeTree(tuple(_scheme(row) for row in rows))


def scheme_ids() -> dict[str, int]:
    """Return the id of every stored scheme by its national code."""
    return dict(models.Scheme.objects.values_list("code", "id"))


def leaf_of(code: str, table: SchemeTree) -> policy.Scheme | None:
    """Return the finest leaf that a national code belongs to, from a tree that is already read."""
    leaf = table.finest_leaf(code)
    return next((scheme for scheme in table.schemes if scheme.code == leaf), None)


def stored_standards() -> tuple[editions.Standard, ...]:
    """Return every stored standard with its editions, the operator's restatements included."""
    rows = models.Standard.objects.select_related("scheme").prefetch_related(
        "editions__supersedes", "editions__adopts", "editions__standard"
    )
    return tuple(_standard(row) for row in rows)


def edition_counts_on(designation: str, on: date) -> bool | None:
    """Say whether a certificate to an edition ("ISO 9001:2015") could be valid on a day; None: cannot tell."""
    return editions.counts_on(designation, on, editions.editions_of(stored_standards()))


def _doubts(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _scheme(row: models.Scheme) -> policy.Scheme:
    return policy.Scheme(
        id=row.id,
        code=row.code,
        parent=row.parent.code if row.parent else None,
        name=row.name,
        name_en=row.name_en,
        bit=row.bit,
        printed_order=row.printed_order,
        printed_from=row.printed_from,
        printed_until=row.printed_until,
        former_name=row.former_name or None,
        former_name_en=row.former_name_en or None,
        former_until=row.former_until,
        counted_in=row.counted_in.code if row.counted_in else None,
        unconfirmed=_doubts(row.unconfirmed),
        source=row.source,
    )


def _standard(row: models.Standard) -> editions.Standard:
    return editions.Standard(
        id=row.id,
        name=row.name,
        title=row.title,
        title_en=row.title_en,
        scheme=row.scheme.code if row.scheme else None,
        editions=tuple(_edition(edition) for edition in row.editions.all()),
        unconfirmed=_doubts(row.unconfirmed),
        source=row.source,
    )


def _edition(row: models.Edition) -> editions.Edition:
    return editions.Edition(
        id=row.id,
        standard=row.standard.name,
        designation=row.designation,
        status=editions.Status(row.status),
        published_on=row.published_on,
        in_force_on=row.in_force_on,
        withdrawn_on=row.withdrawn_on,
        transition_ends_on=row.transition_ends_on,
        supersedes=row.supersedes.designation if row.supersedes else None,
        adopts=row.adopts.designation if row.adopts else None,
        unconfirmed=_doubts(row.unconfirmed),
        source=row.source,
    )
