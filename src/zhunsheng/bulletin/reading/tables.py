"""The entries of a text put together to the rows of the three tables.

A header says which columns follow and opens a table; the table goes on while names and figures
alternate, and ends where a sentence stands between. A row without a header must look the part:
a full name and at least two figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from zhunsheng.bulletin.model import BlockRow, ProjectRow, RegionRow
from zhunsheng.bulletin.reading.names import (
    ALL,
    BLOCK_NAMES,
    NATION,
    PROJECTS,
    REGIONS,
    SHORT_REGIONS,
    Named,
    find_header,
    join,
    name_of,
)
from zhunsheng.bulletin.taxonomy import DOMAINS, PARENTS, TOTAL, TOTALS
from zhunsheng.codes.regions import ABROAD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.bulletin.reading.tokens import Entry

Cells = dict[str, str | None]

_CERTIFICATES = ("certificates", "certificate_rank", "certificate_share")
_ORGANISATIONS = ("organisations", "organisation_rank", "organisation_share")
_COUNTS = ("certificates", "organisations")
_SHARES = ("certificate_share", "organisation_share")
# The columns of a table without a header, by how many figures its rows have.
_USUAL: dict[int, tuple[str, ...]] = {
    2: _COUNTS,
    3: _CERTIFICATES,
    4: ("certificates", "certificate_share", "organisations", "organisation_share"),
    6: _CERTIFICATES + _ORGANISATIONS,
}
# Names of the running text too: without a header they must bring a whole row.
_EVERYDAY = SHORT_REGIONS | {ALL, NATION, ABROAD.name, TOTAL}
_EVERYDAY_FIGURES = 4
# So many rows one after the other are a table, header or not.
A_TABLE = 3


@dataclass(slots=True)
class Row:
    """One printed row: the table it stood in (numbered), its kind, name, group before it and cells."""

    table: int
    kind: str
    name: str
    group: str | None
    cells: Cells
    headed: bool


@dataclass(slots=True)
class _Reader:
    """Where the reading stands: the open table, its columns, and what was found."""

    rows: list[Row] = field(default_factory=list)
    table: int = 0
    kind: str | None = None
    columns: tuple[str | None, ...] = ()
    indexed: bool = False
    inside: bool = False
    headed: bool = False
    whole: bool = True
    run: int = 0
    seen: set[str] = field(default_factory=set)
    waiting: list[tuple[Named, Entry]] = field(default_factory=list)

    def take(self, entry: Entry) -> None:
        """Read one entry: a header, a row, or a sentence that ends the table."""
        words = join(entry.pieces)
        if header := find_header(words):
            words = words.after(header.end)
            self.table += 1
            self.kind, self.columns, self.indexed = header.kind, header.columns, header.indexed
            self.whole = header.kind is not None
            self.inside = self.headed = True
        elif entry.broken:
            self._stop()
        named = name_of(words, inside=self.inside, seen=self.seen)
        if named and entry.values and self._fits(named, entry):
            self._add(named, entry)
        elif not header and words.letters:
            self._stop()
            if named and named.known and _solid(entry.values) >= len(_COUNTS):
                self.waiting = [(named, entry)]

    def _stop(self) -> None:
        """End the table, and the rows that wait for one."""
        self.inside, self.run = False, 0
        self.waiting = []

    def _fits(self, named: Named, entry: Entry) -> bool:
        """Whether a row looks the part: strict outside a table, mild inside."""
        figures = _solid(entry.values)
        if self.inside:
            return named.known or len(entry.values) >= min(2, len(self.columns))
        return figures >= (_EVERYDAY_FIGURES if named.name in _EVERYDAY and named.group is None else 2)

    def _add(self, named: Named, entry: Entry) -> None:
        """Keep a row; three in a run open a table of their own."""
        kind = _kind(named, self.kind)
        if kind != self.kind:
            if self.kind is not None:
                self.table, self.columns, self.headed = self.table + 1, (), False
            self.kind = kind
        # A head whose first label is missing may have lost its first columns too.
        cut = not self.whole and len(entry.values) > len(self.columns)
        cells = _cells(entry.values, () if cut else self.columns)
        self.rows.append(Row(self.table, kind, named.name, named.group, cells, self.headed))
        self.run += 1
        self._open()
        self.seen.add(named.group or TOTAL if named.name in TOTALS else named.name)

    def _open(self) -> None:
        """Three in a run open a table; 合计 without a head right before them is its first row."""
        if self.inside or self.run < A_TABLE:
            return
        self.inside = True
        for named, entry in self.waiting:
            first = self.rows[-self.run]
            row = Row(
                first.table, first.kind, named.name, named.group, _cells(entry.values, tuple(first.cells)), headed=False
            )
            self.rows.insert(len(self.rows) - self.run, row)
        self.waiting = []


def _solid(values: list[str | None]) -> int:
    """How many cells have a figure."""
    return sum(value is not None for value in values)


def _kind(named: Named, open_kind: str | None) -> str:
    """Which table a name belongs to; the open one when the name does not say."""
    if named.name in TOTALS:
        return open_kind or "projects"
    if named.name in PROJECTS:
        return "projects"
    if named.name in REGIONS or named.name in BLOCK_NAMES:
        return "regions"
    return open_kind or "projects"


def _cells(values: list[str | None], columns: tuple[str | None, ...]) -> Cells:
    """Put figures under the columns; without a header the number of figures tells the columns."""
    solid: list[str | None] = [value for value in values if value is not None]
    if not columns:
        size = next((size for size in (len(values), len(solid)) if size in _USUAL), 2)
        columns = _USUAL[size]
    if len(solid) >= len(columns):
        values = solid
    while len(values) > len(columns) and values[0] is None:
        values = values[1:]
    return {column: value for column, value in zip(columns, values, strict=False) if column}


def rows(entries: Iterable[Entry]) -> list[Row]:
    """Return every row of every table in the text, in order.

    In a table with a column of row numbers, the number of the next row stands behind the last
    figure of a row; there are then more figures than columns, or the last cells are empty.
    """
    reader = _Reader()
    last: Entry | None = None
    for entry in entries:
        if last is not None:
            if reader.indexed and _ends_with_an_index(last, entry):
                last.values.pop()
            reader.take(last)
        last = entry
    if last is not None:
        reader.take(last)
    return reader.rows


def _ends_with_an_index(entry: Entry, following: Entry) -> bool:
    """Whether the last figure of a row numbers the next one; not so where another table begins."""
    if not entry.values or not following.pieces or following.broken:
        return False
    return (entry.values[-1] or "").isdigit() and find_header(join(following.pieces)) is None


def _count(text: str | None) -> int | None:
    """A whole number, thousands separators dropped; None for anything else."""
    digits = (text or "").replace(",", "")
    return int(digits) if digits.isdigit() else None


def _share(text: str | None) -> str | None:
    """A share as printed, without the percent sign."""
    return text.rstrip("%").replace(",", "") if text else None


def _read_cell(column: str, text: str | None) -> int | str | None:
    return _share(text) if column in _SHARES else _count(text)


def _merged(rows: Iterable[Row]) -> list[Row]:
    """One row for each name in its group: the first one, rows under a header before others, gaps filled by the rest."""
    ordered = list(rows)
    kept: dict[tuple[str, str | None], Row] = {}
    for row in sorted(ordered, key=lambda row: not row.headed):
        first = kept.setdefault((row.name, row.group), row)
        for column, value in row.cells.items():
            if first.cells.get(column) is None:
                first.cells[column] = value
    return [row for row in ordered if kept[row.name, row.group] is row]


def projects(rows: Iterable[Row]) -> tuple[ProjectRow, ...]:
    """Return the project table: subtotals under their domain's name, unknown rows in the open domain."""
    found: list[Row] = []
    root: Row | None = None
    domain, above = TOTAL, set[str]()
    for row in rows:
        if row.kind != "projects":
            continue
        name, parent = row.name, PARENTS.get(row.name, row.group or domain)
        if name in TOTALS:
            name, parent = _total(row, above, root)
        if parent in TOTALS and (row.name in TOTALS or name in DOMAINS):
            domain = name
            above.add(name)
        elif name in PARENTS and parent:
            domain = parent
        found.append(replace(row, name=name, group=parent))
        root = root or (found[-1] if parent is None else None)
    return tuple(
        ProjectRow(row.name, row.group, *(_count(row.cells.get(column)) for column in _COUNTS))
        for row in _merged(found)
    )


def _total(row: Row, domains: set[str], root: Row | None) -> tuple[str, str | None]:
    """What a row called 合计 is the total of: its group, everything, or the next domain without a row.

    Everything also when a table is printed a second time with the same total.
    """
    if row.group:
        return row.group, TOTAL
    if root is None or (row.table != root.table and _agree(row.cells, root.cells)):
        return row.name, None
    return next(((domain, TOTAL) for domain in DOMAINS if domain not in domains), (row.name, None))


def _agree(one: Cells, other: Cells) -> bool:
    """Whether two rows differ in no cell that both have."""
    return all(one[column] in (None, other[column]) or other[column] is None for column in one.keys() & other.keys())


def _is_block(place: int, rows: list[Row]) -> bool:
    """Whether a row of a region table is a block; 国外 is one when it stands among blocks."""
    row = rows[place]
    if row.name != ABROAD.name:
        return row.name in BLOCK_NAMES
    for neighbour in (place - 1, place + 1):
        if 0 <= neighbour < len(rows) and rows[neighbour].table == row.table:
            return rows[neighbour].name in BLOCK_NAMES
    return "certificate_share" in row.cells and "certificate_rank" not in row.cells


def regions(rows: Iterable[Row]) -> tuple[tuple[RegionRow, ...], tuple[BlockRow, ...]]:
    """Return the region table and the block table, which may be printed as one."""
    placed = [replace(row, group=None) for row in rows if row.kind == "regions"]
    blocks = [_is_block(place, placed) for place in range(len(placed))]
    single = _merged(row for row, block in zip(placed, blocks, strict=True) if not block)
    joint = _merged(row for row, block in zip(placed, blocks, strict=True) if block)
    return (
        tuple(RegionRow(row.name, **_typed(row.cells, RegionRow)) for row in single),
        tuple(BlockRow(row.name, **_typed(row.cells, BlockRow)) for row in joint),
    )


def _typed(cells: Cells, kind: type[RegionRow | BlockRow]) -> dict[str, Any]:
    """The cells that the row class has, counts and ranks as whole numbers, shares as text."""
    names = {column.name for column in fields(kind)}
    return {column: _read_cell(column, text) for column, text in cells.items() if column in names}
