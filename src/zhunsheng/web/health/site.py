"""The site as it is set: debugging, addresses, proxies, sign-in, what pages and papers need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext

from zhunsheng.bulletin import nation
from zhunsheng.codes.errors import N_
from zhunsheng.papers import maps, typesetting
from zhunsheng.web.health.line import Level, Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OWN_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}
STATIC = ("npm/tabler/css/tabler.min.css", "npm/htmx/htmx.min.js", "web/site.css")


def lines() -> Iterator[Line]:
    """Look at the settings and at what pages and papers are made of."""
    yield debugging(settings.DEBUG)
    yield addresses(settings.ALLOWED_HOSTS, https=settings.HTTPS, proxies=settings.PROXIES)
    yield second_factor(settings.SECOND_FACTOR_ROLES, settings.ALLOWED_HOSTS)
    yield static()
    yield typeset()
    yield operator_map()


def debugging(on: bool) -> Line:
    """Look at debugging, which shows a stranger the inside."""
    if on:
        return Line("debug", Level.FAIL, N_("调试开着，出错时会把内情给人看"), N_("请去掉 ZHUNSHENG_DEBUG"))
    return Line("debug", Level.OK, N_("调试关着"))


def addresses(hosts: Sequence[str], *, https: bool, proxies: int) -> Line:
    """Look at whether host names, TLS and proxies fit each other."""
    told = {"hosts": ", ".join(hosts), "proxies": proxies}
    public = [host for host in hosts if host not in OWN_HOSTS]
    if "*" in hosts:
        return Line("hosts", Level.FAIL, N_("ZHUNSHENG_HOSTS 是 *，谁都可以冒充网址"), N_("请写明网址的主机名"))
    if public and not https:
        way = N_("请在前面设 TLS 反向代理，并设 ZHUNSHENG_HTTPS=1")
        return Line("hosts", Level.FAIL, N_("%(hosts)s 对外服务却没有 HTTPS，口令会明文传送"), way, told)
    if https and not public:
        way = N_("请把对外的主机名写进 ZHUNSHENG_HOSTS")
        return Line("hosts", Level.WARN, N_("设了 HTTPS，但只接受本机的主机名"), way, told)
    if https and not proxies:
        way = N_("请设 ZHUNSHENG_PROXIES=1（前面有几层代理就写几）")
        return Line("hosts", Level.WARN, N_("不知道前面有几层代理，所有人都算作同一个地址"), way, told)
    if proxies and not https:
        way = N_("没有代理就去掉 ZHUNSHENG_PROXIES；有，就设 ZHUNSHENG_HTTPS=1")
        return Line("hosts", Level.WARN, N_("设了 %(proxies)s 层代理却没有 HTTPS，来访者可以伪造地址"), way, told)
    return Line("hosts", Level.OK, N_("网址与代理的设置相配：%(hosts)s"), params=told)


def second_factor(roles: frozenset[str], hosts: Sequence[str]) -> Line:
    """Look at whether those who write need a second factor, once the site is open to others."""
    if not roles and any(host not in OWN_HOSTS for host in hosts):
        way = N_('请在 sign-in.toml 里写 second_factor_for = ["regulator", "body_staff"]')
        return Line("second-factor", Level.WARN, N_("没有角色要求两步验证"), way)
    told = {"roles": ", ".join(sorted(roles)) or "-"}
    return Line("second-factor", Level.OK, N_("要求两步验证的角色：%(roles)s"), params=told)


def static() -> Line:
    """Look for the styles and scripts of pages, and the fonts of papers."""
    way = N_("请在安装目录运行 make setup，或用 ZHUNSHENG_NODE_MODULES 指明 node_modules")
    missing = [name for name in STATIC if finders.find(name) is None]
    if missing:
        return Line("static", Level.FAIL, N_("缺少页面要用的 %(what)s"), way, {"what": missing[0]})
    if not typesetting.font_paths():
        return Line("static", Level.WARN, N_("没有随附的中文字体，排版改用系统字体"), way)
    return Line("static", Level.OK, N_("页面与字体的文件齐全"))


def typeset() -> Line:
    """Let Typst set a page."""
    try:
        size = len(typesetting.pdf("= \\u{8ba4}", data={}))
    except typesetting.CannotSet as error:
        return Line("typst", Level.FAIL, N_("不能排版 PDF：%(why)s"), N_("请重新安装 typst"), {"why": str(error)})
    return Line("typst", Level.OK, N_("能排版 PDF（%(size)s 字节的一页）"), params={"size": size})


def operator_map() -> Line:
    """Look at the operator's map of the provinces, where one is named."""
    try:
        file = nation.operator_map()
    except maps.MapRefused as error:
        way = N_("请照提示改正 ZHUNSHENG_MAP 指的文件；在那以前首页用方格图")
        return Line("map", Level.FAIL, N_("地图不能用：%(why)s"), way, {"why": error.said(gettext)})
    if file is None:
        return Line("map", Level.OK, N_("没有指定地图，首页用方格图"))
    return Line("map", Level.OK, N_("地图可用，审图号 %(number)s"), params={"number": file.approval})
