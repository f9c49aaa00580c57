"""Bodies, organisations, certificates, their timelines, and the returns that brought them.

Two axes of time: `effective_on` is when a thing was true, `known_on` when the register learned it.
The rows of `Certificate` and `Organisation` hold the newest knowledge for search and display; the
events hold all of it, and `queries.check` compares the two.
"""

from __future__ import annotations

from django.db import models

from zhunsheng.register.policy import BodyStatus, ImportState, Kind, Layout, State


def _choices(values: type[State | Kind | Layout | BodyStatus | ImportState]) -> list[tuple[str, str]]:
    return [(v.value, v.value) for v in values]


# A live certificate's end date, or the end of its suspension where that comes first.
NEXT_ON = models.Case(
    models.When(
        models.Q(state=State.SUSPENDED.value, state_until__isnull=False)
        & (models.Q(expires_on__isnull=True) | models.Q(state_until__lte=models.F("expires_on"))),
        then=models.F("state_until"),
    ),
    models.When(state__in=[State.VALID.value, State.SUSPENDED.value], then=models.F("expires_on")),
    default=None,
)


class Import(models.Model):
    """One return or table brought in, from upload to result; background work is done on this row.

    `message` is the Chinese source text of why it failed, `message_params` fill it when it is shown.
    """

    kind = models.CharField(max_length=20)
    layout = models.CharField(max_length=20, blank=True)
    file_name = models.CharField(max_length=255)
    stored = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    body = models.ForeignKey("register.Body", models.PROTECT, null=True, related_name="imports")
    by = models.CharField(max_length=150)
    known_on = models.DateField()
    state = models.CharField(max_length=10, choices=_choices(ImportState))
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempt = models.IntegerField(default=0)
    stage = models.CharField(max_length=30, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    findings_count = models.BigIntegerField(default=0)
    rejects_file = models.CharField(max_length=255, blank=True)
    message = models.TextField(blank=True)
    message_params = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)

    class Meta:
        """Newest first; an ended import has an end."""

        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running"], finished_at__isnull=True)
                | models.Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="register_import_ended_has_an_end",
            )
        ]

    def __str__(self) -> str:
        """Show file and state."""
        return f"{self.file_name} {self.state}"


class Finding(models.Model):
    """Something odd or unlawful in an accepted row, kept as evidence."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="findings")
    row = models.BigIntegerField()
    number = models.CharField(max_length=60, blank=True)
    field = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)

    class Meta:
        """In the order of the file."""

        ordering = ("source", "row", "id")

    def __str__(self) -> str:
        """Show where and what."""
        return f"{self.row} {self.field} {self.code}"


class Body(models.Model):
    """A certification body as approved by the authority."""

    approval_no = models.CharField(max_length=30, unique=True)
    code = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    region = models.CharField(max_length=8, default="unknown")
    status = models.CharField(max_length=10, choices=_choices(BodyStatus))
    approved_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    reported_on = models.DateField(null=True)

    class Meta:
        """By approval number."""

        ordering = ("approval_no",)

    def __str__(self) -> str:
        """Show the name."""
        return self.name


class BodyScope(models.Model):
    """A scheme (at any level of the tree) for which a body is approved, and when."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="scopes")
    scheme = models.ForeignKey("standards.Scheme", models.PROTECT, related_name="+")
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        """A scheme is approved once a body at a time."""

        ordering = ("body", "scheme")
        constraints = [models.UniqueConstraint(fields=["body", "scheme"], name="register_scope_is_one_row")]

    def __str__(self) -> str:
        """Show body and scheme."""
        return f"{self.body_id} {self.scheme_id}"


class Organisation(models.Model):
    """A certified organisation: `key` is its credit code, or name and country where it has none.

    Several bodies report the same organisation. `stated_on` is the date of the certificate or change
    that its name and address come from: an older paper does not rename it. `known_on` is the date of
    the newest knowledge in the row.
    """

    key = models.CharField(max_length=320, unique=True)
    code = models.CharField(max_length=18, blank=True)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=3, blank=True)
    district = models.CharField(max_length=6, blank=True)
    region = models.CharField(max_length=8)
    address = models.TextField(blank=True)
    stated_on = models.DateField(null=True)
    known_on = models.DateField(null=True)

    class Meta:
        """By id: the order of arrival."""

        ordering = ("id",)
        indexes = [models.Index(fields=["region"], name="register_org_of_region")]

    def __str__(self) -> str:
        """Show the name."""
        return self.name


class OrganisationEvent(models.Model):
    """What the register learned of an organisation; `effective_on` empty means as far back as anyone asks."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="events", db_index=False)
    effective_on = models.DateField(null=True)
    known_on = models.DateField()
    name = models.CharField(max_length=300)
    region = models.CharField(max_length=8)
    changes = models.JSONField(null=True)
    source = models.ForeignKey(Import, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        """In the order in which they became known."""

        ordering = ("organisation", "known_on", "id")
        indexes = [models.Index(fields=["organisation", "known_on"], name="register_orgevent_timeline")]

    def __str__(self) -> str:
        """Show the name it gave."""
        return self.name


class Certificate(models.Model):
    """One certificate as last reported. "Expired" is computed from `expires_on`, never stored by a clock.

    `state_on`, `state_reason` and `state_until` are what was last reported of the state itself: its own
    date, its cause and the end of a suspension. `known_on` is the date of the newest knowledge in the row.
    `next_on` is the next day on which time alone changes or demands something; the database derives it.
    `digest` tells the row of a return that the certificate and its holder still are as it said
    (`importing.recognising`); whatever changes either of them otherwise empties it.
    """

    number = models.CharField(max_length=60)
    body = models.ForeignKey(Body, models.PROTECT, related_name="certificates", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="certificates")
    scheme = models.ForeignKey("standards.Scheme", models.PROTECT, related_name="+", db_index=False)
    layout = models.CharField(max_length=12, choices=_choices(Layout))
    national_code = models.CharField(max_length=20, blank=True)
    basis = models.TextField(blank=True)
    scope_text = models.TextField(blank=True)
    covered_people = models.IntegerField(null=True)
    first_issued_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    issued_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=_choices(State))
    state_on = models.DateField(null=True)
    state_reason = models.CharField(max_length=10, blank=True)
    state_until = models.DateField(null=True)
    parent_number = models.CharField(max_length=60, blank=True)
    details = models.JSONField(default=dict)
    known_on = models.DateField(null=True)
    digest = models.BigIntegerField(null=True)
    next_on = models.GeneratedField(expression=NEXT_ON, output_field=models.DateField(null=True), db_persist=True)

    class Meta:
        """A number is unique within its body; by number is how it is looked up."""

        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["number", "body"], name="register_number_unique_in_body"),
        ]
        indexes = [
            models.Index(fields=["body", "id"], name="register_cert_of_body"),
            # One day, or the days up to one, with what counts and limits need, without a look at the rows.
            models.Index(
                fields=["state", "next_on", "body"],
                name="register_cert_next",
                condition=models.Q(next_on__isnull=False),
            ),
            # The order in which a search walks the register, with every column that its filters ask for.
            models.Index(
                fields=["scheme", "state", "id", "expires_on", "issued_on", "body", "organisation"],
                name="register_cert_found",
            ),
        ]

    def __str__(self) -> str:
        """Show the number."""
        return self.number


class Event(models.Model):
    """One entry of a certificate's timeline.

    `state` is the state it leads to, empty for a mere change. `issued` and `changed` carry the
    holder, scheme and end date as they are from then on. `corrects` names an earlier event that is
    no longer believed; what was known before it stays readable.
    """

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=10, choices=_choices(Kind))
    effective_on = models.DateField()
    known_on = models.DateField()
    state = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=10, blank=True)
    until_on = models.DateField(null=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    scheme = models.ForeignKey("standards.Scheme", models.PROTECT, null=True, related_name="+", db_index=False)
    expires_on = models.DateField(null=True)
    changes = models.JSONField(null=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    source = models.ForeignKey(Import, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        """In the order of effect, then of knowledge."""

        ordering = ("certificate", "effective_on", "known_on", "id")
        indexes = [
            models.Index(fields=["certificate", "effective_on", "known_on"], name="register_event_timeline"),
            models.Index(
                fields=["corrects"], name="register_event_corrected", condition=models.Q(corrects__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind__in=["issued", "changed"])
                | models.Q(organisation__isnull=False, scheme__isnull=False),
                name="register_issued_and_changed_carry_the_whole",
            )
        ]

    def __str__(self) -> str:
        """Show kind and date."""
        return f"{self.kind} {self.effective_on}"
