"""Bulletins kept by this instance, the making of drafts in the background, and the newsletters made around them.

What is published never changes: triggers of the database refuse it (migration 0003).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhunsheng.bulletin.policy import JobState, State

STATES = [(state.value, state.value) for state in State]


def _together(who: str, when: str) -> Q:
    """A name and an instant that are both there or both not."""
    return Q(**{f"{when}__isnull": True, who: ""}) | Q(Q(**{f"{when}__isnull": False}) & ~Q(**{who: ""}))


class MonthlyBulletin(models.Model):
    """One version of a month's bulletin as a document; `known_on` and `counts_suspended` say how it was made.

    `explanations` has a sentence for each warning of the check, by the warning's key. A correction 更正 names
    the version that it `corrects`, what was wrong in it and why.
    """

    PUBLISHED = "published"
    MADE = "made"

    month = models.CharField(max_length=7)
    origin = models.CharField(max_length=10, choices=[(PUBLISHED, PUBLISHED), (MADE, MADE)])
    known_on = models.DateField(null=True)
    counts_suspended = models.BooleanField(default=False)
    source = models.CharField(max_length=300, blank=True)
    document = models.JSONField()
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=STATES, default=State.DRAFT.value)
    explanations = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=150, blank=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=150, blank=True)
    version = models.PositiveSmallIntegerField(default=0)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    what_was_wrong = models.TextField(blank=True)
    why_wrong = models.TextField(blank=True)

    class Meta:
        """Newest month first; the one published elsewhere before the one made here; the newest version first."""

        ordering = ("-month", "-origin", "-version", "-known_on", "counts_suspended", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "origin", "version"], condition=Q(state="published"), name="bulletin_version_is_one"
            ),
            models.UniqueConstraint(
                fields=["month", "known_on", "counts_suspended"],
                condition=~Q(state="published"),
                name="bulletin_draft_is_one",
            ),
            models.CheckConstraint(
                condition=Q(origin="published") | Q(known_on__isnull=False),
                name="bulletin_made_says_what_was_known",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False, version__gte=1)
                | Q(~Q(state="published"), published_at__isnull=True, version=0),
                name="bulletin_published_has_a_version",
            ),
            models.CheckConstraint(
                condition=_together("published_by", "published_at") & _together("checked_by", "checked_at"),
                name="bulletin_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, what_was_wrong="")
                | Q(Q(corrects__isnull=False) & ~Q(what_was_wrong="") & ~Q(why_wrong="")),
                name="bulletin_correction_says_why",
            ),
            models.CheckConstraint(condition=~Q(corrects=F("id")), name="bulletin_corrects_another"),
        ]

    def __str__(self) -> str:
        """Show month and origin."""
        return f"{self.month} {self.origin} {self.state}"


class KeptCheck(models.Model):
    """What the check says of a bulletin, in each language; done anew when a bulletin it is compared with arrives."""

    bulletin = models.OneToOneField(MonthlyBulletin, models.CASCADE, related_name="kept_check")
    findings = models.JSONField()
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        """Show of which bulletin it is."""
        return f"check of {self.bulletin_id}"


class Making(models.Model):
    """The making of a draft, done in the background under a lease."""

    month = models.CharField(max_length=7)
    known_on = models.DateField()
    counts_suspended = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in JobState], default=JobState.QUEUED.value
    )
    stage = models.CharField(max_length=20, blank=True)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    message_params = models.JSONField(default=dict)
    bulletin = models.ForeignKey(MonthlyBulletin, models.SET_NULL, null=True, related_name="makings")

    class Meta:
        """Newest first; the same draft is not made twice at a time."""

        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["month", "known_on", "counts_suspended"],
                condition=Q(state__in=["queued", "running"]),
                name="bulletin_making_is_one",
            ),
        ]

    def __str__(self) -> str:
        """Show what is made."""
        return f"{self.month} as known on {self.known_on}"


class Newsletter(models.Model):
    """A body's, or the national regulator's, publication around a month's figures.

    `kind` and `key` are the party's as in a grant. `articles` are titles, bylines and Markdown in order;
    `content` is what was published, whole, so that later corrections of a bulletin do not reach into it.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=40, blank=True)
    publisher = models.CharField(max_length=200)
    name = models.CharField(max_length=60)
    issue = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    month = models.CharField(max_length=7)
    against = models.CharField(max_length=7, blank=True)
    sections = models.JSONField(default=list)
    articles = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=STATES, default=State.DRAFT.value)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=150, blank=True)
    content = models.JSONField(null=True)
    pdf = models.BinaryField(null=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    what_was_wrong = models.TextField(blank=True)
    why_wrong = models.TextField(blank=True)

    class Meta:
        """Newest first; a party has an issue once, its corrections apart."""

        ordering = ("-month", "-id")
        indexes = [models.Index(fields=["kind", "key"], name="bulletin_newsletter_party")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", "name", "issue"],
                condition=Q(corrects__isnull=True),
                name="newsletter_issue_is_one",
            ),
            models.CheckConstraint(
                condition=Q(state="published", content__isnull=False, pdf__isnull=False)
                | Q(state="draft", content__isnull=True, pdf__isnull=True),
                name="newsletter_published_is_whole",
            ),
            models.CheckConstraint(
                condition=_together("published_by", "published_at"), name="newsletter_says_who_and_when"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(state="draft") | Q(~Q(what_was_wrong="") & ~Q(why_wrong="")),
                name="newsletter_correction_says_why",
            ),
        ]

    def __str__(self) -> str:
        """Show name and issue."""
        return f"{self.name} {self.issue}"
