"""How large a publication may be, and what is said of a file that cannot be read."""

from __future__ import annotations

import io
import zipfile
import zlib

from zhunsheng.codes.errors import N_, ZhunshengError

# A whole newsletter is below 20 MB with its pictures; nothing that is a bulletin comes near this.
MOST_BYTES = 20 * 1024 * 1024
# A newsletter has 28 pages; a yearbook may have some hundreds.
MOST_PAGES = 500
# What the parts of a package may unpack to: one part of text, all parts together, and how many there may be.
MOST_IN_A_PART, MOST_UNPACKED, MOST_PARTS = 32 * 1024 * 1024, 200 * 1024 * 1024, 5_000
# So many cells have all tables of a publication together at most; a bulletin has about 500.
MOST_CELLS = 500_000
_CHUNK = 1 << 20
_XML = (".xml", ".rels")
_DOCTYPE = (b"<!DOCTYPE", b"<!ENTITY")
_OVERLAP = 16


class Unreadable(ZhunshengError):
    """The file is nothing that a bulletin can be read from."""


def refuse_size(size: int) -> None:
    """Unreadable when there are more bytes than a bulletin can have."""
    if size > MOST_BYTES:
        raise Unreadable(N_("文件有 %(size)s 字节，超过 %(most)s 字节的上限"), size=f"{size:,}", most=f"{MOST_BYTES:,}")


def refuse_cells(cells: int) -> None:
    """Unreadable when tables have more cells than any publication has."""
    if cells > MOST_CELLS:
        raise Unreadable(N_("文件里的表格过大，超过 %(most)s 个单元格的上限"), most=f"{MOST_CELLS:,}")


def parts_of_package(data: bytes) -> frozenset[str]:
    """Return the names of the parts of a DOCX or XLSX after unpacking each one to see what it really holds.

    Raises Unreadable for what is damaged, locked with a password, too large when unpacked, or brings a DTD.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise _too_large()
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable(N_("文件设有打开密码，请去掉密码再读"))
            unpacked = 0
            for part in parts:
                unpacked += _inspect(archive, part, MOST_UNPACKED - unpacked)
            return frozenset(part.filename for part in parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Unreadable(
            N_("DOCX、XLSX 或 ZIP 文件已损坏，解不开（%(why)s）；请重新下载，或另存一份"), why=str(error)[:100]
        ) from None


def _inspect(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> int:
    """Unpack one part as far as it is allowed to go; return its size."""
    # The declared size may lie; with a size beyond all bounds the whole stream is unpacked and counted.
    part.file_size = MOST_UNPACKED + _CHUNK
    text = part.filename.lower().endswith(_XML)
    room = min(room, MOST_IN_A_PART) if text else room
    size, tail = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > room:
                raise _too_large()
            if text and any(mark in tail + chunk for mark in _DOCTYPE):
                raise Unreadable(N_("文件的 XML 带有 DTD，可能是 XML 炸弹，不予读取"))
            tail = chunk[-_OVERLAP:]
    return size


def _too_large() -> Unreadable:
    return Unreadable(
        N_("文件解压后过大（上限 %(most)s 字节），可能是压缩炸弹；请把通报另存为文本再读"), most=f"{MOST_UNPACKED:,}"
    )
