"""The scheme tree, standards and editions as tables; the rows come from the data files (`actions.load`)."""

from __future__ import annotations

from django.db import models

from zhunsheng.standards.editions import Status

# A mask of bits has to fit a signed 64-bit integer on every engine.
HIGHEST_BIT = 62


class Scheme(models.Model):
    """A group, a bulletin leaf or a project below a leaf; the fields mean what `policy.Scheme` says."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    code = models.CharField(max_length=12)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    is_leaf_of_bulletin = models.BooleanField()
    bit = models.PositiveSmallIntegerField(null=True)
    printed_order = models.PositiveSmallIntegerField(null=True)
    printed_from = models.DateField(null=True)
    printed_until = models.DateField(null=True)
    former_name = models.CharField(max_length=60)
    former_name_en = models.CharField(max_length=120)
    former_until = models.DateField(null=True)
    counted_in = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    confirmed = models.BooleanField()
    unconfirmed = models.CharField(max_length=120)
    source = models.TextField()

    class Meta:
        """A code and a bit each belong to one scheme; only a leaf has a bit."""

        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(fields=["code"], name="standards_scheme_code_is_one"),
            models.UniqueConstraint(fields=["bit"], name="standards_scheme_bit_is_one"),
            models.CheckConstraint(
                condition=models.Q(bit__isnull=True) | models.Q(bit__lte=HIGHEST_BIT), name="standards_scheme_bit_fits"
            ),
            models.CheckConstraint(
                condition=models.Q(is_leaf_of_bulletin=True, bit__isnull=False, printed_order__isnull=False)
                | models.Q(is_leaf_of_bulletin=False, bit__isnull=True),
                name="standards_scheme_leaf_has_a_bit",
            ),
            models.CheckConstraint(
                condition=models.Q(printed_from__isnull=True)
                | models.Q(printed_until__isnull=True)
                | models.Q(printed_from__lte=models.F("printed_until")),
                name="standards_scheme_printed_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed=True, unconfirmed="")
                | (models.Q(confirmed=False) & ~models.Q(unconfirmed="")),
                name="standards_scheme_names_doubts",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="standards_scheme_has_a_source"),
        ]

    def __str__(self) -> str:
        """Show code and name."""
        return f"{self.code} {self.name}"


class Standard(models.Model):
    """A standard without its edition, e.g. ISO 9001."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160)
    scheme = models.ForeignKey("standards.Scheme", models.PROTECT, null=True, related_name="standards")
    confirmed = models.BooleanField()
    unconfirmed = models.CharField(max_length=120)
    source = models.TextField()

    class Meta:
        """A name belongs to one standard."""

        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["name"], name="standards_standard_name_is_one"),
            models.CheckConstraint(
                condition=models.Q(confirmed=True, unconfirmed="")
                | (models.Q(confirmed=False) & ~models.Q(unconfirmed="")),
                name="standards_standard_names_doubts",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="standards_standard_has_a_source"),
        ]

    def __str__(self) -> str:
        """Show the name."""
        return self.name


class Edition(models.Model):
    """An edition, e.g. ISO 9001:2015; `restated` marks one whose facts the operator has set (`actions.restate`)."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    standard = models.ForeignKey("standards.Standard", models.PROTECT, related_name="editions")
    designation = models.CharField(max_length=50)
    status = models.CharField(max_length=12, choices=[(status.value, status.value) for status in Status])
    published_on = models.DateField(null=True)
    in_force_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    transition_ends_on = models.DateField(null=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="superseded_by")
    adopts = models.ForeignKey("self", models.PROTECT, null=True, related_name="adopted_by")
    confirmed = models.BooleanField()
    unconfirmed = models.CharField(max_length=120)
    source = models.TextField()
    restated = models.BooleanField(default=False)

    class Meta:
        """A designation belongs to one edition; its days come in order."""

        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["designation"], name="standards_edition_designation_is_one"),
            models.CheckConstraint(
                condition=models.Q(status__in=[status.value for status in Status]),
                name="standards_edition_status_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(published_on__isnull=True)
                | models.Q(in_force_on__isnull=True)
                | models.Q(published_on__lte=models.F("in_force_on")),
                name="standards_edition_published_then_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(published_on__isnull=True)
                | models.Q(transition_ends_on__isnull=True)
                | models.Q(published_on__lte=models.F("transition_ends_on")),
                name="standards_edition_published_then_ended",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed=True, unconfirmed="")
                | (models.Q(confirmed=False) & ~models.Q(unconfirmed="")),
                name="standards_edition_names_doubts",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="standards_edition_has_a_source"),
            models.CheckConstraint(
                condition=models.Q(supersedes__isnull=True) | ~models.Q(supersedes=models.F("id")),
                name="standards_edition_not_after_itself",
            ),
        ]

    def __str__(self) -> str:
        """Show the designation."""
        return self.designation
