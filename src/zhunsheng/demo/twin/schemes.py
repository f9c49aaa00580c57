"""What certificates of each leaf project look like: codes, bases, number letters, products (schemes.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class NationalCode:
    """A national project code, its share of the leaf's certificates in percent, and its bases by date."""

    code: str
    percent: int
    bases: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A leaf project of the bulletins as the twin fills it."""

    name: str
    also: tuple[str, ...]
    domain: str
    layout: str
    usual: bool
    letter: str
    modulus: int
    remainders: tuple[int, ...]
    codes: tuple[NationalCode, ...]

    def approves(self, body: int) -> bool:
        """Tell whether the invented body with this number, counted from 0, is approved for the project."""
        return body % self.modulus in self.remainders


@dataclass(frozen=True, slots=True)
class Product:
    """A product class of a product layout with the rule it is certified to."""

    layout: str
    number: str
    name: str
    rule: str


def _scheme(row: dict[str, Any]) -> Scheme:
    codes = tuple(
        NationalCode(code, percent, tuple((date.fromisoformat(day), text) for day, text in bases))
        for code, percent, bases in row["codes"]
    )
    modulus, remainders = row["bodies"]
    return Scheme(
        name=row["name"],
        also=tuple(row.get("also", ())),
        domain=row["domain"],
        layout=row["layout"],
        usual=row["usual"],
        letter=row["letter"],
        modulus=modulus,
        remainders=tuple(remainders),
        codes=codes,
    )


_TABLE = tomllib.loads(files(__package__).joinpath("schemes.toml").read_text(encoding="utf-8"))
SCHEMES = tuple(_scheme(row) for row in _TABLE["leaf"])
PRODUCTS = tuple(Product(row["layout"], row["class"], row["name"], row["rule"]) for row in _TABLE["product"])
YEARS: dict[str, int] = _TABLE["years"]
BY_NAME = {name: scheme for scheme in SCHEMES for name in (scheme.name, *scheme.also)}
DOMAINS = tuple(dict.fromkeys(scheme.domain for scheme in SCHEMES if scheme.usual))
LAYOUTS = tuple(YEARS)
# The smallest number of bodies among which every project has an approved one.
FEWEST_BODIES = max(scheme.modulus for scheme in SCHEMES)
