"""Drawing a lifeline (`papers.lifeline`): solid, hatched and dotted bands, events above, knowledge below."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhunsheng.papers import svg
from zhunsheng.papers.frame import broken
from zhunsheng.papers.lifeline import SIZE, SMALL, WIDE, Axis, Place, grid, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from xml.etree import ElementTree as ET

    from zhunsheng.papers.lifeline import Band, Lifeline, Row, Tick

MARGIN, LINE = 10, 17
BAND, THIN, BETWEEN = 22, 12, 8
# The height of a row's name, and of what stands between the rows and the line of knowledge.
HEAD, SLANT = 18, 36
PATTERN = 6
# Bold letters are so much wider.
BOLD = 1.06
HELD_TINT, ENDED_TINT = "#fdf3d7", "#fbeceb"
TONES = {"good": svg.GOOD, "held": svg.HELD, "ended": svg.ENDED, "unknown": svg.UNKNOWN}
SHAPES = {"good": "●", "held": "▲", "ended": "■", "unknown": "?"}


@dataclass(slots=True)
class _Sheet:
    """A drawing under work: everything goes into `body`, which grows downwards to `y`."""

    width: float
    body: ET.Element
    axis: Axis
    y: float = MARGIN
    names: list[tuple[str, float]] = field(default_factory=list)

    def text(
        self, words: str, x: float, y: float, *, size: float = SMALL, fill: str = svg.INK, bold: bool = False
    ) -> None:
        """Write words whose baseline is at `y`."""
        weight = {"font_weight": "600"} if bold else {}
        svg.add(self.body, "text", words, x=round(x, 2), y=round(y, 2), font_size=size, fill=fill, **weight)

    def paragraph(self, words: str, *, size: float = SMALL, fill: str = svg.INK, bold: bool = False) -> None:
        """Write words below what is there, in as many lines as they need."""
        for line in broken(words, size, self.width - 2 * MARGIN):
            self.text(line, MARGIN, self.y + size, size=size, fill=fill, bold=bold)
            self.y += LINE


def draw(lifeline: Lifeline, *, width: float = WIDE) -> ET.Element:
    """Draw a lifeline as wide as asked; it is as high as it needs to be."""
    root = svg.picture(width, 0, title=lifeline.title, description=lifeline.description)
    _patterns(root)
    paper = svg.add(root, "rect", width=width, fill=svg.PAPER)
    sheet = _Sheet(width, root, Axis(lifeline.first, lifeline.last, MARGIN, width - MARGIN))
    sheet.paragraph(lifeline.title, size=SIZE, bold=True)
    for line in lifeline.lines:
        sheet.paragraph(line, fill=svg.QUIET)
    _draw_strips(sheet, lifeline)
    _draw_legend(sheet, lifeline)
    for note in lifeline.notes:
        sheet.paragraph(note, fill=svg.QUIET)
    height = svg.number(round(sheet.y + MARGIN, 2))
    paper.set("height", height)
    root.set("height", height)
    root.set("viewBox", f"0 0 {svg.number(width)} {height}")
    return root


def _patterns(root: ET.Element) -> None:
    """Put in what the bands are filled with: hatching for held, dots for ended, so that colour is never alone."""
    defs = svg.add(root, "defs")
    for name, tint, colour in (("held", HELD_TINT, svg.HELD), ("ended", ENDED_TINT, svg.ENDED)):
        tile = svg.add(defs, "pattern", id=f"lifeline-{name}", width=PATTERN, height=PATTERN)
        tile.set("patternUnits", "userSpaceOnUse")
        svg.add(tile, "rect", width=PATTERN, height=PATTERN, fill=tint)
        if name == "held":
            svg.add(tile, "path", d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2", stroke=colour, stroke_width=1.2)
        else:
            svg.add(tile, "circle", cx=PATTERN / 2, cy=PATTERN / 2, r=0.9, fill=colour)


def _fill(tone: str) -> str:
    return {"good": svg.GOOD, "unknown": svg.PAPER}.get(tone, f"url(#lifeline-{tone})")


def _draw_strips(sheet: _Sheet, lifeline: Lifeline) -> None:
    """Draw events, rows, knowledge and the grid from top to bottom; lines go into a layer behind them."""
    behind = svg.add(sheet.body, "g")
    above = _labels(sheet, [(t.day, t.label, t.counts) for t in lifeline.ticks], _marks(lifeline, below=False))
    sheet.y += LINE * _rows_of(above) + 4
    top = sheet.y
    for row in lifeline.rows:
        _draw_row(sheet, row, thin=lifeline.thin)
    bottom = sheet.y - BETWEEN
    _dim_what_is_to_come(sheet, lifeline, top, bottom)
    if lifeline.known_name:
        _draw_known(sheet, behind, lifeline)
    _draw_grid(sheet, behind, lifeline, top)
    first_band = top + (HEAD if lifeline.rows and lifeline.rows[0].name else 2)
    for label in above:
        foot = top - 4 - LINE * label.place.row
        # A mark goes through every row, an event to the first one.
        _draw_label(behind, sheet, label, foot - 3, (foot, bottom if label.mark else first_band))
    for mark in (m for m in lifeline.marks if not m.below):
        _draw_line(sheet.body, sheet.axis.at(mark.day), top, bottom, svg.ACCENT, 2)
    for name, baseline in sheet.names:
        _write_on_paper(sheet, name, MARGIN, baseline, svg.QUIET)


@dataclass(frozen=True, slots=True)
class _Label:
    words: str
    at: float
    width: float
    fill: str
    place: Place
    mark: bool


def _marks(lifeline: Lifeline, *, below: bool) -> list[tuple[date, str]]:
    return [(m.day, m.label) for m in lifeline.marks if m.below is below and m.label]


def _labels(sheet: _Sheet, ticks: Iterable[tuple[date, str, bool]], marks: Iterable[tuple[date, str]]) -> list[_Label]:
    wanted = [(day, label, svg.INK if counts else svg.UNKNOWN, False) for day, label, counts in ticks if label]
    wanted += [(day, label, svg.ACCENT, True) for day, label in marks]
    sized = [(sheet.axis.at(day), svg.width_of(label, SMALL) * (BOLD if mark else 1)) for day, label, _, mark in wanted]
    places = placed(sized, left=MARGIN, right=sheet.width - MARGIN)
    return [
        _Label(label, at, width, fill, place, mark)
        for (_, label, fill, mark), (at, width), place in zip(wanted, sized, places, strict=True)
    ]


def _rows_of(labels: Sequence[_Label]) -> int:
    return max((label.place.row + 1 for label in labels), default=0)


def _draw_label(behind: ET.Element, sheet: _Sheet, label: _Label, baseline: float, reach: tuple[float, float]) -> None:
    """Write a label on paper of its own, so that the line to another label passes behind it."""
    _draw_line(behind, label.at, *reach, label.fill, 1)
    _write_on_paper(sheet, label.words, label.place.left, baseline, label.fill, bold=label.mark)


def _write_on_paper(sheet: _Sheet, words: str, left: float, baseline: float, fill: str, *, bold: bool = False) -> None:
    """Write words on a piece of paper that hides what passes behind them."""
    wide = svg.width_of(words, SMALL) * (BOLD if bold else 1) + 4
    box = {"x": round(left - 2, 2), "y": round(baseline - SMALL + 1, 2), "width": round(wide, 2)}
    svg.add(sheet.body, "rect", "", height=SMALL + 2, fill=svg.PAPER, **box)
    sheet.text(words, left, baseline, fill=fill, bold=bold)


def _draw_row(sheet: _Sheet, row: Row, *, thin: bool) -> None:
    """Draw a row, and leave room for its name above it: names are written last, over lines and paleness."""
    high = THIN if thin else BAND
    if row.name:
        sheet.names.append((_cut(row.name, sheet.width - 2 * MARGIN), sheet.y + SMALL))
    sheet.y += HEAD if row.name else 2
    for band in row.bands:
        _draw_band(sheet, band, high)
    sheet.y += high + BETWEEN


def _cut(text: str, width: float) -> str:
    """Cut a name that is too long for one line."""
    return text if svg.width_of(text, SMALL) <= width else f"{broken(text, SMALL, width - SMALL)[0]}…"


def _draw_band(sheet: _Sheet, band: Band, high: float) -> None:
    start, end = sheet.axis.at(band.start), sheet.axis.at(band.end)
    colour = TONES[band.tone]
    box = {"x": round(start, 2), "y": round(sheet.y, 2), "width": round(max(1.5, end - start), 2), "height": high}
    dash = {"stroke_dasharray": "3 3"} if band.tone == "unknown" else {}
    svg.add(sheet.body, "rect", "", fill=_fill(band.tone), stroke=colour, stroke_width=1, **box, **dash)
    words = f"{SHAPES[band.tone]} {band.word}"
    width = svg.width_of(words, SMALL)
    if high < BAND or width + 12 > end - start:
        return
    middle, baseline = start + 6, sheet.y + high / 2 + SMALL * 0.36
    if band.tone != "good":
        back = HELD_TINT if band.tone == "held" else ENDED_TINT if band.tone == "ended" else svg.PAPER
        svg.add(
            sheet.body, "rect", x=round(middle - 3, 2), y=sheet.y + 3, width=round(width + 6, 2), height=16, fill=back
        )
    sheet.text(words, middle, baseline, fill=svg.PAPER if band.tone == "good" else colour, bold=True)


def _dim_what_is_to_come(sheet: _Sheet, lifeline: Lifeline, top: float, bottom: float) -> None:
    if lifeline.today is None or lifeline.today >= lifeline.last:
        return
    x = sheet.axis.at(lifeline.today)
    box = {"x": round(x, 2), "y": round(top, 2), "width": round(sheet.axis.right + 1 - x, 2)}
    svg.add(sheet.body, "rect", "", height=round(bottom - top, 2), fill=svg.PAPER, opacity="0.5", **box)


def _draw_known(sheet: _Sheet, behind: ET.Element, lifeline: Lifeline) -> None:
    """Draw the thin row of knowledge: a slanting line from each event to the day on which it became known."""
    start = sheet.y - BETWEEN
    y = start + SLANT
    svg.add(behind, "line", x1=sheet.axis.left, x2=sheet.axis.right, y1=round(y, 2), y2=round(y, 2), stroke=svg.RULE)
    below = _labels(sheet, [(t.known, t.known_label, t.counts) for t in lifeline.ticks], _marks(lifeline, below=True))
    top = y + 8 + LINE
    for label in below:
        head = top + LINE * label.place.row
        _draw_label(behind, sheet, label, head + SMALL + 1, (y, head))
    _write_on_paper(sheet, lifeline.known_name, MARGIN, top - 4, svg.QUIET)
    for tick in lifeline.ticks:
        _draw_slant(sheet, behind, tick, start, y)
    for mark in (m for m in lifeline.marks if m.below):
        _draw_line(sheet.body, sheet.axis.at(mark.day), y - 8, y + 8, svg.ACCENT, 2)
    sheet.y = top + LINE * _rows_of(below) + 4


def _draw_slant(sheet: _Sheet, behind: ET.Element, tick: Tick, start: float, end: float) -> None:
    colour = svg.INK if tick.counts else svg.UNKNOWN
    known = round(sheet.axis.at(tick.known), 2)
    dash = {} if tick.counts else {"stroke_dasharray": "3 3"}
    ends = {"x1": round(sheet.axis.at(tick.day), 2), "x2": known, "y1": round(start, 2), "y2": round(end, 2)}
    svg.add(behind, "line", "", stroke=svg.UNKNOWN, stroke_width=1, **ends, **dash)
    inside = colour if tick.counts else svg.PAPER
    svg.add(sheet.body, "circle", cx=known, cy=round(end, 2), r=3.5, fill=inside, stroke=colour)


def _draw_line(layer: ET.Element, at: float, top: float, bottom: float, colour: str, width: float) -> None:
    x = round(at, 2)
    svg.add(layer, "line", x1=x, x2=x, y1=round(top, 2), y2=round(bottom, 2), stroke=colour, stroke_width=width)


def _draw_grid(sheet: _Sheet, behind: ET.Element, lifeline: Lifeline, top: float) -> None:
    """Draw the time line at the foot, and a pale line upwards at each of its marks."""
    y = sheet.y + 4
    svg.add(sheet.body, "line", x1=sheet.axis.left, x2=sheet.axis.right, y1=round(y, 2), y2=round(y, 2), stroke=svg.INK)
    for day, label in grid(lifeline.first, lifeline.last, sheet.axis.right - sheet.axis.left):
        x = round(sheet.axis.at(day), 2)
        _draw_line(behind, x, top, y + 4, svg.RULE, 1)
        left = min(max(MARGIN, x - svg.width_of(label, SMALL) / 2), sheet.width - MARGIN - svg.width_of(label, SMALL))
        sheet.text(label, left, y + SMALL + 4, fill=svg.QUIET)
    sheet.y = y + LINE + 6


def _draw_legend(sheet: _Sheet, lifeline: Lifeline) -> None:
    """Say what each filling means: the words of the states that are in the picture."""
    words: dict[str, list[str]] = {}
    for band in (band for row in lifeline.rows for band in row.bands):
        if band.word not in words.setdefault(band.tone, []):
            words[band.tone].append(band.word)
    x: float = MARGIN
    for tone in (tone for tone in TONES if tone in words):
        label = f"{SHAPES[tone]} {'、'.join(words[tone])}"
        wide = 26 + svg.width_of(label, SMALL)
        if x > MARGIN and x + wide > sheet.width - MARGIN:
            x, sheet.y = MARGIN, sheet.y + LINE
        box = {"x": round(x, 2), "y": round(sheet.y + 2, 2), "width": 20, "height": 11}
        svg.add(sheet.body, "rect", "", fill=_fill(tone), stroke=TONES[tone], **box)
        sheet.text(label, x + 26, sheet.y + SMALL, fill=TONES[tone])
        x += wide + 14
    sheet.y += LINE + 3
