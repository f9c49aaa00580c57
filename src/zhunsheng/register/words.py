"""The words for what the register keeps as codes: states, events, reasons, fields, in the active language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.register import layouts
from zhunsheng.register.policy import BodyStatus, ImportState, Kind, State, Verdict
from zhunsheng.standards.policy import tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.register.layouts import Code, Field, LayoutOf

STATES = {
    State.VALID: N_("有效"),
    State.SUSPENDED: N_("暂停"),
    State.WITHDRAWN: N_("撤销"),
    State.CANCELLED: N_("注销"),
    State.EXPIRED: N_("过期失效"),
    State.REPLACED: N_("已换发"),
}
# How a state is shown, beside its word: valid, held for a time, ended (design, "Look").
TONES: dict[str, str] = {
    State.VALID: "good",
    State.SUSPENDED: "held",
    State.WITHDRAWN: "ended",
    State.CANCELLED: "ended",
    State.EXPIRED: "ended",
    State.REPLACED: "ended",
}
KINDS = {
    Kind.ISSUED: N_("颁发"),
    Kind.CHANGED: N_("变更"),
    Kind.SUSPENDED: N_("暂停"),
    Kind.RESTORED: N_("恢复"),
    Kind.WITHDRAWN: N_("撤销"),
    Kind.CANCELLED: N_("注销"),
    Kind.EXPIRED: N_("过期失效"),
    Kind.REPLACED: N_("换发"),
}
BODY_STATUSES = {
    BodyStatus.APPROVED: N_("已批准"),
    BodyStatus.SUSPENDED: N_("暂停批准"),
    BodyStatus.REVOKED: N_("批准已撤销"),
    BodyStatus.CANCELLED: N_("批准已注销"),
    BodyStatus.EXPIRED: N_("批准已到期"),
}
VERDICTS = {
    Verdict.IN_TIME: N_("按期"),
    Verdict.LATE: N_("逾期"),
    Verdict.NOT_SEEN: N_("未见上报"),
    Verdict.NOT_DUE: N_("未到期"),
    Verdict.CANNOT_TELL: N_("不能断定"),
}
IMPORT_STATES = {
    ImportState.QUEUED: N_("排队中"),
    ImportState.RUNNING: N_("进行中"),
    ImportState.DONE: N_("已完成"),
    ImportState.FAILED: N_("未完成"),
}
IMPORT_KINDS = {"certificates": N_("证书"), "bodies": N_("认证机构")}

# What an import says it is doing (`actions.imports`); a stage without words here is shown as it is.
STAGES: dict[str, str] = {
    "opening": N_("打开文件"),
    "reading": N_("读取并校验"),
    "rejects": N_("写出退回的行"),
    "merging": N_("写入登记"),
    "committing": N_("落盘"),
    "done": N_("已完成"),
}

# The code table that a reason comes from: the same code means another reason under another kind of event.
REASON_TABLES: dict[str, str] = {
    Kind.SUSPENDED: "suspension_cause",
    Kind.WITHDRAWN: "withdrawal_cause",
    Kind.CANCELLED: "withdrawal_cause",
    Kind.CHANGED: "change",
    Kind.REPLACED: "exchange_cause",
    Kind.ISSUED: "exchange_cause",
}


def label(of: Code | Field | LayoutOf) -> str:
    """Return the label of a field, code or layout in the active language."""
    return of.label_en if get_language() == "en" and of.label_en else of.label


def code(table: str, value: str) -> str:
    """Return a code in words with the code behind; one that its table does not have stays as reported."""
    found = next((c for c in layouts.code_table(table) if c.code == value), None)
    return f"{label(found)} ({value})" if found else value


def reason(kind: str, value: str) -> str:
    """Return the reason of an event in words; empty when none was reported."""
    return code(REASON_TABLES[kind], value) if value and kind in REASON_TABLES else value


def field(name: str, layout: str = "") -> str:
    """Return a field of the returns, or a column of the register, in words; an unknown one stays as it is."""
    found = _field(name, layout)
    return label(found) if found else name


def is_public(name: str, layout: str) -> bool:
    """Tell whether anyone may see a field or column; what no layout knows is nobody's to see."""
    found = _field(name, layout)
    return found is not None and found.public


@cache
def _field(name: str, layout: str) -> Field | None:
    known = layouts.layouts()
    fields = [f for one in ([known[layout]] if layout in known else known.values()) for f in one.fields.values()]
    return next((f for f in fields if f.name == name), None) or next((f for f in fields if f.target == name), None)


def fields_of(layout: str) -> tuple[str, ...]:
    """Return the field names of a layout in its order; none for one that does not exist."""
    known = layouts.layouts()
    return tuple(known[layout].fields) if layout in known else ()


def failure(message: str, params: Mapping[str, object]) -> str:
    """Return why an import failed in the active language; empty when it did not."""
    return ZhunshengError(message, **params).said(_) if message else ""


def scheme(code: str) -> str:
    """Return the name of a scheme of the tree in the active language; a code that it does not have stays as it is."""
    found = next((one for one in tree().schemes if one.code == code), None)
    if found is None:
        return code
    return found.name_en if get_language() == "en" else found.name


def layout(name: str) -> str:
    """Return a layout in words."""
    known = layouts.layouts()
    return label(known[name]) if name in known else name


def value(field_name: str, text: str, layout_name: str) -> str:
    """Return a reported value for reading: a code in words, anything else as it was reported."""
    found = _field(field_name, layout_name)
    return code(found.table, text) if found and found.table else text


def spoken(params: Mapping[str, object]) -> dict[str, object]:
    """Return a finding's parameters with the states and Chinese labels in them in the active language."""
    return {name: _spoken(value) for name, value in params.items()}


def _spoken(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value in set(State):
        return _(STATES[State(value)])
    found = _by_label().get(value)
    return label(found) if found else value


@cache
def _by_label() -> dict[str, Field]:
    return {field.label: field for one in layouts.layouts().values() for field in one.fields.values()}
