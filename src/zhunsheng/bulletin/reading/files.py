"""A publication's file to a bulletin: known by its content, bounded in size, anything else refused clearly."""

from __future__ import annotations

import codecs
import stat
from typing import TYPE_CHECKING

from zhunsheng.bulletin.reading import markup, ours, pdf, word, workbooks
from zhunsheng.bulletin.reading.limits import MOST_BYTES, Unreadable, parts_of_package, refuse_size
from zhunsheng.bulletin.reading.whole import read
from zhunsheng.codes.errors import N_

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first bytes of a file tell what it is, whatever it is called; a PDF may begin a little later.
_PDF, _PACKAGE, _PDF_WITHIN = b"%PDF-", b"PK\x03\x04", 1024
_NOT_READ = (
    (b"\xd0\xcf\x11\xe0", N_("这是旧的 DOC、XLS 文件，或设有打开密码；请去掉密码，另存为 DOCX 或 XLSX 再读")),
    (b"{\\rtf", N_("这是 RTF 文件；请另存为 DOCX 再读")),
    (b"\x89PNG", N_("这是 PNG 图片；请先作文字识别（OCR），再读识别出的文本")),
    (b"\xff\xd8\xff", N_("这是 JPEG 图片；请先作文字识别（OCR），再读识别出的文本")),
)
# Encodings that pages say they have; GB 18030 holds the other two.
_CHINESE = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "utf-8": "utf-8", "utf8": "utf-8"}
# White space that texts hold; other control characters show that the bytes are no text.
_WHITE = frozenset("\t\n\r\f\v\x1a\x85")
_CONTROLS_IN_A_THOUSAND = 10


def decode(data: bytes) -> str:
    """Return the text of UTF-8, UTF-16 with its mark, or GB 18030 bytes; Unreadable for anything else.

    In a page that says its encoding, a broken character here and there does no harm.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable(N_("文件是空的"))
    encodings = [name for mark, name in _MARKS if data.startswith(mark)][:1] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        _refuse_binary(text)
        return text
    if (declared := _CHINESE.get(markup.declared_encoding(data) or "")) is not None:
        text = data.decode(declared, errors="replace")
        _refuse_binary(text)
        return text
    raise Unreadable(N_("认不出文件的编码；可读的有 UTF-8、带标记的 UTF-16 和 GB 18030"))


def _refuse_binary(text: str) -> None:
    """Unreadable when a text holds what no text holds."""
    controls = sum(text.count(chr(code)) for code in range(0x20) if chr(code) not in _WHITE)
    if "\0" in text or controls * 1000 > len(text) * _CONTROLS_IN_A_THOUSAND:
        raise Unreadable(N_("文件里有二进制内容或控制字符，不是文本"))


def read_file(path: Path) -> Bulletin:
    """Read the bulletin in a file: text, HTML, PDF, DOCX, XLSX, or our own CSV or JSON.

    Raises Unreadable when the file is missing, too large (told by its size, without reading it),
    damaged, of another kind or in an unknown encoding, and NotABulletin when it holds no bulletin.
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
    """Read the bulletin in a file's bytes; `MOST_BYTES` and one more are enough to refuse what is too large.

    Raises as `read_file`.
    """
    refuse_size(len(data))
    for signature, words in _NOT_READ:
        if data.startswith(signature):
            raise Unreadable(words)
    if _PDF in data[:_PDF_WITHIN]:
        found = pdf.text_of(data)
        return read(found.tables, running=found.running)
    if data.startswith(_PACKAGE):
        return read(_package(data))
    text = decode(data)
    if ours.is_json(text):
        return ours.from_json(text)
    return ours.from_csv(text) if ours.is_csv(text) else read(text)


def _package(data: bytes) -> str:
    """The text of a DOCX or XLSX, known by the parts it has."""
    parts = parts_of_package(data)
    if any(part.startswith("word/") for part in parts):
        return word.as_text(data)
    if any(part.startswith("xl/") for part in parts):
        return workbooks.as_text(data)
    raise Unreadable(N_("这是 ZIP 文件，但不是 DOCX 或 XLSX；请解开后读其中的通报，ODF 文件请另存为 DOCX 或 XLSX"))
