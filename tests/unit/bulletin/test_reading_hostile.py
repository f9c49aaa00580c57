"""Files that are damaged, locked, scanned or made to do harm end in a sentence that says what to do."""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
import zlib
from contextlib import suppress

import pytest

from tests.unit.bulletin.documents import as_docx
from zhunsheng.bulletin import published, writing
from zhunsheng.bulletin.reading import NotABulletin, Unreadable, read, read_bytes
from zhunsheng.papers import typesetting

WORDS = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>'


def package(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, part: str, content: bytes) -> bytes:
    return package(parts_of(data) | {part: content})


@pytest.fixture(scope="module")
def word() -> bytes:
    return as_docx(published.load("2024-12"))


@pytest.fixture(scope="module")
def sheet() -> bytes:
    return writing.as_xlsx(published.load("2024-12"))


@pytest.fixture(scope="module")
def paper() -> bytes:
    return writing.as_pdf(published.load("2024-12"))


def test_a_package_that_unpacks_to_too_much_is_refused_in_time(word: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(Unreadable, match="压缩炸弹"):
        read_bytes(changed(word, "word/document.xml", b" " * (40 << 20)))
    with pytest.raises(Unreadable, match="压缩炸弹"):
        read_bytes(package({"word/document.xml": WORDS.encode(), "word/media/x.bin": b"\0" * (220 << 20)}))
    assert time.perf_counter() - began < 10


def test_entities_are_never_expanded(word: bytes) -> None:
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa">]>' + WORDS
    with pytest.raises(Unreadable, match="DTD"):
        read_bytes(changed(word, "word/document.xml", bomb.encode()))


def test_a_cell_at_the_end_of_the_world_does_not_fill_the_memory(sheet: bytes) -> None:
    parts = parts_of(sheet)
    name = next(name for name in parts if "worksheets/sheet" in name)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with pytest.raises(Unreadable, match="单元格"):
        read_bytes(package(parts | {name: parts[name].replace(b"</sheetData>", far)}))


def test_a_table_of_endless_cells_is_refused() -> None:
    with pytest.raises(Unreadable, match="单元格"):
        read("<table>" + ("<tr>" + "<td rowspan=60000>认" * 40) * 200 + "</table>")


@pytest.mark.parametrize(
    "piece", ["<table><tr><td>", "<td rowspan=9>", "<!-- ", "<script>", "<svg>", "<p a='", "</table>"]
)
def test_markup_that_nests_or_never_ends_is_read_in_time(piece: str) -> None:
    began = time.perf_counter()
    with pytest.raises((NotABulletin, Unreadable)):
        read("<table>" + piece * 30_000)
    assert time.perf_counter() - began < 20


def test_words_in_scripts_comments_and_drawings_are_no_figures() -> None:
    page = (
        "<table><tr><th>地区<th>证书数<!-- <th>x --><tr><td>北京市<td>5<script>9</script>"
        "<tr><td>天津市<td><svg><text>7</text></svg>3<style>8</style></table>"
    )
    assert [(r.name, r.certificates) for r in read(page).regions] == [("北京市", 5), ("天津市", 3)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "DOCX"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\x89PNG\r\n", "OCR"),
        (b"\xff\xd8\xff\xe0", "OCR"),
        (package({"content.xml": b"<x/>"}), "ODF"),
        (package({"word/document.xml": b"<x"}), "DOCX"),
        (package({"xl/workbook.xml": b"<x"}), "XLSX"),
        (b'{"month": 5, "headline": {}}', "JSON"),
        (b'{"month": "2025-07", "headline": {}, "regions": [{"name": "x", "certificates": "5"}]}', "certificates"),
        (b'{"a":' * 100_000, "JSON"),
        (b"section,group,name,certs,certs_rank,certs_share,orgs,orgs_rank,orgs_share\nregion,,x,1e9,,,,,", "CSV"),
    ],
)
def test_what_cannot_be_read_says_the_way_out(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_bytes(data)


def test_a_locked_package_is_named(word: bytes) -> None:
    locked = bytearray(word)
    # The general purpose flag of every entry, in the directory and before the data: bit 0 is "encrypted".
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = -1
        while (at := locked.find(mark, at + 1)) >= 0:
            locked[at + place] |= 1
    with pytest.raises(Unreadable, match="密码"):
        read_bytes(bytes(locked))


def test_a_scanned_pdf_names_the_way_out() -> None:
    scan = typesetting.pdf('#image("scan.png")', data={}, files={"scan.png": picture()})
    with pytest.raises(Unreadable, match="OCR"):
        read_bytes(scan)


def picture() -> bytes:
    """A white PNG of one pixel: header, one row of one byte behind its filter, end."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    with pytest.raises(Unreadable, match="500 页"):
        read_bytes(typesetting.pdf("#for n in range(501) [#pagebreak(weak: true)x#pagebreak()]", data={}))


def test_a_pdf_whose_content_never_ends_stops_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A content stream of 300 MB packed to almost nothing: the process that reads it has 2 seconds here, not ours."""
    from zhunsheng.bulletin.reading import pdf

    monkeypatch.setattr(pdf, "_MOST_SECONDS", 2)
    packed = zlib.compress(zlib.compress(b"0 0 m 9 9 l S\n" * 20_000_000, 1), 9)
    body = (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length "
        + str(len(packed)).encode()
        + b">>stream\n"
        + packed
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n"
    )
    began = time.perf_counter()
    with pytest.raises(Unreadable):
        read_bytes(body)
    assert time.perf_counter() - began < 30


@pytest.mark.parametrize("kind", ["word", "sheet", "paper"])
def test_damaged_files_never_do_more_than_raise_a_clear_error(kind: str, request: pytest.FixtureRequest) -> None:
    whole: bytes = request.getfixturevalue(kind)
    chance = random.Random(1)  # noqa: S311 - the same damage in every run, nothing secret
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randint(len(data) // 2, len(data))])
        for damaged in (bytes(data), cut):
            with suppress(Unreadable, NotABulletin):
                json.dumps(read_bytes(damaged).to_json())
