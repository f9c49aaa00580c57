"""What an import found, by kind of finding."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Min

from zhunsheng.register.importing import messages
from zhunsheng.register.models import Finding


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding: how often, and the first one's sentence in the active language."""

    code: str
    count: int
    example: str


def of(import_id: int) -> list[Kind]:
    """Return the kinds of findings of an import, the most frequent first."""
    found = Finding.objects.filter(source_id=import_id).values("code").annotate(count=Count("id"), first=Min("id"))
    rows = found.order_by("-count", "code")
    params = {finding.pk: finding.params for finding in Finding.objects.filter(pk__in=[row["first"] for row in rows])}
    return [Kind(row["code"], row["count"], messages.say(row["code"], params[row["first"]])) for row in rows]
