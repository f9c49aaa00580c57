"""Addresses of the bulletins."""

from __future__ import annotations

from django.urls import path

from zhunsheng.bulletin import views

urlpatterns = [
    path("bulletins", views.listed, name="bulletins"),
    path("bulletins/<int:pk>", views.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/json", views.json, name="bulletin-json"),
    path("bulletins/<int:pk>/text", views.text, name="bulletin-text"),
    path("bulletins/<int:pk>/csv", views.csv, name="bulletin-csv"),
]
