"""A publication's file to text: bounded in size, its encoding found out, anything else refused clearly."""

from __future__ import annotations

import codecs
import stat
from typing import TYPE_CHECKING

from zhunsheng.bulletin.reading.whole import read
from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin

# A whole newsletter as text is below 1 MB; nothing that is a bulletin comes near this.
MOST_BYTES = 20 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first bytes of files that people take for texts.
_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "DOCX/XLSX/ZIP"),
    (b"\xd0\xcf\x11\xe0", "DOC/XLS"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
# White space that texts hold; other control characters show that the bytes are no text.
_WHITE = frozenset("\t\n\r\f\v\x1a\x85")
_CONTROLS_IN_A_THOUSAND = 10


class Unreadable(ZhunshengError):
    """The file is no text that a bulletin can be read from."""


def decode(data: bytes) -> str:
    """Return the text of UTF-8, UTF-16 with its mark, or GB 18030 bytes; Unreadable for anything else."""
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable(N_("文件是空的"))
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise Unreadable(N_("这是 %(kind)s 文件，不是文本；请先另存为文本"), kind=kind)
    encodings = [name for mark, name in _MARKS if data.startswith(mark)][:1] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        _refuse_binary(text)
        return text
    raise Unreadable(N_("认不出文件的编码；可读的有 UTF-8、带标记的 UTF-16 和 GB 18030"))


def _refuse_binary(text: str) -> None:
    """Unreadable when a text holds what no text holds."""
    controls = sum(text.count(chr(code)) for code in range(0x20) if chr(code) not in _WHITE)
    if "\0" in text or controls * 1000 > len(text) * _CONTROLS_IN_A_THOUSAND:
        raise Unreadable(N_("文件里有二进制内容或控制字符，不是文本"))


def refuse_size(size: int) -> None:
    """Unreadable when there are more bytes than a bulletin can have."""
    if size > MOST_BYTES:
        raise Unreadable(N_("文件有 %(size)s 字节，超过 %(most)s 字节的上限"), size=f"{size:,}", most=f"{MOST_BYTES:,}")


def read_file(path: Path) -> Bulletin:
    """Read the bulletin in a text file.

    Raises Unreadable when the file is missing, too large (told by its size, without reading it),
    binary or in an unknown encoding, and NotABulletin when the text holds no bulletin.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(N_("%(path)s 不是普通文件"), path=path)
        refuse_size(status.st_size)
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(N_("打不开 %(path)s：%(reason)s"), path=path, reason=error.strerror) from error
    return read_bytes(data)


def read_bytes(data: bytes) -> Bulletin:
    """Read the bulletin in the bytes of a text; `MOST_BYTES` and one more are enough to refuse what is too large."""
    refuse_size(len(data))
    return read(decode(data))
