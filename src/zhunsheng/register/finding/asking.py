"""What may be asked of the register: a query as a value, read from an address or a command, and written as one.

Text and choices come from outside: what cannot be meant is refused with its field and the way out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from zhunsheng.codes import certificate_number, dates, regions
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.register.policy import State
from zhunsheng.register.search import SHORTEST, fold
from zhunsheng.standards import policy as schemes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_TEXT = 100
# PostgreSQL keeps no NUL, UTF-8 no half of a pair; no control character is ever part of a name or a number.
_IMPOSSIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What the fields are called.
LABELS = {
    "text": N_("编号或名称"),
    "what": N_("查什么"),
    "body": N_("认证机构"),
    "scheme": N_("认证项目"),
    "standard": N_("认证依据的标准"),
    "region": N_("组织所在地区"),
    "state": N_("今天的状态"),
    "issued_from": N_("颁证不早于"),
    "issued_until": N_("颁证不晚于"),
    "expires_from": N_("到期不早于"),
    "expires_until": N_("到期不晚于"),
    "after": N_("续页"),
}


class What(StrEnum):
    """What is looked for."""

    ALL = ""
    CERTIFICATES = "certificates"
    ORGANISATIONS = "organisations"
    BODIES = "bodies"


class BadQuery(ZhunshengError):
    """A field of the query holds what cannot be meant; `field` names it."""

    def __init__(self, msgid: str, *, field: str, **params: object) -> None:
        """Keep the field's name beside the words."""
        self.field = field
        super().__init__(msgid, field=LABELS.get(field, field), **params)

    def said(self, translate: Callable[[str], str] = N_) -> str:
        """Return the whole text; the field is translated too."""
        return translate(self.msgid) % {**self.params, "field": translate(LABELS.get(self.field, self.field))}


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked; empty means "any". The fields stand in the order of an address.

    `text` is a number, a code or a part of a present or former name; `body` an approval number or a
    part of a body's name; `scheme` a national code at any level of the tree; `standard` a designation
    with or without its year; `region` two digits, `abroad` or `unknown`; `state` is the one as of today.
    The four dates are included.
    """

    text: str = ""
    what: What = What.ALL
    body: str = ""
    scheme: str = ""
    standard: str = ""
    region: str = ""
    state: str = ""
    issued_from: date | None = None
    issued_until: date | None = None
    expires_from: date | None = None
    expires_until: date | None = None

    @property
    def empty(self) -> bool:
        """Tell whether nothing is asked; what kind of thing is looked for asks nothing yet."""
        return replace(self, what=What.ALL) == Query()

    @property
    def of_certificates(self) -> bool:
        """Tell whether something is asked that only a certificate has."""
        return any((self.body, self.scheme, self.standard, self.state, *self.dates))

    @property
    def dates(self) -> tuple[date | None, ...]:
        """Return the four dates in the order of the fields."""
        return self.issued_from, self.issued_until, self.expires_from, self.expires_until

    @property
    def number(self) -> str:
        """Return the text as numbers and codes are compared."""
        return certificate_number.normalise(self.text)

    @property
    def identifies(self) -> bool:
        """Tell whether it is narrow enough for anyone: two characters, or a field that picks something out."""
        return self.long_enough or any((self.body, self.scheme, self.standard, self.region))

    @property
    def long_enough(self) -> bool:
        """Tell whether the text has the two characters that a search needs."""
        return len(fold(self.text)) >= SHORTEST or len(self.number) >= SHORTEST

    def pairs(self) -> list[tuple[str, str]]:
        """Return the query as parameters of an address, in canonical order, without empty ones."""
        found = []
        for one in fields(self):
            value = getattr(self, one.name)
            if value:
                found.append((PARAMETERS[one.name], value.isoformat() if isinstance(value, date) else str(value)))
        return found

    def address(self) -> str:
        """Return the same as the part of an address behind the question mark."""
        return urlencode(self.pairs())

    def without(self, field: str) -> Query:
        """Return the query with one field emptied."""
        return replace(self, **{field: getattr(Query(), field)})

    def narrowed(self, field: str, value: str) -> Query:
        """Return the query with one field set: the link of a facet."""
        return replace(self, **{field: What(value) if field == "what" else value})  # type: ignore[arg-type]


# A field's name in an address; the text is `q`, as in the search box of every page.
PARAMETERS = {one.name: "q" if one.name == "text" else one.name for one in fields(Query)}


def read(params: Mapping[str, str]) -> Query:
    """Read a query from the parameters of an address or the options of a command.

    Raises BadQuery, naming the field, for a text that is too long, an unknown choice, a day that is
    none, or a period that ends before it begins.
    """
    said = {name: _text(params.get(parameter, ""), name) for name, parameter in PARAMETERS.items()}
    query = Query(
        text=said["text"],
        what=What(_one_of(said["what"], list(What), "what")),
        body=said["body"],
        scheme=_scheme(said["scheme"]),
        standard=said["standard"],
        region=_one_of(said["region"], list(regions.BY_CODE), "region"),
        state=_one_of(said["state"], list(State), "state"),
        **{name: _day(said[name], name) for name in ("issued_from", "issued_until", "expires_from", "expires_until")},
    )
    for first, last in (("issued_from", "issued_until"), ("expires_from", "expires_until")):
        begin, end = getattr(query, first), getattr(query, last)
        if begin and end and begin > end:
            raise BadQuery(N_("%(field)s：开始日期晚于结束日期，请对调或去掉一个"), field=last)
    return query


def _text(value: str, field: str) -> str:
    if _IMPOSSIBLE.search(value):
        raise BadQuery(N_("%(field)s：含有不能识别的字符，请重新输入"), field=field)
    text = " ".join(value.split())
    if len(text) > LONGEST_TEXT:
        raise BadQuery(N_("%(field)s：最多 %(most)s 个字，请缩短"), field=field, most=LONGEST_TEXT)
    return text


def _one_of(value: str, known: list[str], field: str) -> str:
    if value and value not in known:
        raise BadQuery(
            N_("%(field)s：没有“%(value)s”。可用：%(known)s"),
            field=field,
            value=value,
            known="、".join(one for one in known if one),
        )
    return value


def _scheme(value: str) -> str:
    code = certificate_number.normalise(value)
    if code and code not in {s.code for s in schemes.tree().schemes} and schemes.finest_leaf(code) is None:
        raise BadQuery(
            N_("%(field)s：没有代码为“%(value)s”的认证项目。请写 A01 这样的项目代码"), field="scheme", value=value
        )
    return code


def _day(value: str, field: str) -> date | None:
    if not value:
        return None
    day = dates.parse(value)
    if day is None:
        raise BadQuery(
            N_("%(field)s：“%(value)s”不是日期，请写成 2025-03-01 这样的年-月-日"), field=field, value=value[:40]
        )
    return day
