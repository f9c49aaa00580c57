"""A picture that leaves its page: what it shows is written above it and where it comes from beneath it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.papers import svg

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

EDGE, HEAD, FOOT_LINE, HEAD_SIZE, FOOT_SIZE = 16, 40, 18, 17, 12

# No line begins with one of these.
NOT_FIRST = "，。、：；）”"


def framed(picture: ET.Element, *, heading: str, source: str) -> ET.Element:
    """Return a picture on white paper with its heading above and its source beneath, both broken to its width."""
    _, _, width, height = (float(part) for part in picture.attrib["viewBox"].split())
    size = HEAD_SIZE * min(1.0, width / max(svg.width_of(heading, HEAD_SIZE), 1))
    lines = broken(source, FOOT_SIZE, width)
    whole = height + HEAD + FOOT_LINE * (len(lines) + 0.5) + 2 * EDGE
    root = svg.picture(width + 2 * EDGE, whole, title=heading, description=source)
    svg.add(root, "rect", width=width + 2 * EDGE, height=whole, fill=svg.PAPER)
    svg.add(root, "text", heading, x=EDGE, y=EDGE + HEAD_SIZE, font_size=float(size), font_weight="600")
    inside = svg.add(root, "g", transform=f"translate({EDGE} {EDGE + HEAD})")
    inside.extend(child for child in picture if child.tag not in {"title", "desc"})
    for number, line in enumerate(lines, start=1):
        y = EDGE + HEAD + height + FOOT_LINE * (number + 0.25)
        svg.add(root, "text", line, x=EDGE, y=y, font_size=FOOT_SIZE, fill=svg.QUIET)
    return root


def broken(text: str, size: float, width: float) -> list[str]:
    """Break a text into lines of at most this width: at a space where there is one, else between two characters."""
    lines, rest = [], text.strip()
    while rest:
        fits = next((n for n in range(len(rest), 0, -1) if svg.width_of(rest[:n], size) <= width), 1)
        if fits < len(rest) and " " in rest[: fits + 1].strip() and rest[fits].isascii() and rest[fits - 1].isascii():
            fits = rest.rindex(" ", 0, fits + 1)
        elif fits < len(rest) and rest[fits] in NOT_FIRST and fits > 1:
            fits -= 1
        lines.append(rest[:fits].strip())
        rest = rest[fits:].strip()
    return lines
