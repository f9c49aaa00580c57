"""A tile grid: places as equal squares that lie about where the places lie, each with its name and its figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.papers import shades, svg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal
    from xml.etree import ElementTree as ET

    Figure = int | Decimal

# In units of the view box. On the narrowest page eight columns are about half as large.
SIDE, GAP = 76, 4
STEP = SIDE + GAP
NAME_SIZE, FIGURE_SIZE, LEAST_SIZE = 19, 18, 8
# A text keeps this much from either side of its tile; bold letters are wider than estimated.
MARGIN, BOLD = 3, 1.08


@dataclass(frozen=True, slots=True)
class Tile:
    """A place: where its tile stands, its name in one or two lines, its figure and the figure as written.

    Without a figure (None) the tile is hatched. `said` is the whole of it in words for who cannot
    see, `address` where it leads, `counted` whether it takes part in the classes.
    """

    column: int
    row: int
    name: tuple[str, ...]
    figure: Figure | None
    written: str
    said: str
    address: str = ""
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Legend:
    """What stands beside the tiles: its first cell, how many cells wide, how it writes a figure, what is hatched."""

    column: int
    row: int
    columns: int
    say: Callable[[Figure], str]
    missing: str


def draw(tiles: Sequence[Tile], legend: Legend, *, title: str, description: str = "") -> ET.Element:
    """Draw a tile grid as large as its tiles need; the legend lies on cells without a tile."""
    columns, rows = 1 + max(tile.column for tile in tiles), 1 + max(tile.row for tile in tiles)
    root = svg.picture(columns * STEP - GAP, rows * STEP - GAP, title=title, description=description)
    if any(tile.address for tile in tiles):
        # The parts of an image are hidden from who cannot see; those of a group can be followed.
        root.set("role", "group")
    ordered = sorted(tile.figure for tile in tiles if tile.figure is not None and tile.counted)
    shades.legend(
        root,
        shades.classes(ordered),
        x=legend.column * STEP,
        y=legend.row * STEP,
        width=legend.columns * STEP - GAP,
        say=legend.say,
        missing=legend.missing if any(tile.figure is None for tile in tiles) else "",
    )
    names = fitting((line for tile in tiles for line in tile.name), NAME_SIZE, BOLD)
    figures = fitting((tile.written for tile in tiles), FIGURE_SIZE)
    for tile in tiles:
        _tile(root, tile, ordered, names, figures)
    return root


def fitting(texts: Iterable[str], most: float, weight: float = 1.0) -> float:
    """Return the size, at most `most`, at which every one of the texts stays inside a tile."""
    room = SIDE - 2 * MARGIN
    widest = max((svg.width_of(text, 1.0) * weight for text in texts), default=0.0)
    return max(LEAST_SIZE, min(most, int(2 * room / widest) / 2 if widest else most))


def _tile(root: ET.Element, tile: Tile, ordered: list[Figure], names: float, figures: float) -> None:
    x, y = tile.column * STEP, tile.row * STEP
    parent = svg.add(root, "a", href=tile.address) if tile.address else svg.add(root, "g")
    # What is read out begins with what is seen, so that who speaks to the browser can name the tile.
    svg.add(parent, "title", f"{' '.join(tile.name)} {tile.written}\n{tile.said}")
    colour = svg.INK
    if tile.figure is None:
        shades.hatch(parent, x, y, SIDE, SIDE)
    elif not tile.counted:
        svg.add(parent, "rect", x=x + 0.5, y=y + 0.5, width=SIDE - 1, height=SIDE - 1, fill=svg.PAPER, stroke=svg.QUIET)
    else:
        place = shades.place_of(tile.figure, ordered)
        colour = shades.ink_on(place)
        svg.add(parent, "rect", x=x, y=y, width=SIDE, height=SIDE, fill=svg.SHADES[place])
    middle: dict[str, str | float] = {"text_anchor": "middle", "fill": colour, "x": x + SIDE / 2}
    # The name stands in the upper part, about the same middle whether it has one line or two.
    base = y + SIDE * 0.42 - (len(tile.name) - 1) * names * 0.55
    for number, line in enumerate(tile.name):
        svg.add(parent, "text", line, y=base + number * names * 1.1, font_size=names, font_weight="600", **middle)
    if tile.written:
        svg.add(parent, "text", tile.written, y=y + SIDE * 0.82, font_size=figures, **middle)
