"""A check done once and kept: its findings in each language of the site, and the name of a finding."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation

from zhunsheng.bulletin.checking import check
from zhunsheng.bulletin.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zhunsheng.bulletin.model import Bulletin

KEY_CHARACTERS = 12
ERROR, WARNING = "error", "warning"


def in_every_language(bulletin: Bulletin, against: Sequence[Bulletin]) -> dict[str, list[dict[str, str | None]]]:
    """Return what the check says, to be kept: by language, each finding in its JSON shape."""
    said = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said[language] = [finding.to_json() for finding in check(bulletin, against)]
    return said


def read(kept: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Finding]:
    """Return kept findings in the active language, else in the site's own."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return [Finding(**one) for one in kept.get(language) or kept[settings.LANGUAGE_CODE]]


def key(finding: Finding) -> str:
    """Return a short name of a finding: its cell and what is printed there, the same in every language.

    What is expected may be said in words, so it takes no part; several findings of one cell are explained together.
    """
    about = (finding.level, finding.table, finding.row, finding.column, finding.printed)
    return hashlib.sha256(json.dumps(about, ensure_ascii=False).encode()).hexdigest()[:KEY_CHARACTERS]


def to_explain(findings: Iterable[Finding], explanations: Mapping[str, str]) -> list[Finding]:
    """Return the warnings that nobody has explained in words."""
    return [f for f in findings if f.level == WARNING and not explanations.get(key(f), "").strip()]


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that cannot be right."""
    return [f for f in findings if f.level == ERROR]
