"""What a reader may ask of the register, and what a body or regulator may send it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhunsheng.codes import dates, regions
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.register import finding, layouts, words
from zhunsheng.standards import policy as schemes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.core.files.uploadedfile import UploadedFile

LONGEST_SEARCH = 100
MEGABYTE = 1_000_000
FILE_ENDINGS = (".csv", ".xlsx", ".parquet")


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class NamesSelect(forms.Select):
    """A choice among names, which stay Chinese on an English page and are read out as such."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Mark every choice but "any"."""
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["lang"] = "zh-Hans"
        return option


class DayField(forms.CharField):
    """A date in one of the forms that the trade writes; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        """Ask for it as text: a browser's calendar would show 03/01/2025, which may be March or January."""
        attributes = {"class": "form-control", "placeholder": "2025-03-01", "maxlength": "20", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def to_python(self, value: str | None) -> date | None:  # type: ignore[override]
        """Read a date; what is not one is told so."""
        text = (value or "").strip()
        if not text:
            return None
        day = dates.parse(text)
        if day is None:
            raise forms.ValidationError(
                _("“%(text)s”不是日期。请写成 2025-03-01 这样的年-月-日。") % {"text": text[:40]}
            )
        return day

    def prepare_value(self, value: object) -> object:
        """Show a date as the pages write it, and what is none as it was typed."""
        day = dates.parse(value) if isinstance(value, str) else None
        return day.isoformat() if day else value


def _any(label: str, widget: forms.Widget) -> forms.CharField:
    return forms.CharField(required=False, label=gettext_lazy(label), widget=widget)


def _line(placeholder: str = "") -> forms.TextInput:
    return forms.TextInput(
        attrs={"class": "form-control", "maxlength": LONGEST_SEARCH, "autocomplete": "off", "placeholder": placeholder}
    )


def _day() -> forms.TextInput:
    return _line("2025-03-01")


class SearchForm(forms.Form):
    """A search: the text, and the filters of `finding.Query` under the same names; `query` is what was read."""

    q = _any(finding.LABELS["text"], _line())
    what = _any(finding.LABELS["what"], forms.HiddenInput())
    body = _any(finding.LABELS["body"], _line())
    scheme = _any(finding.LABELS["scheme"], _select())
    standard = _any(finding.LABELS["standard"], _line("GB/T 19001-2016"))
    region = _any(finding.LABELS["region"], _select())
    state = _any(finding.LABELS["state"], _select())
    issued_from = _any(finding.LABELS["issued_from"], _day())
    issued_until = _any(finding.LABELS["issued_until"], _day())
    expires_from = _any(finding.LABELS["expires_from"], _day())
    expires_until = _any(finding.LABELS["expires_until"], _day())
    query = finding.Query()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer schemes as a tree, regions and states, in the reader's language."""
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        tree = schemes.tree()
        below = {group: [leaf for leaf in tree.leaves() if leaf.parent == group.code] for group in tree.groups()}
        offered: dict[str, list[Any]] = {
            "scheme": [
                (words.scheme(group.code), [(one.code, words.scheme(one.code)) for one in (group, *leaves)])
                for group, leaves in below.items()
            ],
            "region": [(code, finding.value_said("region", code)) for code in regions.BY_CODE],
            "state": [(state.value, _(said)) for state, said in words.STATES.items()],
        }
        for name, choices in offered.items():
            self.fields[name].widget.choices = [("", _("不限")), *choices]

    def clean(self) -> dict[str, Any]:
        """Read the query; what cannot be meant is said at its field."""
        try:
            self.query = finding.read({name: self.data.get(name, "") for name in self.fields})
        except finding.BadQuery as error:
            self.add_error(finding.PARAMETERS.get(error.field), error.said(_))
        return self.cleaned_data

    @property
    def filters(self) -> list[forms.BoundField]:
        """Return the fields of the panel, in order."""
        return [self[name] for name in self.fields if name not in {"q", "what"}]

    @property
    def open(self) -> bool:
        """Tell whether some filter is set or wrong, so that the panel is shown open."""
        return any(field.errors for field in self.filters)


class BadDates(ZhunshengError):
    """A day asked about is none, or lies ahead where it cannot."""


class DatesForm(forms.Form):
    """Which day is asked about, and as it was known when; what is not given is today, and stands in its field."""

    on = DayField(required=False, label=gettext_lazy("所查日期"))
    known = DayField(required=False, label=gettext_lazy("按截至何日所知"))

    def __init__(self, given: Mapping[str, str], *, today: date) -> None:
        """Take what was given, and the day on which it is asked."""
        days = {"on": today.isoformat(), "known": today.isoformat()}
        super().__init__({**days, **{name: value for name, value in given.items() if value.strip()}})
        self.today = today

    def clean_known(self) -> date | None:
        """Refuse a day to come: nobody knows yet what will be known then."""
        known: date | None = self.cleaned_data["known"]
        if known is not None and known > self.today:
            raise forms.ValidationError(
                _("%(day)s 还没有到，那时会知道什么，现在说不出。请填今天或以前的日子。") % {"day": known}
            )
        return known

    def days(self) -> tuple[date, date]:
        """Return the day asked about and the day of knowledge; today for both when something cannot be read."""
        if not self.is_valid():
            return self.today, self.today
        return self.cleaned_data["on"], self.cleaned_data["known"]

    def days_or_refusal(self) -> tuple[date, date]:
        """Return the same. Raises BadDates with the field's words when a date cannot be read."""
        if not self.is_valid():
            field, words = next(iter(self.errors.items()))
            raise BadDates(N_("%(field)s：%(why)s"), field=str(self.fields[field].label), why=str(words[0]))
        return self.days()


class HoldingsForm(DatesForm):
    """The same for the certificates of an organisation, and which of them: in one state, of one body."""

    state = forms.ChoiceField(required=False, label=gettext_lazy("状态"), widget=_select())
    body = forms.ChoiceField(
        required=False, label=gettext_lazy("认证机构"), widget=NamesSelect(attrs={"class": "form-select"})
    )

    def offer(self, *, states: list[tuple[str, str]], bodies: list[tuple[str, str]]) -> None:
        """Set the choices: values with what is shown."""
        self.fields["state"].choices = [("", _("全部状态")), *states]  # type: ignore[attr-defined]
        self.fields["body"].choices = [("", _("全部机构")), *bodies]  # type: ignore[attr-defined]


class BodiesForm(forms.Form):
    """Which bodies: a part of the name or of the approval number, and a status."""

    q = forms.CharField(
        required=False,
        max_length=LONGEST_SEARCH,
        label=gettext_lazy("名称或批准号"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(required=False, label=gettext_lazy("批准状态"), widget=_select())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the statuses in the reader's language."""
        super().__init__(*args, **kwargs)
        offered = [(status.value, _(word)) for status, word in words.BODY_STATUSES.items()]
        self.fields["status"].choices = [("", _("不限")), *offered]  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    """A return or table to bring in."""

    kind = forms.ChoiceField(label=gettext_lazy("内容"), widget=forms.Select(attrs={"class": "form-select"}))
    layout = forms.ChoiceField(
        label=gettext_lazy("栏目格式"),
        required=False,
        help_text=gettext_lazy("自动：按表头的栏目名识别。"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    file = forms.FileField(
        label=gettext_lazy("文件"),
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ",".join(FILE_ENDINGS)}),
    )
    known_on = DayField(label=gettext_lazy("报来日期"), help_text=gettext_lazy("登记从这一天起知道其中的内容。"))

    def __init__(self, *args: Any, nation: bool, **kwargs: Any) -> None:
        """Offer kinds and layouts in the reader's language; the bodies' table and another day only to the nation."""
        super().__init__(*args, **kwargs)
        kinds = words.IMPORT_KINDS if nation else {layouts.CERTIFICATES: words.IMPORT_KINDS[layouts.CERTIFICATES]}
        self.fields["kind"].choices = [(k, _(w)) for k, w in kinds.items()]  # type: ignore[attr-defined]
        if not nation:
            del self.fields["known_on"]
        offered = [
            (one.name, words.label(one)) for one in layouts.layouts().values() if one.kind == layouts.CERTIFICATES
        ]
        self.fields["layout"].choices = [("", _("自动")), *offered]  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse a file that is too large or of a kind that cannot be read, before it is kept."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_LIMIT_BYTES:
            limit = f"{settings.UPLOAD_LIMIT_BYTES / MEGABYTE:g}"
            raise forms.ValidationError(
                _("文件超过上限 %(limit)s MB。请拆成几个文件，或用命令行导入。") % {"limit": limit}
            )
        if not (file.name or "").lower().endswith(FILE_ENDINGS):
            raise forms.ValidationError(_("只收 CSV、XLSX 和 Parquet 文件。"))
        return file
