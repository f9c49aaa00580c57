"""The proof: published text to an invented register, through import and snapshot, and back to a bulletin.

At scale 0.02 here; `make bench ARGS='--scale 1'` does the same at the size of the nation.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.acceptance.conftest import command

pytestmark = pytest.mark.round_trip

PUBLISHED = Path(__file__).resolve().parent.parent.parent / "src" / "zhunsheng" / "bulletin" / "data" / "2025-07.txt"
SCALE = 0.02
KNOWN = "2025-08-10"


class Trip(NamedTuple):
    """What went in, what came out, and where it was kept."""

    published: dict[str, Any]
    made: dict[str, Any]
    again: dict[str, Any]
    first: dict[str, Any]
    data: Path
    snapshot: Path
    text: Path


def zhunsheng(data: Path, *args: str, statuses: tuple[int, ...] = (0,)) -> Any:
    """Run a command on a data directory and return the JSON it answers with."""
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "ZHUNSHENG_DATA"}}
    done = subprocess.run(
        command("--data", str(data), *args), env=env, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode in statuses, done.stderr[-2000:]
    return json.loads(done.stdout) if "--json" in args else done.stdout


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """Go the whole way once."""
    folder = tmp_path_factory.mktemp("round-trip")
    data, twin, snapshot, out = folder / "data", folder / "twin", folder / "snapshot", folder / "out"
    published = zhunsheng(data, "bulletin", "read", str(PUBLISHED), "--json")
    zhunsheng(data, "twin", str(PUBLISHED), "--out", str(twin), "--scale", str(SCALE))
    zhunsheng(data, "demo", "--empty", "--no-serve")
    bodies = [str(f) for f in sorted(twin.glob("bodies*.csv"))]
    certificates = [str(f) for f in sorted(twin.glob("certificates*.parquet"))]
    zhunsheng(data, "import", "bodies", *bodies, "--known", KNOWN, "--json")
    first = zhunsheng(data, "import", "certificates", *certificates, "--known", KNOWN, "--json")
    zhunsheng(data, "snapshot", "--on", "2025-07-31", "--known", KNOWN, "--out", str(snapshot))
    made = zhunsheng(
        data, "bulletin", "make", "--month", "2025-07", "--known", KNOWN, "--snapshot", str(snapshot),
        "--out", str(out), "--json",
    )  # fmt: skip
    again = zhunsheng(data, "import", "certificates", *certificates, "--known", KNOWN, "--json")
    return Trip(published, made, again, first, data, snapshot, out / "bulletin-2025-07.txt")


def leaves(bulletin: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the rows of the project table that have no row below them."""
    parents = {row["parent"] for row in bulletin["projects"]}
    return {row["name"]: row for row in bulletin["projects"] if row["name"] not in parents}


def test_every_row_of_the_twin_is_accepted(trip: Trip) -> None:
    assert trip.first["rejected"] == 0
    assert trip.first["accepted"] == trip.first["rows"] > 0


def test_every_leaf_is_the_published_figure_in_small(trip: Trip) -> None:
    made, published = leaves(trip.made), leaves(trip.published)
    assert made.keys() == published.keys()
    for name, row in published.items():
        for column in ("certificates", "organisations"):
            assert abs(made[name][column] - SCALE * row[column]) <= 1, (name, column)


def test_every_region_is_the_published_figure_in_small(trip: Trip) -> None:
    made = {row["name"]: row for row in trip.made["regions"]}
    for row in trip.published["regions"]:
        if row["name"] not in {"全部", "全国"}:
            for column in ("certificates", "organisations"):
                assert abs(made[row["name"]][column] - SCALE * row[column]) <= 1, (row["name"], column)
                assert made[row["name"]][column] > 0


def test_certificates_add_up_over_schemes_and_over_regions(trip: Trip) -> None:
    rows = {row["name"]: row for row in trip.made["projects"]}
    total = rows["合计"]["certificates"]
    assert total == sum(row["certificates"] for row in leaves(trip.made).values())
    assert total == next(row["certificates"] for row in trip.made["regions"] if row["name"] == "全部")
    assert total == trip.first["rows"]


def test_the_bulletin_passes_its_own_check(trip: Trip, tmp_path: Path) -> None:
    # The twin keeps the published residue, which is a warning, so the answer may be "findings exist".
    checked = zhunsheng(tmp_path, "bulletin", "check", str(trip.text), "--json", statuses=(0, 1))
    assert [f for f in checked["findings"] if f["level"] == "error"] == []


def test_the_printed_text_reads_back_as_what_was_made(trip: Trip, tmp_path: Path) -> None:
    read = zhunsheng(tmp_path, "bulletin", "read", str(trip.text), "--json")
    for table in ("projects", "regions", "blocks"):
        made = {row["name"]: row for row in trip.made[table]}
        assert {row["name"]: row for row in read[table]} == made


def test_importing_the_same_files_again_changes_nothing(trip: Trip) -> None:
    assert trip.again["unchanged"] == trip.again["rows"] == trip.first["rows"]
    assert trip.again["accepted"] == 0


def test_a_month_that_is_not_over_has_no_bulletin(trip: Trip) -> None:
    zhunsheng(trip.data, "bulletin", "make", "--month", "2999-01", statuses=(2,))


def test_growth_is_told_against_an_earlier_bulletin_fastest_first(trip: Trip, tmp_path: Path) -> None:
    now = {row["name"]: row["certificates"] for row in trip.made["regions"]}
    before = {"四川省": now["四川省"] - 50, "福建省": now["福建省"] - 200}
    text = trip.text.read_text(encoding="utf-8").replace("2025 年 7 月", "2025 年 3 月")
    for name, figure in before.items():
        text = text.replace(f"{name}\t{now[name]}", f"{name}\t{figure}")
    earlier = tmp_path / "earlier.txt"
    earlier.write_text(text, encoding="utf-8")
    made = zhunsheng(
        trip.data, "bulletin", "make", "--month", "2025-07", "--known", KNOWN, "--snapshot", str(trip.snapshot),
        "--against", str(earlier), "--json",
    )  # fmt: skip
    told = [(claim["name"], claim["since"], claim["before"], claim["after"]) for claim in made["growth"]]
    assert told == [(name, "2025-03", before[name], now[name]) for name in ("福建省", "四川省")]
