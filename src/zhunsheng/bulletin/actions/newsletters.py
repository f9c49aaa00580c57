"""Writing newsletters: started, edited article by article, published whole, corrected by a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from zhunsheng.bulletin import articles, issues, newsletters
from zhunsheng.bulletin.models import Newsletter
from zhunsheng.bulletin.policy import NEWSLETTER, Overtaken, Refused, State, Step, after, gate
from zhunsheng.codes.errors import N_
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from datetime import datetime

    from zhunsheng.people.policy import Viewer

MOST_ARTICLES = 30
FIELDS = ("name", "issue", "title", "month", "against", "sections", "what_was_wrong", "why_wrong")


class CannotChange(Refused):
    """The newsletter has no such article, no room for one more, or is there already."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, when, and at which revision they saw the newsletter: a later one is not written over."""

    viewer: Viewer
    by: str
    at: datetime
    revision: int = 0


@transaction.atomic
def start(
    *, kind: str, key: str, publisher: str, name: str, issue: str, title: str, month: str, writer: Writer
) -> Newsletter:
    """Start a newsletter of a party for which the viewer may write, with all ready sections.

    The same one that is still a draft, from a form sent twice, is returned. Raises NotPermitted, CannotChange where
    the party has the issue already.
    """
    newsletters.require_party(writer.viewer, kind, key)
    same = {"kind": kind, "key": key, "name": name, "issue": issue, "corrects": None}
    started = {"publisher": publisher, "title": title, "month": month, "sections": list(issues.SECTIONS)}
    started |= {"state": after(NEWSLETTER, None, Step.MAKE), **_edited(writer)}
    made, created = Newsletter.objects.get_or_create(**same, defaults=started)
    if created:
        _record("newsletter.start", made, writer)
    elif (made.state, made.title, made.month) != (State.DRAFT, title, month):
        raise _there(name, issue)
    return made


@transaction.atomic
def edit(*, pk: int, values: dict[str, Any], writer: Writer) -> Newsletter:
    """Change what stands at a draft's head, its month and its ready sections; only `FIELDS` are taken.

    Raises CannotChange where the party has the issue already, Overtaken, Refused.
    """
    found = newsletters.own(pk, writer.viewer)
    changes = {name: values[name] for name in FIELDS if name in values}
    name, issue = changes.get("name", found.name), changes.get("issue", found.issue)
    own = Newsletter.objects.filter(kind=found.kind, key=found.key, corrects=None).exclude(pk=pk)
    if found.corrects_id is None and own.filter(name=name, issue=issue).exists():
        raise _there(name, issue)
    return _change(found, changes, writer)


@transaction.atomic
def put_article(*, pk: int, place: int | None, title: str, byline: str, text: str, writer: Writer) -> Newsletter:
    """Write an article at its place, from nought, or behind the last one.

    Raises articles.CannotBeSet for one that cannot stand on a page, CannotChange, Overtaken, Refused.
    """
    articles.read(text)
    found = newsletters.own(pk, writer.viewer)
    written = [dict(one) for one in found.articles]
    article = {"title": title, "byline": byline, "text": text}
    if place is None:
        if len(written) >= MOST_ARTICLES:
            raise CannotChange(N_("一期最多 %(most)s 篇文章。"), most=MOST_ARTICLES)
        written.append(article)
    else:
        _demand(written, place)
        written[place] = article
    return _change(found, {"articles": written}, writer)


@transaction.atomic
def move_article(*, pk: int, place: int, up: bool, writer: Writer) -> Newsletter:
    """Change an article's place with the one before or behind it; at the end it stays."""
    found = newsletters.own(pk, writer.viewer)
    written = list(found.articles)
    _demand(written, place)
    other = place - 1 if up else place + 1
    if 0 <= other < len(written):
        written[place], written[other] = written[other], written[place]
    return _change(found, {"articles": written}, writer)


@transaction.atomic
def remove_article(*, pk: int, place: int, writer: Writer) -> Newsletter:
    """Take an article out."""
    found = newsletters.own(pk, writer.viewer)
    written = list(found.articles)
    _demand(written, place)
    return _change(found, {"articles": written[:place] + written[place + 1 :]}, writer)


@transaction.atomic
def publish(*, pk: int, writer: Writer) -> Newsletter:
    """Publish a draft for good: its figures are frozen and its PDF is kept as it is set now.

    A correction needs what was wrong and why. Raises CannotChange, also for an issue without any content, Refused,
    Overtaken, NotPermitted, CannotSet.
    """
    found = newsletters.own(pk, writer.viewer)
    state = State(found.state)
    reached = after(NEWSLETTER, state, Step.PUBLISH)
    if found.corrects_id is not None and not (found.what_was_wrong.strip() and found.why_wrong.strip()):
        raise CannotChange(N_("更正要写明哪里错了和为什么；请先在简报的抬头里填写。"))
    if not found.articles and not found.sections:
        raise CannotChange(N_("这一期还没有内容：请写一篇文章，或选一个现成的栏目。"))
    content = issues.frozen(found)
    found.content, found.published_at, found.published_by = content, writer.at, writer.by
    done = {"content": content, "pdf": issues.as_pdf(found), "published_at": writer.at, "published_by": writer.by}
    _move(found, {**done, "state": reached}, writer)
    _record("newsletter.publish", found, writer)
    found.refresh_from_db()
    return found


@transaction.atomic
def correct(*, pk: int, writer: Writer) -> Newsletter:
    """Start the correction of a published newsletter: a draft like it; one already started is returned."""
    old = newsletters.own(pk, writer.viewer)
    if State(old.state) is not State.PUBLISHED:
        raise Refused(N_("草稿可以直接修改，不需要更正。"))
    same = ("kind", "key", "publisher", "name", "issue", "title", "month", "against", "sections", "articles")
    started = {name: getattr(old, name) for name in same}
    started |= {"state": after(NEWSLETTER, None, Step.MAKE), **_edited(writer)}
    made, created = Newsletter.objects.get_or_create(corrects=old, defaults=started)
    if created:
        _record("newsletter.correct", made, writer)
    return made


@transaction.atomic
def discard(*, pk: int, writer: Writer) -> None:
    """Throw a draft away. Raises Refused for what is published."""
    found = newsletters.own(pk, writer.viewer)
    state = State(found.state)
    gate(NEWSLETTER, state, Step.DISCARD)
    if not Newsletter.objects.filter(pk=pk, state=state, revision=writer.revision).delete()[0]:
        raise _overtaken()
    _record("newsletter.discard", found, writer)


def _edited(writer: Writer) -> dict[str, Any]:
    """Who begins a newsletter is also the last to have edited it."""
    return {"made_at": writer.at, "made_by": writer.by, "edited_at": writer.at, "edited_by": writer.by}


def _there(name: str, issue: str) -> CannotChange:
    return CannotChange(N_("《%(name)s》%(issue)s已经有了。请打开那一期，或换一个期号。"), name=name, issue=issue)


def _demand(written: list[Any], place: int) -> None:
    if not 0 <= place < len(written):
        raise CannotChange(N_("没有这篇文章，可能已被移走。请重新打开这一期。"))


def _change(found: Newsletter, values: dict[str, Any], writer: Writer) -> Newsletter:
    """Write to a draft that is still as the writer saw it, and put that on record."""
    reached = after(NEWSLETTER, State(found.state), Step.EDIT)
    _move(found, {**values, "state": reached, "edited_at": writer.at, "edited_by": writer.by}, writer)
    _record("newsletter.edit", found, writer)
    found.refresh_from_db()
    return found


def _move(found: Newsletter, values: dict[str, Any], writer: Writer) -> None:
    rows = Newsletter.objects.filter(pk=found.pk, state=found.state, revision=writer.revision)
    try:
        with transaction.atomic():
            moved = rows.update(**values, revision=F("revision") + 1)
    except IntegrityError:
        raise _overtaken() from None
    if not moved:
        raise _overtaken()


def _overtaken() -> Overtaken:
    return Overtaken(N_("这一期刚被别人改过，您的改动没有保存。请重新打开后再做。"))


def _record(action: str, about: Newsletter, writer: Writer) -> None:
    detail = {"name": about.name, "issue": about.issue, "revision": about.revision}
    trail.record(at=writer.at, by=writer.by, action=action, subject=f"newsletter:{about.pk}", detail=detail)
