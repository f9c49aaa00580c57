"""Invented organisations and bodies: plausible in shape, impossible to mistake for real ones.

Every Chinese name ends in 〔虚构〕, every English one in "(invented)"; credit codes come from a
registering authority that does not exist, approval numbers from the year 2099.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa

from zhunsheng.codes import approval, dates, organisation_code, regions, uscc
from zhunsheng.demo.twin import schemes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MARK = "〔虚构〕"
MARK_EN = " (invented)"
_WORDS: dict[str, Any] = tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
SYLLABLES: str = _WORDS["syllables"]
INDUSTRIES: list[list[str]] = _WORDS["industries"]
COUNTRIES: list[list[str]] = _WORDS["countries"]
# Three syllables of 128 make two million names, enough for 1.14 million organisations and the bodies.
SYLLABLE_BITS = 7
NAME_BITS = 3 * SYLLABLE_BITS
# Municipalities have one district group, Hong Kong, Macao and Taiwan none; every other province has 01 and 02.
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
OWN_COUNTRY = {region.code: country for country, region in regions.BY_COUNTRY.items()}
# Covered persons are log-normal around 30; size letters as in certificate numbers (domain 1.6).
SMALL, MEDIUM = 50, 1000
BODIES_AT_FULL_SIZE = 40
# A body's approval lasts six years in practice; the demo's were first approved long before any certificate.
APPROVED_YEARS, LASTING_YEARS = 16, 6


def organisations(place: NDArray[np.int32], codes: list[str], rng: np.random.Generator) -> pl.DataFrame:
    """Return one row for each organisation: names, code, country, district, address, persons, industry.

    `place` holds for each organisation the index of its region in `codes`. Text columns are as the
    national template wants them; `industry` is an index, `staff` and `covered` are counts.
    """
    count = len(place)
    industry = rng.integers(0, len(INDUSTRIES), count)
    country = rng.integers(0, len(COUNTRIES), count)
    covered = np.maximum(1, rng.lognormal(3.4, 1.0, count)).astype(np.int64)
    staff = covered + (covered * rng.random(count)).astype(np.int64)
    zh, en = _brands(np.arange(1, count + 1), rng)
    where = _places(place, codes, country, rng.integers(1, 3, count))
    words, words_en = (pick([row[i] for row in INDUSTRIES], industry) for i in (0, 1))
    number = pl.Series(rng.integers(1, 1000, count)).cast(pl.String)
    frame = where.with_columns(zh=zh, en=en, word=words, word_en=words_en, number=number).select(
        name=pl.concat_str(pl.col("short"), pl.col("zh"), pl.col("word"), pl.lit("有限公司" + MARK)),
        name_en=pl.concat_str(
            pl.col("en"),
            pl.lit(" "),
            pl.col("word_en"),
            pl.lit(" ("),
            pl.col("short_en"),
            pl.lit(") Co., Ltd." + MARK_EN),
        ),
        address=pl.concat_str(pl.col("full"), pl.col("word"), pl.lit("大道"), pl.col("number"), pl.lit("号" + MARK)),
        country="country",
        district="district",
    )
    abroad = pl.Series(place == codes.index(regions.ABROAD.code))
    code = pl.select(pl.when(~abroad).then(credit_codes([_code_part(c) for c in codes], place))).to_series()
    return frame.with_columns(
        code=code,
        industry=pl.Series(industry),
        covered=pl.Series(covered),
        staff=pl.Series(staff),
        size=pick(["S", "M", "L"], (covered > SMALL).astype(np.int64) + (covered > MEDIUM)),
    )


def pick(values: Sequence[str | None], index: NDArray[Any]) -> pl.Series:
    """Return the values at the indices as a text column."""
    return pl.Series(values, dtype=pl.String).gather(index)


def _brands(serials: NDArray[np.int64], rng: np.random.Generator) -> tuple[pl.Series, pl.Series]:
    """Return three syllables for each serial, different for different ones, and their sounds in one word."""
    factor, offset = 2 * int(rng.integers(1 << (NAME_BITS - 1))) + 1, int(rng.integers(1 << NAME_BITS))
    mixed = (serials * factor + offset) % (1 << NAME_BITS)
    parts = [(mixed >> shift) % (1 << SYLLABLE_BITS) for shift in (14, 7, 0)]
    first, *rest = [sound.title() for sound in _WORDS["sounds"]], _WORDS["sounds"], _WORDS["sounds"]
    zh = pl.select(pl.concat_str([pick(list(SYLLABLES), part) for part in parts])).to_series()
    sounds = [pick(values, part) for values, part in zip([first, *rest], parts, strict=True)]
    return zh, pl.select(pl.concat_str(sounds)).to_series()


def _code_part(code: str) -> str:
    return code if code.isdigit() else "00"


def _places(
    place: NDArray[np.int32], codes: list[str], country: NDArray[np.int64], group: NDArray[np.int64]
) -> pl.DataFrame:
    """Return country, district and the place names for each organisation."""
    places = [regions.BY_CODE[code] for code in codes]
    abroad = pl.Series(place == codes.index(regions.ABROAD.code))
    unknown = regions.UNKNOWN.code
    home = pl.DataFrame(
        {
            "short": pick(["中国" if p.code == unknown else p.short for p in places], place),
            "short_en": pick(["China" if p.code == unknown else p.name_en for p in places], place),
            "full": pick(["" if p.code == unknown else p.name for p in places], place),
            "country": pick([OWN_COUNTRY.get(code, regions.MAINLAND) for code in codes], place),
        }
    )
    away = [pick([row[i] for row in COUNTRIES], country) for i in (1, 2, 1, 0)]
    columns = [
        pl.select(pl.when(abroad).then(there).otherwise(home[name]).alias(name)).to_series()
        for name, there in zip(home.columns, away, strict=True)
    ]
    district = pick([_district(code, number) for code in codes for number in (1, 2)], place * 2 + group - 1)
    return pl.DataFrame([*columns, district.alias("district")])


def _district(code: str, group: int) -> str | None:
    """Return a six-digit district of a province; None abroad and where the province is unknown."""
    if not code.isdigit():
        return None
    if code in OWN_COUNTRY:
        return f"{code}0000"
    return f"{code}0100" if code in MUNICIPALITIES else f"{code}0{group}00"


def credit_codes(parts: list[str], place: NDArray[np.int32]) -> pl.Series:
    """Return `uscc.invented(parts[place[i]], i + 1)` for all i at once: a million in a second."""
    count = len(place)
    serial = np.arange(1, count + 1)
    digits = np.stack([serial // 10**power % 10 for power in range(7, -1, -1)], axis=1)
    values = np.zeros((count, 18), np.int64)
    values[:, 0] = uscc.ALPHABET.index(uscc.INVENTED_AUTHORITY)
    values[:, 1] = 1
    values[:, 2:4] = np.array([[int(digit) for digit in part] for part in parts])[place]
    values[:, 8:16] = digits
    ninth = -(digits @ np.array(organisation_code.WEIGHTS)) % organisation_code.MODULUS
    ninth_values = np.array([uscc.ALPHABET.index(character) for character in organisation_code.CHECK_CHARACTERS])
    values[:, 16] = ninth_values[ninth]
    values[:, 17] = -(values[:, :17] @ np.array(uscc.WEIGHTS)) % uscc.MODULUS
    letters = np.frombuffer(uscc.ALPHABET.encode(), np.uint8)[values]
    offsets = np.arange(count + 1, dtype=np.int64) * 18
    text = pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))
    return pl.Series(text)


# Where the invented bodies have their seats, in turn: 广东, 北京, 上海, 浙江, 四川 (GB/T 2260).
SEATS = ("44", "11", "31", "33", "51")


def bodies(scale: float, month: str, rng: np.random.Generator) -> pl.DataFrame:
    """Return the invented bodies as `bodies.csv` has them; fewer for a small twin, at least one for each project."""
    count = max(schemes.FEWEST_BODIES, round(BODIES_AT_FULL_SIZE * scale**0.25))
    end = dates.month_end(month)
    zh, en = _brands(np.arange(1, count + 1), rng)
    approved = [dates.add_months(end, -12 * APPROVED_YEARS) - timedelta(int(d)) for d in rng.integers(0, 700, count)]
    until = [dates.add_months(end, int(m)) for m in rng.integers(3, 12 * LASTING_YEARS, count)]
    reported = [_weekday(end + timedelta(int(d))) for d in rng.integers(3, 9, count)]
    return pl.DataFrame(
        {
            "RZJG_ID": [f"CNCA-R-{approval.INVENTED_YEAR}-{i + 1:03d}" for i in range(count)],
            "RZJG_NAME": [f"{name}认证有限公司{MARK}" for name in zh],
            "RZJG_NAME_EN": [f"{name} Certification Co., Ltd.{MARK_EN}" for name in en],
            "RZJG_CODE": [f"{i + 1:03d}" for i in range(count)],
            "APPROVED_DATE": [day.isoformat() for day in approved],
            "APPROVED_UNTIL": [day.isoformat() for day in until],
            "STATUS": ["01"] * count,
            "REGION": [SEATS[i % len(SEATS)] for i in range(count)],
            "SCOPES": ["；".join(_scope(i)) for i in range(count)],
            "REPORTED_ON": [day.isoformat() for day in reported],
        }
    )


def _scope(body: int) -> list[str]:
    codes = [code.code for scheme in schemes.SCHEMES if scheme.approves(body) for code in scheme.codes]
    return list(dict.fromkeys(codes))


def _weekday(day: date) -> date:
    return day - timedelta(max(0, day.weekday() - 4))
