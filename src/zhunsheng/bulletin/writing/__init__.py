"""A bulletin to text in the published layout, to CSV and to JSON; the same bulletin gives the same bytes."""

from zhunsheng.bulletin.writing.data import as_csv, as_json
from zhunsheng.bulletin.writing.text import as_text, basis

__all__ = ["as_csv", "as_json", "as_text", "basis"]
