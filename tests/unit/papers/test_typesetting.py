"""Setting pages: a PDF holds the words it was given, whatever they look like; a picture becomes a PNG of its size."""

from __future__ import annotations

import struct

import pypdfium2
import pytest

from zhunsheng.papers import svg, typesetting


def test_what_is_said_comes_as_data_and_is_never_read_as_source() -> None:
    name = '#panic("x") $a$ = 标题 // 有限公司'
    made = typesetting.pdf('#let d = json("data.json")\n#d.name', data={"name": name})
    text = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert "".join(text.split()) == "".join(name.split())


def test_a_picture_becomes_a_png_twice_as_fine() -> None:
    made = typesetting.png(svg.as_file(svg.picture(90, 30, title="图")))
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", made[16:24])
    # SVG units are 1/96 inch, Typst sets 192 pixels to the inch.
    assert (width, height) == (180, 60)


def test_a_template_that_cannot_be_set_says_why() -> None:
    with pytest.raises(typesetting.CannotSet, match="unknown variable"):
        typesetting.pdf("#nothing", data={})
