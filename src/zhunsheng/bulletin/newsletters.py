"""Reading newsletters: what is published is everybody's, a draft is seen by its own party alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhunsheng.bulletin.models import Newsletter
from zhunsheng.bulletin.policy import State
from zhunsheng.bulletin.queries import NoSuchBulletin
from zhunsheng.codes.errors import N_
from zhunsheng.people.policy import PUBLIC, Grant, NotPermitted, require
from zhunsheng.people.roles import PartyKind, Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhunsheng.people.policy import Viewer


def parties(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the parties, kind and key, for which a viewer may write newsletters."""
    held = {(g.kind.value, g.key) for g in viewer.grants if g.permission is Permission.MAKE_NEWSLETTER}
    return sorted(held)


def require_party(viewer: Viewer, kind: str, key: str) -> None:
    """Raise NotPermitted unless the viewer may write for this party."""
    require(viewer, Permission.MAKE_NEWSLETTER)
    if Grant(Permission.MAKE_NEWSLETTER, PartyKind(kind), key) not in viewer.grants:
        raise NotPermitted(N_("您只能编写本单位的简报。"))


def _of(viewer: Viewer) -> Q:
    """The newsletters of the viewer's own parties; of none for the public."""
    mine = Q(pk__in=())
    for kind, key in parties(viewer):
        mine |= Q(kind=kind, key=key)
    return mine


def listed(viewer: Viewer = PUBLIC) -> QuerySet[Newsletter]:
    """Return the newsletters that a viewer may see, newest month first; the files stay in the database."""
    rows = Newsletter.objects.defer("pdf", "content").select_related("corrected_by", "corrects")
    return rows.filter(Q(state=State.PUBLISHED) | _of(viewer))


def one(pk: int, viewer: Viewer = PUBLIC) -> Newsletter:
    """Return a newsletter that the viewer may see. Raises NoSuchBulletin."""
    found = listed(viewer).filter(pk=pk).first()
    if found is None:
        raise NoSuchBulletin(N_("没有这一期简报。"))
    return found


def own(pk: int, viewer: Viewer) -> Newsletter:
    """Return a newsletter of one of the viewer's own parties, to be changed. Raises NotPermitted, NoSuchBulletin."""
    found = one(pk, viewer)
    require_party(viewer, found.kind, found.key)
    return found


def mine(newsletter: Newsletter, viewer: Viewer) -> bool:
    """Tell whether a newsletter is of one of the viewer's own parties."""
    return (newsletter.kind, newsletter.key) in parties(viewer)
