"""What the API says when it does not do what was asked: RFC 9457 problems, in the language asked for.

Each kind has an address of its own (`/api#problem-…`), under which the page about the API explains it.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from zhunsheng.bulletin.queries import NoSuchBulletin
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.policy import NotPermitted
from zhunsheng.register.finding import PARAMETERS, BadQuery, TooWide
from zhunsheng.register.queries import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.people.http import Request

CONTENT_TYPE = "application/problem+json"
# Longer than that, what was sent is not repeated in the answer.
LONGEST_SHOWN = 60
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: the end of its address, the status, what it is called."""

    name: str
    status: int
    title: str


BAD_PARAMETER = Kind("bad-parameter", 400, N_("参数有误"))
BAD_TOKEN = Kind("bad-token", 401, N_("令牌无效"))
NEEDS_TOKEN = Kind("needs-token", 401, N_("需要令牌"))
NOT_PERMITTED = Kind("not-permitted", 403, N_("没有权限"))
TOO_WIDE = Kind("too-wide", 403, N_("查询范围过大"))
NOT_FOUND = Kind("not-found", 404, N_("没有找到"))
NOT_ALLOWED = Kind("method-not-allowed", 405, N_("只能读取"))
TOO_MANY = Kind("too-many-requests", 429, N_("请求过于频繁"))
BROKEN = Kind("broken", 500, N_("系统出错"))
KINDS = (
    BAD_PARAMETER,
    BAD_TOKEN,
    NEEDS_TOKEN,
    NOT_PERMITTED,
    TOO_WIDE,
    NOT_FOUND,
    NOT_ALLOWED,
    TOO_MANY,
    BROKEN,
)

# What Pydantic finds wrong with a value, in words; `%(expected)s` and the like come from its context.
_WRONG = {
    "missing": N_("%(field)s：必须填写"),
    "enum": N_("%(field)s：没有这个值。可用：%(expected)s"),
    "literal_error": N_("%(field)s：没有这个值。可用：%(expected)s"),
    "greater_than_equal": N_("%(field)s：最小为 %(ge)s"),
    "less_than_equal": N_("%(field)s：最大为 %(le)s"),
    "string_too_long": N_("%(field)s：最多 %(max_length)s 个字"),
    "string_too_short": N_("%(field)s：不能是空的"),
}
_WRONG_DATE = N_("%(field)s：不是日期，请写成 2025-03-01 这样的年-月-日")
_WRONG_NUMBER = N_("%(field)s：应是一个整数")
_WRONG_FLAG = N_("%(field)s：只能是 true 或 false")
_WRONG_FORM = N_("%(field)s：写法不对，请对照接口说明")
_BY_BEGINNING = {"date": _WRONG_DATE, "int": _WRONG_NUMBER, "bool": _WRONG_FLAG}


def answer(kind: Kind, detail: str, *, headers: Mapping[str, str] | None = None, **more: object) -> HttpResponse:
    """Return a problem as an answer; `detail` and the kind's title are in the reader's language."""
    body: dict[str, object] = {
        "type": f"/api#problem-{kind.name}",
        "title": _(kind.title),
        "status": kind.status,
        "detail": detail,
        **more,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=kind.status, content_type=CONTENT_TYPE, headers=headers)


def of_error(request: Request, error: ZhunshengError) -> HttpResponse:
    """Answer an error that is meant for people; a field that it names is named apart."""
    said = error.said(_)
    if isinstance(error, NotFound | NoSuchBulletin):
        return answer(NOT_FOUND, said)
    if isinstance(error, TooWide):
        return answer(TOO_WIDE, said, errors=[{"field": "q", "detail": said}])
    if isinstance(error, NotPermitted):
        if request.viewer.name:
            return answer(NOT_PERMITTED, said)
        return answer(NEEDS_TOKEN, said, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, BadQuery):
        return answer(BAD_PARAMETER, said, errors=[{"field": PARAMETERS.get(error.field, error.field), "detail": said}])
    return answer(BAD_PARAMETER, said)


def of_values(errors: list[dict[str, Any]]) -> HttpResponse:
    """Answer values that are not what the description of the API says, each with its field."""
    told = [{"field": str(error["loc"][-1]), "detail": _wrong(error)} for error in errors]
    return answer(BAD_PARAMETER, _("；").join(one["detail"] for one in told), errors=told)


def _wrong(error: dict[str, Any]) -> str:
    kind = str(error["type"])
    beginning = next((text for begin, text in _BY_BEGINNING.items() if kind.startswith(begin)), _WRONG_FORM)
    return _(_WRONG.get(kind, beginning)) % {"field": error["loc"][-1], **error.get("ctx", {})}


def unknown_parameters(names: list[str], known: list[str]) -> HttpResponse:
    """Answer parameters that do not exist: a misspelt filter must not widen a search unseen."""
    text = _("没有名为 %(field)s 的参数。可用：%(known)s")
    said = [(name[:LONGEST_SHOWN], text % {"field": name[:LONGEST_SHOWN], "known": ", ".join(known)}) for name in names]
    told = [{"field": field, "detail": detail} for field, detail in said]
    return answer(BAD_PARAMETER, _("；").join(one["detail"] for one in told), errors=told)


def foreign_host() -> HttpResponse:
    """Answer a request that names a host which is not this site's."""
    return answer(BAD_PARAMETER, _("主机名不是本站的"))


def bad_token() -> HttpResponse:
    """Answer a token that opens nothing; which of the reasons it is, is not said."""
    challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return answer(BAD_TOKEN, _("令牌不存在、已到期或已吊销。请在“我的令牌”页另做一枚。"), headers=challenge)


def no_such_address() -> HttpResponse:
    """Answer an address that the API does not have."""
    return answer(NOT_FOUND, _("接口没有这个地址。全部地址见 /api"))


def not_allowed(allowed: str) -> HttpResponse:
    """Answer a method other than reading."""
    return answer(NOT_ALLOWED, _("接口只能读取，请用 GET"), headers={"Allow": allowed})


def too_many(wait: int) -> HttpResponse:
    """Answer a client that asks too often."""
    return answer(TOO_MANY, _("请求过于频繁，请 %(seconds)s 秒后再试；需要大量读取请用令牌。") % {"seconds": wait})


def broken(error: Exception) -> HttpResponse:
    """Answer our own failure, and write it down."""
    log.error("the API failed", exc_info=error)
    return answer(BROKEN, _("这是系统的问题，不是您的。已记入日志，请稍后再试。"))
