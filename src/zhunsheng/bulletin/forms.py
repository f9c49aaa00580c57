"""What a regulator says to have a draft made or corrected, and what a newsletter's writers fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhunsheng.bulletin import articles, issues
from zhunsheng.codes import dates
from zhunsheng.codes.errors import ZhunshengError
from zhunsheng.register.forms import DayField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrOrPromise

    from zhunsheng.bulletin.models import Newsletter

CONTROL, SELECT = {"class": "form-control"}, {"class": "form-select"}
LONGEST_WORDS = 2_000


def _text(label: _StrOrPromise, longest: int, help_text: _StrOrPromise = "", **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={**CONTROL, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, help_text=help_text, widget=widget, **kwargs)


def _words(label: _StrOrPromise, help_text: _StrOrPromise = "", **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={**CONTROL, "rows": "3"})
    return forms.CharField(label=label, max_length=LONGEST_WORDS, help_text=help_text, widget=widget, **kwargs)


class MakingForm(forms.Form):
    """Which month's draft is to be made, as known on which day, with or without suspended certificates."""

    month = _text(gettext_lazy("月份"), 20, gettext_lazy("写成 2025-07；这个月要已经过完。"))
    known_on = DayField(
        label=gettext_lazy("截至何日所知"),
        help_text=gettext_lazy("这一天以后才报来的变化不计入；同样的日期总得出同样的通报。"),
    )
    counts_suspended = forms.BooleanField(
        label=gettext_lazy("暂停的证书也计入"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def clean_month(self) -> str:
        """Read a month in one of the forms that the trade writes."""
        month = dates.parse_month(self.cleaned_data["month"])
        if month is None:
            raise forms.ValidationError(
                _("“%(text)s”不是月份。请写成 2025-07。") % {"text": self.cleaned_data["month"]}
            )
        return month


class CorrectionForm(forms.Form):
    """What was wrong in a version already published, and why."""

    what_was_wrong = _words(gettext_lazy("哪里错了"), gettext_lazy("会与新旧数字一起公布。"))
    why_wrong = _words(gettext_lazy("为什么"), gettext_lazy("会与新旧数字一起公布。"))


class NewsletterForm(forms.Form):
    """What stands at a newsletter's head, its month, and which ready sections it has."""

    name = _text(gettext_lazy("刊名"), 60)
    issue = _text(gettext_lazy("期号"), 40, gettext_lazy("例如 2025 年第 8 期。"))
    title = _text(gettext_lazy("本期标题"), 120)
    month = forms.ChoiceField(label=gettext_lazy("数据的月份"), widget=forms.Select(attrs=SELECT))
    against = forms.ChoiceField(label=gettext_lazy("与哪个月比较"), required=False, widget=forms.Select(attrs=SELECT))
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("现成的栏目"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    what_was_wrong = _words(gettext_lazy("哪里错了"), required=False)
    why_wrong = _words(gettext_lazy("为什么"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, months: Sequence[str], newsletter: Newsletter | None = None, **kwargs: Any) -> None:
        """Offer the months that are there; ready sections once there is an issue, a reason only for a correction."""
        super().__init__(*args, **kwargs)
        offered = [(month, month) for month in months]
        self.fields["month"].choices = offered  # type: ignore[attr-defined]
        self.fields["against"].choices = [("", _("前一个已有的月份")), *offered]  # type: ignore[attr-defined]
        self.fields["sections"].choices = [(s, _(issues.TITLES[s])) for s in issues.SECTIONS]  # type: ignore[attr-defined]
        if newsletter is None:
            for name in ("against", "sections", "revision"):
                del self.fields[name]
        if newsletter is None or newsletter.corrects_id is None:
            del self.fields["what_was_wrong"], self.fields["why_wrong"]

    def clean(self) -> dict[str, Any]:
        """Refuse to compare a month with a later one, or with itself."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("against") and said.get("month") and said["against"] >= said["month"]:
            self.add_error("against", _("要与更早的月份比较：%(month)s 以前。") % {"month": said["month"]})
        return said


class ArticleForm(forms.Form):
    """One article, in Markdown."""

    title = _text(gettext_lazy("标题"), 120)
    byline = _text(gettext_lazy("来源或作者"), 120, required=False)
    text = forms.CharField(
        label=gettext_lazy("正文"),
        help_text=gettext_lazy(
            "用 Markdown 写：# 标题，- 列表，**加粗**，[文字](https://…)，表格用 | 隔开；空一行分段。HTML 不显示。"
        ),
        widget=forms.Textarea(attrs={**CONTROL, "rows": "18"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Refuse what cannot stand on a page."""
        text: str = self.cleaned_data["text"]
        try:
            articles.read(text)
        except ZhunshengError as error:
            raise forms.ValidationError(error.said(_)) from error
        return text
