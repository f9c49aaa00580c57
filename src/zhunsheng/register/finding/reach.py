"""Who may read how much: the public the first hits of a search, bulk readers everything within their reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.policy import require
from zhunsheng.people.roles import PartyKind, Permission

if TYPE_CHECKING:
    from zhunsheng.people.policy import Viewer
    from zhunsheng.register.finding.asking import Query

# What anyone sees of a search, without further pages.
PUBLIC_HITS = 50


class TooWide(ZhunshengError):
    """A search that picks nothing out is for those who may read in bulk."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose certificates a bulk reader reads: everybody's, or those of these regions, bodies and organisations."""

    everything: bool
    regions: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()

    @property
    def only_regions(self) -> bool:
        """Tell whether regions alone limit it."""
        return bool(self.regions) and not self.bodies and not self.organisations

    @property
    def only_bodies(self) -> bool:
        """Tell whether bodies alone limit it."""
        return bool(self.bodies) and not self.regions and not self.organisations

    @property
    def only_organisations(self) -> bool:
        """Tell whether organisations alone limit it."""
        return bool(self.organisations) and not self.regions and not self.bodies


EVERYTHING = Reach(everything=True)


def reach_of(viewer: Viewer) -> Reach:
    """Return how far a viewer reads in bulk: the nation and data users everything, others what is theirs.

    Raises NotPermitted for whoever may not read in bulk at all.
    """
    may = Permission.READ_IN_BULK
    require(viewer, may)
    if viewer.everywhere(may) or viewer.keys(may, PartyKind.READER):
        return EVERYTHING
    return Reach(
        everything=False,
        regions=tuple(sorted(viewer.keys(may, PartyKind.REGULATOR))),
        bodies=tuple(sorted(viewer.keys(may, PartyKind.BODY))),
        organisations=tuple(sorted(viewer.keys(may, PartyKind.ORGANISATION))),
    )


def reach_for(query: Query, viewer: Viewer, *, bulk: bool) -> Reach:
    """Return how far one search reaches: a bulk one as far as its viewer, any other everywhere, if it is narrow.

    Raises NotPermitted for a bulk search of whoever may not, TooWide for another that picks nothing out.
    """
    if bulk:
        return reach_of(viewer)
    if not query.identifies:
        raise TooWide(N_("请至少输入两个字，或选定机构、认证项目、标准、地区中的一项。"))
    return EVERYTHING
