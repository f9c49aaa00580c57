"""What an import found: by kind of finding, and all of it as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min
from django.utils import translation

from zhunsheng.papers import sheets
from zhunsheng.register import words
from zhunsheng.register.importing import messages, rejects
from zhunsheng.register.models import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADERS = ("行号 row", "证书编号 number", *rejects.EXTRA[1:])


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


def as_csv(findings: Iterable[Finding]) -> Iterator[str]:
    """Return findings as the text of a CSV file, with the reason in Chinese and in English, as in a rejects file.

    A finding about the whole file has row 0.
    """
    rows: Iterator[list[str | int]] = (
        [f.row, f.number, f.field, f.code, *(_said(f, language) for language in ("zh-hans", "en"))] for f in findings
    )
    return sheets.csv_lines(sheets.Sheet("findings", [sheets.Column(header) for header in HEADERS], rows))


def _said(finding: Finding, language: str) -> str:
    with translation.override(language):
        return messages.say(finding.code, words.spoken(finding.params))
