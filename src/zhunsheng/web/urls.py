"""Every address of the site; each room keeps its own."""

from __future__ import annotations

from django.urls import include, path

from zhunsheng.web import views
from zhunsheng.web.api import pages
from zhunsheng.web.api.interface import api

urlpatterns = [
    path("", views.home, name="home"),
    path("api", pages.about, name="api"),
    path("api/v1/openapi.json", pages.openapi, name="openapi"),
    path("api/v1/", api.urls),
    path("", include("zhunsheng.register.urls")),
    path("", include("zhunsheng.bulletin.urls")),
    path("", include("zhunsheng.people.urls")),
]

handler400 = "zhunsheng.web.errors.bad_request"
handler403 = "zhunsheng.web.errors.permission_denied"
handler404 = "zhunsheng.web.errors.not_found"
handler500 = "zhunsheng.web.errors.server_error"
