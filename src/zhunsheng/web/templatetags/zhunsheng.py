"""Template filters: states with word, shape and colour; grouped figures; dates; names in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhunsheng.bulletin import words as bulletin_words
from zhunsheng.codes import regions
from zhunsheng.codes.errors import N_
from zhunsheng.papers.strips import SHAPES
from zhunsheng.register import words
from zhunsheng.register.importing import messages
from zhunsheng.register.policy import BodyStatus, ImportState, Kind, State, Verdict, state_with_end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from zhunsheng.register.queries import AsKnown

register = template.Library()
NOTHING = "—"
BODY_TONES: dict[str, str] = {
    BodyStatus.APPROVED: "good",
    BodyStatus.SUSPENDED: "held",
    BodyStatus.REVOKED: "ended",
    BodyStatus.CANCELLED: "ended",
    BodyStatus.EXPIRED: "ended",
}
VERDICT_TONES: dict[str, str] = {
    Verdict.IN_TIME: "good",
    Verdict.LATE: "held",
    Verdict.NOT_SEEN: "ended",
    Verdict.NOT_DUE: "unknown",
    Verdict.CANNOT_TELL: "unknown",
}
IMPORT_TONES: dict[str, str] = {
    ImportState.QUEUED: "unknown",
    ImportState.RUNNING: "held",
    ImportState.DONE: "good",
    ImportState.FAILED: "ended",
}
PUBLICATION_TONES = {"draft": "unknown", "checked": "held", "published": "good"}
JOB_TONES = {"queued": "unknown", "running": "held", "done": "good", "failed": "ended"}
LEVEL_TONES = {"error": "ended", "warning": "held", "note": "unknown"}
NOT_YET_ISSUED = N_("尚未颁发")
CANNOT_TELL = N_("不能断定")
NOT_YET_HEARD_OF = N_("登记当时还不知道这张证书。")
ENGLISH = "en"


def _badge(tone: str, word: str) -> SafeString:
    return format_html(
        '<span class="state state-{}"><span class="state-shape" aria-hidden="true">{}</span>{}</span>',
        tone,
        SHAPES[tone],
        word,
    )


@register.filter
def state_badge(state: str | None) -> SafeString:
    """Show a certificate's state; None is "not issued by then"."""
    if state is None:
        return _badge("unknown", _(NOT_YET_ISSUED))
    return _badge(words.TONES[state], _(words.STATES[State(state)]))


@register.filter
def state_then(then: AsKnown) -> SafeString:
    """Show a certificate's state as known on some day; what the register had not heard of it cannot tell."""
    if then.heard:
        return state_badge(then.state)
    return format_html("{} {}", _badge("unknown", _(CANNOT_TELL)), _(NOT_YET_HEARD_OF))


@register.simple_tag
def state_today(state: str, expires_on: date | None, today: date) -> SafeString:
    """Show a certificate's state as of today from the newest knowledge."""
    return state_badge(state_with_end(State(state), expires_on, today))


@register.filter
def body_badge(status: str) -> SafeString:
    """Show whether a body's approval stands."""
    return _badge(BODY_TONES[status], _(words.BODY_STATUSES[BodyStatus(status)]))


@register.filter
def verdict_badge(verdict: str) -> SafeString:
    """Show whether a month's return came in time."""
    return _badge(VERDICT_TONES[verdict], _(words.VERDICTS[Verdict(verdict)]))


@register.filter
def import_badge(state: str) -> SafeString:
    """Show how far an import is."""
    return _badge(IMPORT_TONES[state], _(words.IMPORT_STATES[ImportState(state)]))


@register.filter
def level_badge(level: str) -> SafeString:
    """Show how grave a finding of the bulletin's check is."""
    return _badge(LEVEL_TONES[level], _(bulletin_words.LEVELS[level]))


@register.filter
def publication_badge(state: str) -> SafeString:
    """Show whether a bulletin or a newsletter is a draft, checked or published."""
    return _badge(PUBLICATION_TONES[state], _(bulletin_words.STATES[state]))


@register.filter
def job_badge(state: str) -> SafeString:
    """Show how far the making of a bulletin is."""
    return _badge(JOB_TONES[state], _(bulletin_words.JOB_STATES[state]))


@register.filter
def job_stage(stage: str) -> str:
    """Show what the making of a bulletin is doing."""
    return _(bulletin_words.STAGES[stage]) if stage in bulletin_words.STAGES else stage


@register.filter
def grouped(value: object) -> str:
    """Group the digits of a whole number by threes; text stays as it is, nothing is a dash."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    return f"{int(text):,}" if text.isascii() and text.isdigit() else text


@register.filter
def signed(value: object) -> str:
    """Show a change with its sign, a count grouped, a percentage as it is; nothing is a dash."""
    if value is None or value == "":
        return NOTHING
    return bulletin_words.signed(value if isinstance(value, int) else str(value))


@register.filter
def day(value: date | None) -> str:
    """Show a date as 2026-01-31, nothing as a dash; an instant is shown as its day in Shanghai."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return value.isoformat() if value else NOTHING


@register.filter
def moment(value: datetime | None) -> str:
    """Show an instant as 2026-01-31 14:05 in Shanghai."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else NOTHING


@register.filter
def region_name(code: str) -> str:
    """Show a region by its code."""
    region = regions.BY_CODE.get(code, regions.UNKNOWN)
    return region.name_en if get_language() == ENGLISH else region.name


@register.filter
def scheme_name(code: str) -> str:
    """Show a scheme by its code."""
    return words.scheme(code)


@register.filter
def row_name(name: str) -> str:
    """Show a bulletin's row, or a scheme, by its printed name."""
    return bulletin_words.row_name(name)


@register.filter
def table_name(table: str) -> str:
    """Show a part of a bulletin."""
    return bulletin_words.table_name(table)


@register.filter
def column_head(column: str) -> str:
    """Show the head of a bulletin's column."""
    return bulletin_words.column_head(column)


@register.filter
def column_name(column: str) -> str:
    """Show a bulletin's column."""
    return bulletin_words.column_name(column)


@register.filter
def kind_word(kind: str) -> str:
    """Show what happened to a certificate."""
    return _(words.KINDS[Kind(kind)])


@register.filter
def layout_name(name: str) -> str:
    """Show a layout of the returns."""
    return words.layout(name)


@register.filter
def import_kind(kind: str) -> str:
    """Show what an import brings."""
    return _(words.IMPORT_KINDS[kind]) if kind in words.IMPORT_KINDS else kind


@register.filter
def stage_name(stage: str) -> str:
    """Show what an import is doing."""
    return _(words.STAGES[stage]) if stage in words.STAGES else stage


@register.filter
def field_name(name: str) -> str:
    """Show a field of the returns, its name behind; a finding about the whole row has none."""
    if not name:
        return NOTHING
    label = words.field(name)
    return label if label == name else f"{label} ({name})"


@register.filter
def finding_text(code: str, params: Mapping[str, object]) -> str:
    """Say what is odd in an accepted row, from the finding's code and parameters."""
    return messages.say(code, words.spoken(params))


@register.filter
def in_words(text: str) -> str:
    """Translate a text that a floor without Django marked for translation."""
    return _(text) if text else ""
