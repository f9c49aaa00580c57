"""Bringing the data files into the database, and an operator's restatement of an edition."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.standards import editions, models, policy
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import Model


class NoSuchEdition(ZhunshengError):
    """No edition has this designation."""


class DaysOutOfOrder(ZhunshengError):
    """An edition would end or enter into force before it was published."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of each table were added or changed."""

    schemes: int
    standards: int
    editions: int


@transaction.atomic
def load(*, by: str, at: datetime) -> Loaded:
    """Make the tables say what the package's data files say; nothing is written when they already do.

    Rows keep their ids, no row is ever deleted, and an edition that the operator has restated is left
    as it is.
    """
    standards = editions.standards()
    restated = set(models.Edition.objects.filter(restated=True).values_list("id", flat=True))
    loaded = Loaded(
        schemes=_bring(models.Scheme, _scheme_rows(policy.tree().schemes)),
        standards=_bring(models.Standard, _standard_rows(standards)),
        editions=_bring(models.Edition, [row for row in _edition_rows(standards) if row["id"] not in restated]),
    )
    if loaded != Loaded(0, 0, 0):
        trail.record(at=at, by=by, action="standards.load", subject="standards", detail=asdict(loaded))
    return loaded


@transaction.atomic
def restate(
    *,
    designation: str,
    status: editions.Status,
    source: str,
    by: str,
    at: datetime,
    published_on: date | None = None,
    in_force_on: date | None = None,
    withdrawn_on: date | None = None,
    transition_ends_on: date | None = None,
) -> None:
    """Set an edition's status and days on the operator's word, e.g. when an announced edition is published.

    The days given replace all four; the edition counts as confirmed by `source` from then on, and
    `load` no longer touches it. Raises NoSuchEdition and DaysOutOfOrder.
    """
    edition = models.Edition.objects.select_for_update().filter(designation=designation).first()
    if edition is None:
        raise NoSuchEdition(N_("没有这个标准版本：%(designation)s"), designation=designation)
    later = [day for day in (in_force_on, withdrawn_on, transition_ends_on) if day]
    if published_on and any(day < published_on for day in later):
        raise DaysOutOfOrder(N_("%(designation)s 的生效、废止或转换截止日期早于发布日期"), designation=designation)
    edition.status = status
    edition.published_on, edition.in_force_on = published_on, in_force_on
    edition.withdrawn_on, edition.transition_ends_on = withdrawn_on, transition_ends_on
    edition.source, edition.confirmed, edition.unconfirmed, edition.restated = source, True, "", True
    edition.save()
    days = {name: str(getattr(edition, name)) for name in _DAYS if getattr(edition, name)}
    trail.record(
        at=at,
        by=by,
        action="standards.restate",
        subject=f"edition:{designation}",
        detail={"status": status.value, **days},
    )


_DAYS = ("published_on", "in_force_on", "withdrawn_on", "transition_ends_on")


def _bring(model: type[Model], rows: list[dict[str, Any]]) -> int:
    """Insert or update the rows that differ from the stored ones; return how many did."""
    fields = list(rows[0])
    stored = {row["id"]: row for row in model._default_manager.values(*fields)}  # noqa: SLF001 - Django's public name
    changed = [row for row in rows if stored.get(row["id"]) != row]
    model._default_manager.bulk_create(  # noqa: SLF001 - as above
        [model(**row) for row in changed],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[field for field in fields if field != "id"],
    )
    return len(changed)


def _doubts(unconfirmed: tuple[str, ...]) -> dict[str, Any]:
    return {"confirmed": not unconfirmed, "unconfirmed": ",".join(unconfirmed)}


def _scheme_rows(schemes: Iterable[policy.Scheme]) -> list[dict[str, Any]]:
    ids = {scheme.code: scheme.id for scheme in schemes}
    return [
        {
            "id": scheme.id,
            "code": scheme.code,
            "parent_id": ids[scheme.parent] if scheme.parent else None,
            "name": scheme.name,
            "name_en": scheme.name_en,
            "is_leaf_of_bulletin": scheme.is_leaf,
            "bit": scheme.bit,
            "printed_order": scheme.printed_order,
            "printed_from": scheme.printed_from,
            "printed_until": scheme.printed_until,
            "former_name": scheme.former_name or "",
            "former_name_en": scheme.former_name_en or "",
            "former_until": scheme.former_until,
            "counted_in_id": ids[scheme.counted_in] if scheme.counted_in else None,
            "source": scheme.source,
            **_doubts(scheme.unconfirmed),
        }
        for scheme in schemes
    ]


def _standard_rows(standards: Iterable[editions.Standard]) -> list[dict[str, Any]]:
    ids = {scheme.code: scheme.id for scheme in policy.tree().schemes}
    return [
        {
            "id": standard.id,
            "name": standard.name,
            "title": standard.title,
            "title_en": standard.title_en,
            "scheme_id": ids[standard.scheme] if standard.scheme else None,
            "source": standard.source,
            **_doubts(standard.unconfirmed),
        }
        for standard in standards
    ]


def _edition_rows(standards: Iterable[editions.Standard]) -> list[dict[str, Any]]:
    ids = {edition.designation: edition.id for standard in standards for edition in standard.editions}
    return [
        {
            "id": edition.id,
            "standard_id": standard.id,
            "designation": edition.designation,
            "status": edition.status.value,
            "published_on": edition.published_on,
            "in_force_on": edition.in_force_on,
            "withdrawn_on": edition.withdrawn_on,
            "transition_ends_on": edition.transition_ends_on,
            "supersedes_id": ids[edition.supersedes] if edition.supersedes else None,
            "adopts_id": ids[edition.adopts] if edition.adopts else None,
            "source": edition.source,
            **_doubts(edition.unconfirmed),
        }
        for standard in standards
        for edition in standard.editions
    ]
