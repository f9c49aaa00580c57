"""The layouts of the returns and their code tables, as the data files of this room say them.

`data/layouts/NAME.csv` has one row a field of the national template, `data/codes/NAME.csv` one row a
code with its source. A file's columns are recognised by field name or Chinese label.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from zhunsheng.codes import certificate_number
from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from collections.abc import Iterable

CERTIFICATES, BODIES = "certificates", "bodies"


class UnknownLayout(ZhunshengError):
    """The columns fit no layout, or the layout asked for does not exist."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One term of a requirement: a field is filled, has one of some values, or begins with one of some prefixes."""

    field: str
    how: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a layout.

    `kind` says how to read it (text, date, int, number, code:TABLE, approval, certificate, uscc …),
    `required` is None (may be empty), () (always required) or the conditions that all must hold,
    `target` is where it goes: a column, organisation.COLUMN, state, details, or report (kept in
    details, but a difference there is no change of the certificate).
    """

    name: str
    label: str
    label_en: str
    kind: str
    required: tuple[Condition, ...] | None
    max_length: int | None
    target: str
    public: bool

    @property
    def table(self) -> str | None:
        """Return the code table of the field, None where it has none."""
        kind, _, name = self.kind.partition(":")
        return name if kind == "code" else None

    @property
    def in_details(self) -> bool:
        """Say whether the value is kept in the certificate's details."""
        return self.target in {"details", "report"}


@dataclass(frozen=True, slots=True)
class LayoutOf:
    """One layout: its fields by name, and how it is told from the others."""

    name: str
    kind: str
    label: str
    label_en: str
    national_codes: tuple[str, ...]
    own_fields: tuple[str, ...]
    fields: dict[str, Field]


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a code table; `means` is the system's own word where it has one."""

    code: str
    label: str
    label_en: str
    means: str
    confirmed: bool
    source: str


_TERM = re.compile(r"(?P<field>[A-Z_]+)(?:(?P<how>[=^])(?P<values>.+))?")


def _required(text: str) -> tuple[Condition, ...] | None:
    if not text:
        return None
    if text == "required":
        return ()
    terms = []
    for term in text.split("&"):
        found = _TERM.fullmatch(term)
        if found is None:
            raise ValueError(text)
        terms.append(Condition(found["field"], found["how"] or "", tuple((found["values"] or "").split(","))))
    return tuple(terms)


def _rows(*path: str) -> list[dict[str, str]]:
    file = files("zhunsheng.register").joinpath("data", *path)
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@cache
def layouts() -> dict[str, LayoutOf]:
    """Return every layout by name."""
    return {
        row["layout"]: LayoutOf(
            row["layout"],
            row["kind"],
            row["label"],
            row["label_en"],
            tuple(row["national_codes"].split()),
            tuple(row["own_fields"].split()),
            {field["field"]: _field(field) for field in _rows("layouts", f"{row['layout']}.csv")},
        )
        for row in _rows("layouts.csv")
    }


def _field(row: dict[str, str]) -> Field:
    return Field(
        row["field"],
        row["label"],
        row["label_en"],
        row["kind"],
        _required(row["requirement"]),
        int(row["max_length"]) if row["max_length"] else None,
        row["target"],
        row["public"] == "yes",
    )


def layout(name: str) -> LayoutOf:
    """Return one layout. Raises UnknownLayout."""
    try:
        return layouts()[name]
    except KeyError:
        raise UnknownLayout(
            N_("没有名为 %(name)s 的格式。可用：%(known)s"), name=name, known="、".join(layouts())
        ) from None


@cache
def public_fields(name: str) -> frozenset[str]:
    """Return the fields of a layout that anyone may see. Raises UnknownLayout."""
    return frozenset(field.name for field in layout(name).fields.values() if field.public)


@cache
def code_table(name: str) -> tuple[Code, ...]:
    """Return a code table in the order of its file."""
    return tuple(
        Code(r["code"], r["label"], r["label_en"], r["means"], r["confirmed"] == "yes", r["source"])
        for r in _rows("codes", f"{name}.csv")
    )


@cache
def code_tables() -> tuple[str, ...]:
    """Return the names of all code tables."""
    folder = files("zhunsheng.register").joinpath("data", "codes")
    return tuple(sorted(file.name.removesuffix(".csv") for file in folder.iterdir() if file.name.endswith(".csv")))


def key(header: str) -> str:
    """Return a header as it is compared: no white space or zero-width marks, capitals, half-width."""
    return certificate_number.normalise(header.replace("\ufeff", "").replace("\u200b", ""))


@cache
def _known(kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in layouts().values():
        if one.kind == kind:
            for field in one.fields.values():
                found[key(field.name)] = found[key(field.label)] = field.name
    return found


def recognise(kind: str, headers: Iterable[str]) -> dict[str, str]:
    """Return the field name of every header that some layout of this kind of return knows."""
    known = _known(kind)
    return {header: known[key(header)] for header in headers if key(header) in known}


def detect(kind: str, found: Iterable[str], national_code: str) -> str:
    """Return the layout that a file is in, from its fields and the project code of its first rows.

    Layouts of products have the same first fields; the project code tells them apart by its longest
    known beginning. Raises UnknownLayout when neither tells.
    """
    have = set(found)
    candidates = [one for one in layouts().values() if one.kind == kind]
    own = [one for one in candidates if have & set(one.own_fields)]
    candidates = own or [one for one in candidates if not one.own_fields]
    if len(candidates) == 1:
        return candidates[0].name
    fits = [(len(p), one.name) for one in candidates for p in one.national_codes if national_code.startswith(p)]
    if not fits:
        raise UnknownLayout(N_("看不出文件的格式：请核对列名，或指明格式。可用：%(known)s"), known="、".join(layouts()))
    return max(fits)[1]
