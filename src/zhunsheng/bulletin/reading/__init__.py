"""From a publication to a bulletin: `read(text)` and `read_file(path)`.

A file becomes text by what it is: HTML (`markup`), DOCX (`word`), XLSX (`workbooks`), PDF (`pdf`),
each with a line for a row and a bar before a cell; our own CSV and JSON (`ours`) need no reading.

The way of a text: normalised (`normalise`), cut into words and figures (`tokens`), names and
headers recognised (`names`), cells put under their headers (`tables`); the running text beside the
tables is read by `narrative`. Everything takes time in proportion to the length of the text.
"""

from zhunsheng.bulletin.reading.files import read_bytes, read_file
from zhunsheng.bulletin.reading.limits import MOST_BYTES, Unreadable
from zhunsheng.bulletin.reading.whole import NotABulletin, read

__all__ = ["MOST_BYTES", "NotABulletin", "Unreadable", "read", "read_bytes", "read_file"]
