"""What a reader may ask of the register, and what a body or regulator may send it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhunsheng.codes import dates
from zhunsheng.register import layouts, words

if TYPE_CHECKING:
    from datetime import date

    from django.core.files.uploadedfile import UploadedFile

LONGEST_SEARCH = 100
MEGABYTE = 1_000_000
FILE_ENDINGS = (".csv", ".xlsx", ".parquet")


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


class SearchForm(forms.Form):
    """A piece of a name, a number or a code."""

    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)


class DatesForm(forms.Form):
    """Which day is asked about, and as it was known when."""

    on = DayField(required=False, label=gettext_lazy("所查日期"))
    known = DayField(required=False, label=gettext_lazy("截至何日所知"))


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
