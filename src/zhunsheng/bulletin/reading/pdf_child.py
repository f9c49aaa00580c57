"""The part of reading a PDF that stands apart: a process of its own takes the file apart and prints JSON.

PDFium is written in C++ and PDFs come from anyone; a file that makes it crash, loop or fill the memory
ends this process and nothing else. It imports nothing of ours, so that it starts at once.

Input: the file on standard input; most pages, characters, seconds and bytes of memory as arguments.
Output: {"pages": [{"chars": …, "boxes": [left, bottom, right, top …], "rules": [[x0, y0, x1, y1] …],
"text": …, "pictures": …}]}, or {"error": …}. Coordinates are in points, upwards, as the page is turned.
"""

from __future__ import annotations

import ctypes
import json
import math
import resource
import sys
import unicodedata
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

_MOST_RULES = 20_000
_FLAT = 1.0
_LONG = 8.0
_NO_MARK, _QUARTER = -1, 90


def pages_of(data: bytes, most_pages: int, most_characters: int) -> dict[str, Any]:
    """Take a PDF apart, page by page."""
    document = pypdfium2.PdfDocument(data)
    if len(document) > most_pages:
        return {"error": "pages"}
    pages, left = [], most_characters
    for page in document:
        taken = _page(page, left)
        left -= len(taken["text"])
        if left < 0:
            return {"error": "characters"}
        pages.append(taken)
        page.close()
    return {"pages": pages}


def _page(page: Any, most: int) -> dict[str, Any]:
    text = page.get_textpage()
    count = text.count_chars()
    if count > most:
        return {"text": " " * (most + 1)}
    turned = page.get_rotation()
    silent = _silent(page)
    chars, boxes, said = [], [], []
    judged: dict[int, bool] = {}
    box = pdfium.FS_RECTF()
    for place in range(count):
        code = pdfium.FPDFText_GetUnicode(text, place)
        letter = _letter(code)
        if pdfium.FPDFText_IsGenerated(text, place) == 1 or letter.isspace():
            said.append(letter)
            continue
        if _is_silent(text, place, silent, judged):
            continue
        said.append(letter)
        if pdfium.FPDFText_GetLooseCharBox(text, place, box):
            chars.append(letter)
            boxes += _turned((box.left, box.bottom, box.right, box.top), turned)
    rules, pictures = _drawn(page, turned)
    return {"chars": "".join(chars), "boxes": boxes, "rules": rules, "text": "".join(said), "pictures": pictures}


def _letter(code: int) -> str:
    """A code as a letter; a space for what is none, as halves of a pair."""
    letter = chr(code) if 0 < code <= sys.maxunicode else " "
    return letter if unicodedata.category(letter) != "Cs" else " "


def _turned(box: tuple[float, float, float, float], turned: int) -> list[float]:
    """A box as it lies when the page is turned clockwise by so many degrees."""
    x0, y0, x1, y1 = box
    for _ in range(turned // _QUARTER):
        x0, y0, x1, y1 = y0, -x1, y1, -x0
    return [round(value, 2) if math.isfinite(value) else 0.0 for value in (x0, y0, x1, y1)]


def _silent(page: Any) -> set[int]:
    """The marks of content that a tagged PDF calls a figure: its words are no running text."""
    found: set[int] = set()
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    if not tree:
        return found
    waiting = [
        (pdfium.FPDF_StructTree_GetChildAtIndex(tree, place), False)
        for place in range(max(0, pdfium.FPDF_StructTree_CountChildren(tree)))
    ]
    steps = 0
    while waiting and steps < _MOST_RULES:
        steps += 1
        element, inside = waiting.pop()
        if not element:
            continue
        inside = inside or _kind(element) == "Figure"
        children = max(0, pdfium.FPDF_StructElement_CountChildren(element))
        waiting += [(pdfium.FPDF_StructElement_GetChildAtIndex(element, place), inside) for place in range(children)]
        if inside:
            marks = max(0, pdfium.FPDF_StructElement_GetMarkedContentIdCount(element))
            found |= {pdfium.FPDF_StructElement_GetMarkedContentIdAtIndex(element, place) for place in range(marks)}
    pdfium.FPDF_StructTree_Close(tree)
    return found - {_NO_MARK}


def _kind(element: Any) -> str:
    buffer = ctypes.create_string_buffer(64)
    size = pdfium.FPDF_StructElement_GetType(element, buffer, 64)
    return buffer.raw[: max(0, min(size, 64) - 2)].decode("utf-16-le", "replace")


def _is_silent(text: Any, place: int, silent: set[int], judged: dict[int, bool]) -> bool:
    """Whether a letter belongs to a figure or to what a tagged PDF calls an artifact (page numbers)."""
    shape = pdfium.FPDFText_GetTextObject(text, place)
    if not shape:
        return False
    address = ctypes.addressof(shape.contents)
    if address not in judged:
        marked = pdfium.FPDFPageObj_GetMarkedContentID(shape)
        judged[address] = (marked != _NO_MARK and marked in silent) or _is_artifact(shape)
    return judged[address]


def _is_artifact(shape: Any) -> bool:
    for place in range(max(0, pdfium.FPDFPageObj_CountMarks(shape))):
        mark = pdfium.FPDFPageObj_GetMark(shape, place)
        buffer, size = (ctypes.c_ushort * 32)(), ctypes.c_ulong()
        if mark and pdfium.FPDFPageObjMark_GetName(mark, buffer, 64, size):
            name = bytes(buffer)[: max(0, size.value - 2)].decode("utf-16-le", "replace")
            if name == "Artifact":
                return True
    return False


def _drawn(page: Any, turned: int) -> tuple[list[list[float]], int]:
    """The straight lines that part rows and columns, and how many pictures there are."""
    rules: list[list[float]] = []
    pictures = 0
    # What is drawn inside a form lies in that form's coordinates, which would mislead.
    for shape in page.get_objects(max_depth=1):
        if shape.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures += 1
        elif shape.type == pdfium.FPDF_PAGEOBJ_PATH and len(rules) < _MOST_RULES:
            rules += [
                _turned((min(a, c), min(b, d), max(a, c), max(b, d)), turned)
                for (a, b), (c, d) in _sides(shape)
                if (abs(d - b) <= _FLAT and abs(c - a) >= _LONG) or (abs(c - a) <= _FLAT and abs(d - b) >= _LONG)
            ]
    return rules, pictures


def _sides(shape: Any) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    matrix = shape.get_matrix()
    sides = []
    first = last = (0.0, 0.0)
    for place in range(min(max(0, pdfium.FPDFPath_CountSegments(shape)), _MOST_RULES)):
        segment = pdfium.FPDFPath_GetPathSegment(shape, place)
        x, y = ctypes.c_float(), ctypes.c_float()
        if not segment or not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            sides.append((last, point))
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            sides.append((last, first))
    return sides


def main() -> None:
    """Bound this process, take the file apart, print what was found."""
    most_pages, most_characters, seconds, memory = map(int, sys.argv[1:5])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        found = pages_of(sys.stdin.buffer.read(), most_pages, most_characters)
    except pypdfium2.PdfiumError as error:
        found = {"error": "password" if "password" in str(error).lower() else "damaged"}
    except (MemoryError, RecursionError):
        found = {"error": "memory"}
    json.dump(found, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main()
