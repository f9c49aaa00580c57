"""Persons, the parties they act for, the role in which they do, and the tokens of their programs."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from zhunsheng.people.roles import ROLES, PartyKind


class Person(AbstractUser):
    """Someone who signs in. What they may do comes from memberships only."""

    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Party(models.Model):
    """A certification body, a regulator, an organisation or a user of the data that persons act for.

    `key` is the approval number of a body, the unified social credit code of an organisation, the
    two-digit province code of a provincial regulator, any name for a user of the data, and empty for
    the national regulator.
    """

    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in PartyKind])
    key = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)

    class Meta:
        """One party is one row."""

        ordering = ("kind", "key")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="people_party_is_one_row")]

    def __str__(self) -> str:
        """Show the party's name."""
        return self.name


class Membership(models.Model):
    """A person holds a role at a party."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    party = models.ForeignKey(Party, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(name, name) for name in ROLES])

    class Meta:
        """A role is held once at a party."""

        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["person", "party", "role"], name="people_membership_is_one_row")]

    def __str__(self) -> str:
        """Show who holds what where."""
        return f"{self.person} {self.role} {self.party}"


class Token(models.Model):
    """A key with which a program reads as a person does in one of their roles; only its SHA-256 is kept.

    The key itself has 256 random bits, so its digest needs no salt and no slow hash. `last_used_on` is
    the day on which it last opened anything.
    """

    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=60)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="tokens")
    created_at = models.DateTimeField()
    expires_on = models.DateField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first; a digest belongs to one token, and every token says what it is for."""

        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="people_token_digest_is_one"),
            models.CheckConstraint(condition=~models.Q(name=""), name="people_token_has_a_name"),
        ]

    def __str__(self) -> str:
        """Show what it is for."""
        return self.name
