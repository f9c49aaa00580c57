"""Persons, the parties they act for, and the role in which they do."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from zhunsheng.people.roles import ROLES, PartyKind


class Person(AbstractUser):
    """Someone who signs in. What they may do comes from memberships only."""

    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Party(models.Model):
    """A certification body, a regulator or an organisation that persons act for.

    `key` is the approval number of a body, the unified social credit code of an organisation, the
    two-digit province code of a provincial regulator, and empty for the national one.
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
    role = models.CharField(max_length=30, choices=[(name, role.title) for name, role in ROLES.items()])

    class Meta:
        """A role is held once at a party."""

        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["person", "party", "role"], name="people_membership_is_one_row")]

    def __str__(self) -> str:
        """Show who holds what where."""
        return f"{self.person} {self.role} {self.party}"
