"""What an import found: by kind of finding, and all of it as a file."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min
from django.utils import translation

from zhunsheng.register import words
from zhunsheng.register.importing import messages, rejects
from zhunsheng.register.models import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADERS = ("行号 row", "证书编号 number", *rejects.EXTRA[1:])
FINDINGS_A_CHUNK = 1000


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
    """Yield findings as the text of a CSV file, with the reason in Chinese and in English, as in a rejects file.

    A finding about the whole file has row 0.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    # The mark lets spreadsheets read UTF-8.
    yield "\ufeff" + _taken(out)
    for place, finding in enumerate(findings, start=1):
        said = [_said(finding, language) for language in ("zh-hans", "en")]
        writer.writerow([finding.row, *map(_safe, (finding.number, finding.field, finding.code, *said))])
        if place % FINDINGS_A_CHUNK == 0:
            yield _taken(out)
    yield _taken(out)


def _said(finding: Finding, language: str) -> str:
    with translation.override(language):
        return messages.say(finding.code, words.spoken(finding.params))


def _safe(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; a signed number is no formula."""
    return f"'{text}" if re.search(rejects.FORMULA, text) and not re.search(rejects.NUMBER, text) else text


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
