"""A bulletin's way from draft to publication, and that what is published stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, connection, transaction

from zhunsheng.bulletin import actions, checks, published, queries
from zhunsheng.bulletin.actions import NotReady
from zhunsheng.bulletin.models import MonthlyBulletin
from zhunsheng.bulletin.policy import Overtaken, Refused
from zhunsheng.people.policy import PUBLIC, NotPermitted, Viewer, grants_of
from zhunsheng.trail import queries as trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.bulletin.model import Bulletin

pytestmark = pytest.mark.django_db

AT = datetime(2025, 8, 11, 2, 0, tzinfo=UTC)
KNOWN = date(2025, 8, 10)
MONTH = "2025-07"
OTHERS = [
    PUBLIC,
    Viewer("body", grants_of("body_staff", "body", "CNCA-R-2099-901")),
    Viewer("province", grants_of("regulator", "regulator", "44")),
    Viewer("holder", grants_of("holder", "organisation", "X")),
]


def whole(month: str = MONTH) -> Bulletin:
    """A bulletin with two warnings and no error: the one of July 2025 without its sentences about growth."""
    return replace(published.load(MONTH), month=month, growth=())


def draft(bulletin: Bulletin | None = None, known: date = KNOWN) -> MonthlyBulletin:
    """Keep a draft."""
    return actions.keep(bulletin=bulletin or whole(), origin="made", known_on=known, by="maker", at=AT)


def step(kept: MonthlyBulletin, viewer: Viewer, **more: Any) -> dict[str, Any]:
    """What a step says."""
    return {"pk": kept.pk, "digest": kept.sha256, "viewer": viewer, "by": viewer.name, "at": AT, **more}


def explained(kept: MonthlyBulletin) -> dict[str, str]:
    """Words for every warning."""
    return {checks.key(f): "没有地区的组织。" for f in queries.findings(kept) if f.level == "warning"}


def out(viewer: Viewer, bulletin: Bulletin | None = None, known: date = KNOWN, **correction: str) -> MonthlyBulletin:
    """Make, check and publish a bulletin."""
    kept = draft(bulletin, known)
    actions.self_check(**step(kept, viewer), explanations=explained(kept))
    return actions.publish(**step(kept, viewer, **correction))


def less(bulletin: Bulletin, by: int = 1) -> Bulletin:
    """The same bulletin with fewer organisations in one project, which nothing adds up against."""
    rows = tuple(
        replace(r, organisations=(r.organisations or 0) - by) if r.name == "一般服务认证" else r
        for r in bulletin.projects
    )
    return replace(bulletin, projects=rows)


def test_who_and_when_are_kept_at_every_step_with_one_entry_each(viewer_all: Viewer) -> None:
    kept = draft()
    assert (kept.state, kept.made_by, kept.made_at) == ("draft", "maker", AT)
    later = AT + timedelta(hours=1)
    kept = actions.self_check(**step(kept, viewer_all, at=later), explanations=explained(kept))
    assert (kept.state, kept.checked_by, kept.checked_at) == ("checked", viewer_all.name, later)
    kept = actions.publish(**step(kept, viewer_all, at=later + timedelta(hours=1)))
    assert (kept.state, kept.published_by, kept.version) == ("published", viewer_all.name, 1)
    assert kept.published_at == later + timedelta(hours=1)
    entries = trail.about(f"bulletin:{kept.pk}").order_by("id").values_list("action", flat=True)
    assert list(entries) == ["bulletin.check", "bulletin.publish"]


def test_a_draft_is_seen_by_the_nations_regulator_alone_until_it_is_published(viewer_all: Viewer) -> None:
    kept = draft()
    assert queries.kept(kept.pk, viewer_all) == kept
    for viewer in OTHERS:
        with pytest.raises(queries.NoSuchBulletin):
            queries.kept(kept.pk, viewer)
        assert not queries.listed(viewer).exists()
    actions.self_check(**step(kept, viewer_all), explanations=explained(kept))
    actions.publish(**step(kept, viewer_all))
    assert all(queries.kept(kept.pk, viewer) == kept for viewer in OTHERS)


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda v: v.name or "public")
def test_nobody_else_can_take_a_step(viewer: Viewer) -> None:
    kept = draft()
    acts: list[Callable[[], object]] = [
        lambda: actions.self_check(**step(kept, viewer), explanations=explained(kept)),
        lambda: actions.publish(**step(kept, viewer)),
        lambda: actions.discard(**step(kept, viewer)),
        lambda: actions.order(
            month=MONTH, known_on=KNOWN, counts_suspended=False, viewer=viewer, by="x", at=AT + timedelta(days=1)
        ),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    kept.refresh_from_db()
    assert kept.state == "draft"


def test_a_warning_needs_words_and_blank_ones_are_none(viewer_all: Viewer) -> None:
    kept = draft()
    words = explained(kept)
    assert len(words) >= 2
    last = next(iter(words))
    for said in ({}, words | {last: "  \n "}, {k: v for k, v in words.items() if k != last}):
        with pytest.raises(NotReady, match="存疑"):
            actions.self_check(**step(kept, viewer_all), explanations=said)
    actions.self_check(**step(kept, viewer_all), explanations=words | {"nonsense": "x"})
    kept.refresh_from_db()
    assert kept.explanations == words


def test_an_error_blocks_the_check_and_the_publication(viewer_all: Viewer) -> None:
    kept = draft()
    actions.self_check(**step(kept, viewer_all), explanations=explained(kept))
    wrong = whole()
    total = replace(wrong.projects[0], certificates=(wrong.projects[0].certificates or 0) + 1)
    kept = draft(replace(wrong, projects=(total, *wrong.projects[1:])))
    assert kept.state == "draft"
    with pytest.raises(NotReady, match="错误"):
        actions.self_check(**step(kept, viewer_all), explanations=explained(kept))
    with pytest.raises(Refused):
        actions.publish(**step(kept, viewer_all))


def test_a_draft_is_not_published_before_its_check(viewer_all: Viewer) -> None:
    kept = draft()
    with pytest.raises(Refused, match="自检"):
        actions.publish(**step(kept, viewer_all))


def test_figures_made_again_must_be_checked_again_and_an_old_page_publishes_nothing(viewer_all: Viewer) -> None:
    kept = draft()
    seen = step(kept, viewer_all)
    actions.self_check(**seen, explanations=explained(kept))
    again = draft(less(whole()))
    assert (again.pk, again.state, again.checked_at) == (kept.pk, "draft", None)
    with pytest.raises(Overtaken):
        actions.self_check(**seen, explanations=explained(again))
    actions.self_check(**step(again, viewer_all), explanations=explained(again))
    with pytest.raises(Overtaken):
        actions.publish(**seen)
    assert not queries.listed().exists()


def test_nothing_of_ours_changes_what_is_published(viewer_all: Viewer) -> None:
    kept = out(viewer_all)
    before = MonthlyBulletin.objects.filter(pk=kept.pk).values().get()
    acts: list[Callable[[], object]] = [
        lambda: actions.self_check(**step(kept, viewer_all), explanations={}),
        lambda: actions.publish(**step(kept, viewer_all)),
        lambda: actions.discard(**step(kept, viewer_all)),
        lambda: draft(less(whole())),
        draft,
        lambda: actions.keep(bulletin=whole("2025-06"), origin="published", by="x", at=AT),
        lambda: MonthlyBulletin.objects.filter(pk=kept.pk).update(document={}),
        lambda: MonthlyBulletin.objects.filter(pk=kept.pk).update(state="draft", version=0, published_at=None),
        lambda: MonthlyBulletin.objects.filter(pk=kept.pk).delete(),
        kept.save,
        lambda: MonthlyBulletin.objects.bulk_update([kept], ["document"]),
    ]
    refused = 0
    for act in acts:
        try:
            with transaction.atomic():
                act()
        except (Refused, Error):
            refused += 1
    # Keeping a draft or another month beside it is no change of it.
    assert refused == len(acts) - 3
    assert MonthlyBulletin.objects.filter(pk=kept.pk).values().get() == before


def test_the_figures_published_made_again_are_no_new_draft(viewer_all: Viewer) -> None:
    kept = out(viewer_all)
    assert draft().pk == kept.pk
    assert queries.listed(viewer_all).count() == 1


def test_a_correction_is_a_new_version_and_both_stay_readable(viewer_all: Viewer) -> None:
    old = out(viewer_all)
    new = draft(less(whole()), KNOWN + timedelta(days=30))
    actions.self_check(**step(new, viewer_all), explanations=explained(new))
    with pytest.raises(NotReady, match="哪里错了"):
        actions.publish(**step(new, viewer_all), what_was_wrong="数字", why_wrong=" ")
    new = actions.publish(**step(new, viewer_all), what_was_wrong="多数一家", why_wrong="重复计数")
    assert (new.version, new.corrects, new.what_was_wrong) == (2, old, "多数一家")
    assert queries.of_month(MONTH) == new
    assert queries.kept(old.pk).corrected_by == new
    assert queries.document(queries.kept(old.pk)) == whole()
    assert list(queries.standing()) == [new]
    assert queries.versions(old) == [new, old]


def test_a_correction_that_changes_no_cell_is_refused(viewer_all: Viewer) -> None:
    out(viewer_all)
    same = draft(known=KNOWN + timedelta(days=30))
    actions.self_check(**step(same, viewer_all), explanations=explained(same))
    with pytest.raises(NotReady, match="没有一格不同"):
        actions.publish(**step(same, viewer_all), what_was_wrong="甲", why_wrong="乙")


def test_a_publication_of_others_read_otherwise_is_corrected_not_changed() -> None:
    first = actions.keep(bulletin=whole(), origin="published", source="甲", by="x", at=AT)
    assert actions.keep(bulletin=whole(), origin="published", source="甲", by="x", at=AT) == first
    second = actions.keep(bulletin=less(whole()), origin="published", source="甲", by="x", at=AT)
    assert (second.version, second.corrects) == (2, first)
    assert queries.document(queries.kept(first.pk)) == whole()


def test_findings_are_kept_and_made_anew_when_a_month_to_compare_with_arrives(viewer_all: Viewer) -> None:
    july = actions.keep(bulletin=published.load(MONTH), origin="published", by="x", at=AT)
    # The text says that certificates grew since March 2025, whose bulletin is not here.
    assert any(f.table == "growth" and f.column == "since" for f in queries.findings(july))
    march = replace(whole(), month="2025-03")
    later = AT + timedelta(days=1)
    actions.keep(bulletin=march, origin="published", by="x", at=later)
    july = queries.kept(july.pk)
    assert not any(f.column == "since" for f in queries.findings(july))
    assert july.kept_check.checked_at == later


def test_findings_are_said_in_the_readers_language(viewer_all: Viewer) -> None:
    from django.utils import translation

    kept = draft()
    with translation.override("en"):
        english = queries.findings(kept)
    chinese = queries.findings(kept)
    assert [checks.key(f) for f in english] == [checks.key(f) for f in chinese]
    assert all(a.why != b.why for a, b in zip(english, chinese, strict=True))


def test_a_discarded_draft_is_gone_and_on_record(viewer_all: Viewer) -> None:
    kept = draft()
    with pytest.raises(Overtaken):
        actions.discard(**step(kept, viewer_all, digest="0" * 64))
    actions.discard(**step(kept, viewer_all))
    assert not queries.listed(viewer_all).exists()
    assert trail.about(f"bulletin:{kept.pk}").get().action == "bulletin.discard"


@pytest.mark.django_db(transaction=True)
def test_of_two_drafts_published_at_the_same_moment_one_is_the_publication(viewer_all: Viewer) -> None:
    drafts = [draft(), draft(less(whole()), KNOWN + timedelta(days=1))]
    for kept in drafts:
        actions.self_check(**step(kept, viewer_all), explanations=explained(kept))
    together, answers = Barrier(len(drafts)), []

    def run(kept: MonthlyBulletin) -> None:
        together.wait()
        try:
            actions.publish(**step(kept, viewer_all))
            answers.append("published")
        except Refused as error:
            answers.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(kept,)) for kept in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The other is told that it would be a correction, or that it was overtaken.
    assert answers.count("published") == 1
    assert set(answers) <= {"published", "Overtaken", "NotReady"}
    assert queries.standing().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_draft_published_twice_at_the_same_moment_is_published_once(viewer_all: Viewer) -> None:
    kept = draft()
    actions.self_check(**step(kept, viewer_all), explanations=explained(kept))
    together, answers = Barrier(2), []

    def run() -> None:
        together.wait()
        try:
            actions.publish(**step(kept, viewer_all))
            answers.append("published")
        except Refused:
            answers.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["published", "refused"]
    assert trail.about(f"bulletin:{kept.pk}").filter(action="bulletin.publish").count() == 1
