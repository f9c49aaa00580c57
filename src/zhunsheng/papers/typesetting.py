"""Pages set by Typst, offline: PDF from a template and data, PNG from a picture.

A template is Typst source of ours; what it says comes as data and is never read as source, so a name
cannot command the typesetter. Fonts are Noto Sans SC as npm installs it; where it is missing, the
system's Chinese font serves.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import typst

from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from collections.abc import Mapping

FONTS_IN_NPM = Path("@expo-google-fonts") / "noto-sans-sc"
FAMILIES = ("Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei")
DATA = "data.json"
PIXELS_PER_INCH = 192


class CannotSet(ZhunshengError):
    """The typesetter cannot set a page."""

    exit_code = 3


def font_paths() -> list[Path]:
    """Return where fonts are looked for beside the system's: npm's folder, in the checkout or as the operator says."""
    here = Path(__file__).resolve().parents[3] / "node_modules"
    folder = Path(os.environ.get("ZHUNSHENG_NODE_MODULES", here)) / FONTS_IN_NPM
    return [folder] if folder.is_dir() else []


def pdf(template: str, *, data: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> bytes:
    """Set a template with data, which it reads by `json("data.json")`, and pictures, which it reads by name.

    Raises CannotSet with the typesetter's words.
    """
    return _compiled(template, {DATA: json.dumps(data, ensure_ascii=False).encode(), **(files or {})}, "pdf")


def png(svg: bytes) -> bytes:
    """Return an SVG picture as PNG, twice as fine as a screen shows it. Raises CannotSet."""
    page = '#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")\n'
    return _compiled(page, {"picture.svg": svg}, "png")


def _compiled(source: str, files: Mapping[str, bytes], kind: Literal["pdf", "png"]) -> bytes:
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    with TemporaryDirectory(prefix="zhunsheng-") as directory:
        for name, content in files.items():
            (Path(directory) / name).write_bytes(content)
        main = Path(directory) / "main.typ"
        main.write_text(f'#set text(font: ({families}), lang: "zh")\n{source}', encoding="utf-8")
        try:
            return typst.compile(
                str(main), root=directory, font_paths=[str(p) for p in font_paths()], format=kind, ppi=PIXELS_PER_INCH
            )
        except typst.TypstError as error:
            raise CannotSet(N_("无法排版：%(why)s"), why=str(error)) from error
