"""From the text of a publication to a bulletin: `read(text)` and `read_file(path)`.

The way of a text: normalised (`normalise`), cut into words and figures (`tokens`), names and
headers recognised (`names`), cells put under their headers (`tables`); the running text beside the
tables is read by `narrative`. Everything takes time in proportion to the length of the text.
"""

from zhunsheng.bulletin.reading.files import MOST_BYTES, Unreadable, read_bytes, read_file
from zhunsheng.bulletin.reading.whole import NotABulletin, read

__all__ = ["MOST_BYTES", "NotABulletin", "Unreadable", "read", "read_bytes", "read_file"]
