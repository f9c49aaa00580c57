"""Everything in a bulletin that can be recomputed, recomputed: `check(bulletin, against)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.bulletin.checking import carried, growth, headline, projects, regions
from zhunsheng.bulletin.checking.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.bulletin.model import Bulletin, Finding

__all__ = ["check"]


def check(bulletin: Bulletin, against: Sequence[Bulletin] = ()) -> list[Finding]:
    """Return what does not fit in a bulletin, in the order of its parts; empty when everything fits.

    `against` are bulletins of other months: growth sentences and figures carried over unchanged are
    judged with them. What a partial bulletin does not show is not judged. Rules: domain, 2.4.
    """
    sheet = Sheet.of(bulletin)
    earlier = [Sheet.of(other) for other in against]
    findings = [
        *headline.check(sheet),
        *projects.check(sheet),
        *regions.check(sheet),
        *growth.check(sheet, earlier),
    ]
    return carried.check(sheet, earlier, findings)
