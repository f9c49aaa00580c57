"""Error pages: what went wrong in a sentence, and the way out."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from zhunsheng.bulletin.pictures import NoPicture
from zhunsheng.bulletin.queries import NoSuchBulletin
from zhunsheng.codes.errors import N_
from zhunsheng.people import queries as people
from zhunsheng.people import second_factor
from zhunsheng.people.policy import NotPermitted
from zhunsheng.people.tokens import NoSuchToken
from zhunsheng.register.queries import NotFound

if TYPE_CHECKING:
    from django.http import HttpRequest

    from zhunsheng.codes.errors import ZhunshengError
    from zhunsheng.people.http import Request

BAD_REQUEST, FORBIDDEN, NOT_FOUND, TOO_LARGE, TOO_MANY, BROKEN, UNAVAILABLE = 400, 403, 404, 413, 429, 500, 503
RETRY_SECONDS = 120
MEGABYTE = 1_000_000
WAITS = N_("您的角色要求两步验证。在您开启并输入验证码之前，这些角色暂不生效。")
log = logging.getLogger(__name__)


def page(request: HttpRequest, *, status: int, title: str, message: str, second_factor: bool = False) -> HttpResponse:
    """Return the error page: status, title, a sentence; `second_factor` adds the way to setting one up."""
    context = {"title": title, "message": message, "status": status, "second_factor": second_factor}
    return HttpResponse(render_to_string("web/error.html", context, request=request), status=status)


def said(request: Request, error: ZhunshengError) -> HttpResponse:
    """Answer a domain error: nobody signed in is asked to sign in, the rest is told what is wrong."""
    message = error.said(_)
    if isinstance(error, NotFound | NoSuchBulletin | NoSuchToken | NoPicture):
        return page(request, status=NOT_FOUND, title=_("没有找到"), message=message)
    if isinstance(error, NotPermitted):
        if not request.viewer.name:
            return redirect_to_login(request.get_full_path())
        if not second_factor.passed(request) and people.needs_second_factor(request.user):
            return page(request, status=FORBIDDEN, title=_("没有权限"), message=_(WAITS), second_factor=True)
        return page(request, status=FORBIDDEN, title=_("没有权限"), message=message)
    return page(request, status=BAD_REQUEST, title=_("请求有误"), message=message)


def too_large(request: HttpRequest, *, limit: int) -> HttpResponse:
    """Refuse a body that is larger than `limit` bytes."""
    message = _("发送的内容超过上限 %(limit)s MB，未接收。请拆成几个文件，或用命令行导入。") % {
        "limit": f"{limit / MEGABYTE:g}"
    }
    return page(request, status=TOO_LARGE, title=_("内容过大"), message=message)


def too_often(request: HttpRequest, *, seconds: int) -> HttpResponse:
    """Refuse a reader who asks more often than a person does; `seconds` until the next page."""
    message = _("请求过于频繁，请 %(seconds)s 秒后再试；需要大量读取请用令牌。") % {"seconds": seconds}
    return page(request, status=TOO_MANY, title=_("请求过于频繁"), message=message)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Answer a request that Django could not make sense of."""
    return page(request, status=BAD_REQUEST, title=_("请求有误"), message=_("服务器看不懂这个请求。请返回上一页重试。"))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Answer an act that Django refused."""
    return page(request, status=FORBIDDEN, title=_("没有权限"), message=_("您没有这项权限。请用有权限的账号登录。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose mark of origin is missing or stale; `reason` is Django's, for the log."""
    log.warning("form refused: %s", reason)
    message = _("这张表单已过期，或不是从本站发出的，没有处理。请返回上一页，刷新后重新提交。")
    return page(request, status=FORBIDDEN, title=_("表单未处理"), message=message)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Answer an address that leads nowhere."""
    return page(
        request, status=NOT_FOUND, title=_("没有找到"), message=_("这个地址没有页面。请检查网址，或从首页查询。")
    )


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """Answer our own failure, without touching the database or the session."""
    if isinstance(sys.exception(), OperationalError):
        title, message = _("暂时不能用"), _("数据库暂时不可用，不是您的问题。请过几分钟再试。")
        return _bare(UNAVAILABLE, title, message, {"Retry-After": str(RETRY_SECONDS)})
    return _bare(BROKEN, _("系统出错"), _("这是系统的问题，不是您的。已记入日志，请稍后再试。"))


def _bare(status: int, title: str, message: str, headers: dict[str, str] | None = None) -> HttpResponse:
    context = {"title": title, "message": message, "status": status}
    return HttpResponse(render_to_string("web/error_bare.html", context), status=status, headers=headers)
