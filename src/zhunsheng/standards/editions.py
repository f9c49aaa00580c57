"""Standards and their editions: pure values and the question whether an edition still counts on a day.

A fact that no public source confirms is kept, and never decides an answer: the answer is then None,
"cannot tell".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from zhunsheng.standards.policy import read

if TYPE_CHECKING:
    from collections.abc import Iterable

# How the designations of national standards begin.
NATIONAL = "GB"


class Status(StrEnum):
    """What an edition is, as last known."""

    ANNOUNCED = "announced"
    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a standard.

    `transition_ends_on` is the last day on which a certificate to this edition could be valid,
    `supersedes` and `adopts` are designations, `unconfirmed` names the keys of the data file that no
    public source confirms (also of facts that are not known at all).
    """

    id: int
    standard: str
    designation: str
    status: Status
    published_on: date | None
    in_force_on: date | None
    withdrawn_on: date | None
    transition_ends_on: date | None
    supersedes: str | None
    adopts: str | None
    unconfirmed: tuple[str, ...]
    source: str

    @property
    def confirmed(self) -> bool:
        """Say whether a public source confirms everything said about this edition."""
        return not self.unconfirmed


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard with its editions; `scheme` is the national code of the project it is certified in."""

    id: int
    name: str
    title: str
    title_en: str
    scheme: str | None
    editions: tuple[Edition, ...]
    unconfirmed: tuple[str, ...]
    source: str

    @property
    def confirmed(self) -> bool:
        """Say whether a public source confirms everything said about this standard itself."""
        return not self.unconfirmed


@cache
def standards() -> tuple[Standard, ...]:
    """Return the standards that the package carries; read once."""
    return tuple(_standard(entry) for entry in read("standards.toml")["standard"])


def editions_of(found: Iterable[Standard]) -> dict[str, Edition]:
    """Return the editions of some standards by designation."""
    return {edition.designation: edition for standard in found for edition in standard.editions}


def counts_on(designation: str, on: date, editions: dict[str, Edition]) -> bool | None:
    """Say whether a certificate to this edition could be valid on a day.

    True from the edition's first day to the last day of the transition to its successor (that day
    included), False outside, None when this cannot be told: the edition is not in the table, or the
    fact that decides is unknown or unconfirmed. Where a first day is not known, the year in the
    designation bounds it. An edition before a dead one is dead.
    """
    edition = editions.get(designation)
    if edition is None:
        return None
    if _has_ended(edition, on, editions):
        return False
    begun = _has_begun(edition, on, editions)
    if begun is False:
        return False
    return True if begun and _still_counts(edition, on, editions) else None


def _has_ended(edition: Edition, on: date, editions: dict[str, Edition]) -> bool:
    ends = _known(edition, "transition_ends", edition.transition_ends_on)
    if ends is not None:
        return on > ends
    return any(_has_ended(later, on, editions) for later in _successors(edition, editions))


def _has_begun(edition: Edition, on: date, editions: dict[str, Edition]) -> bool | None:
    begins = _first_day(edition)
    if begins is not None:
        return on >= begins
    if on < _year_begins(edition):
        return False
    if any(_has_begun(later, on, editions) for later in _successors(edition, editions)):
        return True
    # A GB edition may enter into force in a later year than its number says, an announced one in any.
    bounded = edition.status is not Status.ANNOUNCED and not edition.designation.startswith(NATIONAL)
    return True if bounded and on.year > _year_begins(edition).year else None


def _still_counts(edition: Edition, on: date, editions: dict[str, Edition]) -> bool:
    """Say whether something confirmed shows that an edition that has begun still counts."""
    if _known(edition, "transition_ends", edition.transition_ends_on) is not None:
        return True
    if edition.status is Status.CURRENT and "status" not in edition.unconfirmed:
        return True
    withdrawn = _known(edition, "withdrawn", edition.withdrawn_on)
    if withdrawn is not None and on < withdrawn:
        return True
    successors = _successors(edition, editions)
    return bool(successors) and all(on < (_first_day(later) or _year_begins(later)) for later in successors)


def _successors(edition: Edition, editions: dict[str, Edition]) -> list[Edition]:
    return [later for later in editions.values() if later.supersedes == edition.designation]


def _first_day(edition: Edition) -> date | None:
    in_force = _known(edition, "in_force", edition.in_force_on)
    return in_force or _known(edition, "published", edition.published_on)


def _year_begins(edition: Edition) -> date:
    return date(int(edition.designation[-4:]), 1, 1)


def _known(edition: Edition, key: str, day: date | None) -> date | None:
    return None if key in edition.unconfirmed else day


def _standard(entry: dict[str, Any]) -> Standard:
    return Standard(
        id=entry["id"],
        name=entry["name"],
        title=entry["title"],
        title_en=entry["title_en"],
        scheme=entry.get("scheme"),
        editions=tuple(_edition(entry["name"], edition) for edition in entry.get("edition", ())),
        unconfirmed=tuple(entry.get("unconfirmed", ())),
        source=entry["source"],
    )


def _edition(standard: str, entry: dict[str, Any]) -> Edition:
    return Edition(
        id=entry["id"],
        standard=standard,
        designation=entry["designation"],
        status=Status(entry["status"]),
        published_on=entry.get("published"),
        in_force_on=entry.get("in_force"),
        withdrawn_on=entry.get("withdrawn"),
        transition_ends_on=entry.get("transition_ends"),
        supersedes=entry.get("supersedes"),
        adopts=entry.get("adopts"),
        unconfirmed=tuple(entry.get("unconfirmed", ())),
        source=entry["source"],
    )
