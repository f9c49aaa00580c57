"""Addresses of the bulletins."""

from __future__ import annotations

from django.urls import path

from zhunsheng.bulletin import views

urlpatterns = [
    path("bulletins", views.listed, name="bulletins"),
    path("bulletins/<int:pk>", views.bulletin, name="bulletin"),
    path("bulletins/<int:pk>.<str:ending>", views.file, name="bulletin-file"),
]
