"""A bulletin to text in the published layout, sheets, PDF, HTML, CSV and JSON; the same gives the same bytes."""

from zhunsheng.bulletin.writing.data import as_csv, as_json
from zhunsheng.bulletin.writing.html import as_html
from zhunsheng.bulletin.writing.illustrating import Illustrations, illustrations
from zhunsheng.bulletin.writing.pdf import as_pdf
from zhunsheng.bulletin.writing.sheets import as_xlsx
from zhunsheng.bulletin.writing.text import as_text, basis

__all__ = ["Illustrations", "as_csv", "as_html", "as_json", "as_pdf", "as_text", "as_xlsx", "basis", "illustrations"]
