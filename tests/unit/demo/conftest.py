"""The July 2025 bulletin's printed counts, for every test of the demo."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from zhunsheng.bulletin.model import BlockRow, Bulletin, Headline, ProjectRow, RegionRow

FIGURES = Path(__file__).parents[2] / "data" / "twin" / "figures-2025-07.csv"


@pytest.fixture(scope="session")
def july() -> Bulletin:
    """The counts of July 2025 as printed; shares and ranks are left empty."""
    with FIGURES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    figures = [(row["table"], row["name"], int(row["certificates"]), int(row["organisations"]), row) for row in rows]
    return Bulletin(
        month="2025-07",
        headline=Headline("428", "113"),
        projects=tuple(
            ProjectRow(name, row["parent"] or None, certificates, organisations)
            for table, name, certificates, organisations, row in figures
            if table == "projects"
        ),
        regions=tuple(
            RegionRow(name, certificates=certificates, organisations=organisations)
            for table, name, certificates, organisations, _ in figures
            if table == "regions"
        ),
        blocks=tuple(
            BlockRow(name, certificates=certificates, organisations=organisations)
            for table, name, certificates, organisations, _ in figures
            if table == "blocks"
        ),
    )
