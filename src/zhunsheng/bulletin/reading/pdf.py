"""PDF as text: taken apart in a process of its own, tables put together by where their letters stand."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhunsheng.bulletin.reading import geometry
from zhunsheng.bulletin.reading.limits import MOST_PAGES, Unreadable
from zhunsheng.codes.errors import N_

_CHILD = Path(__file__).with_name("pdf_child.py")
# A newsletter of 28 pages has 50,000 characters and takes 2 seconds.
_MOST_CHARACTERS, _MOST_SECONDS, _MOST_MEMORY = 400_000, 30, 2 << 30
# Page numbers and the like; what has fewer letters in all is a picture of a text.
_FEWEST_CHARACTERS = 30
_WHY = {
    "password": N_("PDF 设有打开密码，请去掉密码再读"),
    "damaged": N_("PDF 文件已损坏，打不开；请重新下载，或另存一份"),
    "pages": N_("PDF 超过 %(pages)s 页的上限；请只留有通报的几页"),
    "characters": N_("PDF 里的文字超过 %(characters)s 字的上限；请只留有通报的几页"),
    "memory": N_("读这份 PDF 要用的内存或时间超过上限，可能是恶意文件；请把通报另存为文本再读"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """What a PDF says: `tables` line by line as it stands on the pages, `running` in the order it was written in."""

    tables: str
    running: str


def text_of(data: bytes) -> Text:
    """Return the text of a PDF. Raises Unreadable when it is damaged, locked, too large, or only scanned."""
    found = _taken_apart(data)
    if error := found.get("error"):
        raise Unreadable(_WHY[error], pages=MOST_PAGES, characters=f"{_MOST_CHARACTERS:,}")
    pages = found["pages"]
    if sum(len(page["chars"]) for page in pages) < _FEWEST_CHARACTERS:
        raise Unreadable(N_("这份 PDF 没有文字，多半是扫描件；请先作文字识别（OCR），或用原来的文档、网页、文本来读"))
    lines = [
        geometry.as_text(geometry.letters(page["chars"], page["boxes"]), geometry.level_rules(page["rules"]))
        for page in pages
    ]
    return Text("\n".join(lines), "\n".join(page["text"] for page in pages))


def _taken_apart(data: bytes) -> dict[str, Any]:
    limits = map(str, (MOST_PAGES, _MOST_CHARACTERS, _MOST_SECONDS, _MOST_MEMORY))
    # -I: nothing from the surroundings takes part.
    command = [sys.executable, "-I", str(_CHILD), *limits]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=2 * _MOST_SECONDS, check=False)
        found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"error": "memory"}
    except (subprocess.TimeoutExpired, ValueError):
        return {"error": "memory"}
    return found
