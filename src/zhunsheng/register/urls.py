"""Addresses of the register: search, its things, returns."""

from __future__ import annotations

from django.urls import path

from zhunsheng.register import return_views, views

urlpatterns = [
    path("search", views.search, name="search"),
    path("certificates/<int:pk>", views.certificate, name="certificate"),
    path("organisations/<int:pk>", views.organisation, name="organisation"),
    path("bodies/<slug:approval_no>", views.body, name="body"),
    path("imports", return_views.listed, name="imports"),
    path("imports/new", return_views.new, name="import-new"),
    path("imports/<int:pk>", return_views.one, name="import"),
    path("imports/<int:pk>/progress", return_views.progress, name="import-progress"),
    path("imports/<int:pk>/rejects", return_views.rejects, name="import-rejects"),
    path("imports/<int:pk>/findings.csv", return_views.findings, name="import-findings"),
]
