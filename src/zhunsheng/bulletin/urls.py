"""Addresses of the bulletins."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from zhunsheng.bulletin import comparison_views, draft_views, newsletter_views, picture_views, views


class Month(StringConverter):
    """A month in an address: 2025-07."""

    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])"


register_converter(Month, "month")

urlpatterns = [
    path("bulletins", views.listed, name="bulletins"),
    path("bulletins/<month:month>", views.month, name="bulletin-month"),
    path("bulletins/compare", comparison_views.compare, name="bulletin-compare"),
    path("bulletins/compare.<slug:ending>", comparison_views.export, name="bulletin-compare-file"),
    path("bulletins/new", draft_views.new, name="bulletin-new"),
    path("bulletins/makings/<int:pk>", draft_views.making, name="bulletin-making"),
    path("bulletins/makings/<int:pk>/progress", draft_views.progress, name="bulletin-making-progress"),
    path("bulletins/<int:pk>/check", draft_views.check, name="bulletin-check"),
    path("bulletins/<int:pk>/publish", draft_views.publish, name="bulletin-publish"),
    path("bulletins/<int:pk>/discard", draft_views.discard, name="bulletin-discard"),
    path("bulletins/<int:pk>", views.bulletin, name="bulletin"),
    path("bulletins/<int:pk>.<str:ending>", views.file, name="bulletin-file"),
    path("bulletins/<int:pk>/pictures/<slug:name>.<slug:ending>", picture_views.picture, name="bulletin-picture"),
    path("trend/<slug:what>.<slug:ending>", picture_views.trend, name="trend-picture"),
    path("newsletters", newsletter_views.listed, name="newsletters"),
    path("newsletters/new", newsletter_views.new, name="newsletter-new"),
    path("newsletters/<int:pk>", newsletter_views.one, name="newsletter"),
    path("newsletters/<int:pk>.pdf", newsletter_views.paper, name="newsletter-file"),
    path("newsletters/<int:pk>/edit", newsletter_views.edit, name="newsletter-edit"),
    path("newsletters/<int:pk>/articles/new", newsletter_views.article, name="newsletter-article-new"),
    path("newsletters/<int:pk>/articles/<int:place>", newsletter_views.article, name="newsletter-article"),
    path("newsletters/<int:pk>/articles/<int:place>/move", newsletter_views.move, name="newsletter-article-move"),
    path("newsletters/<int:pk>/articles/<int:place>/remove", newsletter_views.remove, name="newsletter-article-remove"),
    path("newsletters/<int:pk>/publish", newsletter_views.publish, name="newsletter-publish"),
    path("newsletters/<int:pk>/discard", newsletter_views.discard, name="newsletter-discard"),
    path("newsletters/<int:pk>/correct", newsletter_views.correct, name="newsletter-correct"),
]
