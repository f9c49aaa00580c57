"""Addresses of the register: search, its things, returns."""

from __future__ import annotations

from django.urls import path

from zhunsheng.register import picture_views, return_views, search_views, views

urlpatterns = [
    path("search", search_views.search, name="search"),
    path("search/export", search_views.export, name="search-export"),
    path("certificates/<int:pk>", views.certificate, name="certificate"),
    path("certificates/<int:pk>/timeline.<slug:ending>", picture_views.certificate, name="certificate-timeline"),
    path("organisations/<int:pk>", views.organisation, name="organisation"),
    path("organisations/<int:pk>/timeline.<slug:ending>", picture_views.organisation, name="organisation-timeline"),
    path("bodies", views.bodies, name="bodies"),
    path("bodies/<slug:approval_no>", views.body, name="body"),
    path("bodies/<slug:approval_no>/returns.<slug:ending>", picture_views.returns, name="body-returns"),
    path("imports", return_views.listed, name="imports"),
    path("imports/new", return_views.new, name="import-new"),
    path("imports/<int:pk>", return_views.one, name="import"),
    path("imports/<int:pk>/progress", return_views.progress, name="import-progress"),
    path("imports/<int:pk>/rejects", return_views.rejects, name="import-rejects"),
    path("imports/<int:pk>/findings.csv", return_views.findings, name="import-findings"),
]
