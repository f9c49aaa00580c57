"""Small returns for tests: rows of the national template, brought in as a file on a day."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from zhunsheng.codes import uscc
from zhunsheng.people.policy import Grant, Viewer
from zhunsheng.people.roles import PartyKind, Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from zhunsheng.register.models import Import

# CNCA approvals of the year 2099 and codes that begin with U belong to nobody.
BODY, OTHER_BODY = "CNCA-R-2099-001", "CNCA-R-2099-002"
EVERYTHING = Viewer("tester", frozenset(Grant(p, PartyKind.REGULATOR, "") for p in Permission))
ROW = {
    "RZJG_ID": BODY,
    "ORG_NAME": "广东试验机械有限公司",
    "ORG_NAME_EN": "Guangdong Trial Machinery Co., Ltd.",
    "ORG_CODE": uscc.invented("44", 1),
    "ORG_COUNTRY": "156",
    "ORG_DISTRICT": "440106",
    "ORG_ADDRESS": "广州市天河区",
    "ORG_PEOP_NUM": "80",
    "RELA_PEOP_NUM": "60",
    "FIRST_CERT_DATE": "2024-03-01",
    "CERT_NUMBER": "00124Q00001R0M",
    "AUTH_PROJ_CODE": "A0101",
    "AUTH_PROJ_CODEDEC": "GB/T 19001-2016/ISO 9001:2015",
    "BUSI_COVER_SCOP": "机械零件的加工",
    "APP_ASS_DATE": "2024-03-01",
    "AWARD_DATE": "2024-03-01",
    "CERTI_E_DATE": "2027-02-28",
    "CERTI_STATUS": "01",
    "PAUSE_CAUSE": "",
    "PAUSE_S_DATE": "",
    "PAUSE_E_DATE": "",
    "CANCEL_CAUSE": "",
    "CANCEL_DATE": "",
    "CHG_DATE": "",
    "CHG_TYP_CODE": "",
    "ORG_O_NAME": "",
    "O_CERTI_NUM": "",
    "EXCHANGE_DATE": "",
    "EXCHANGE_CAUSE": "",
    "IS_C_CERTI": "",
    "M_CERTI_NUM": "",
}
BODIES = [
    {
        "RZJG_ID": number,
        "RZJG_NAME": f"准绳试验认证有限公司{number[-1]}",
        "RZJG_CODE": number[-3:],
        "APPROVED_DATE": "2010-01-01",
        "APPROVED_UNTIL": "2030-12-31",
        "STATUS": "01",
        "SCOPES": "A01；A02；B01",
    }
    for number in (BODY, OTHER_BODY)
]


def row(**changed: str) -> dict[str, str]:
    """Return a row that is right in everything but what is changed."""
    return ROW | changed


def write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """Write rows as CSV under the columns of the first."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def receive(
    path: Path, *, known: date, at: datetime, kind: str = "certificates", viewer: Viewer = EVERYTHING
) -> Import:
    """Receive a file, which then waits."""
    from zhunsheng.register import actions

    return actions.receive(
        kind=kind, file_name=path.name, content=path, layout=None, known_on=known, viewer=viewer, by="tester", at=at
    )


def bring(path: Path, *, known: date, at: datetime, kind: str = "certificates", viewer: Viewer = EVERYTHING) -> Import:
    """Receive a file on the day on which it became known, and run its import."""
    from zhunsheng.register import actions

    at = at.replace(year=known.year, month=known.month, day=known.day)

    received = receive(path, known=known, at=at, kind=kind, viewer=viewer)
    return actions.run_import(received.pk, at=at)


def returning(folder: Path, at: datetime) -> Callable[..., Import]:
    """Return a function that brings rows in as known on a day, as one file."""

    def returned(known: date, *rows: dict[str, str], kind: str = "certificates") -> Import:
        return bring(write(folder / "return.csv", rows), known=known, at=at, kind=kind)

    return returned


def everything_kept() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table of the register but the imports and the record of acts."""
    from django.db import connection

    left_out = {"register_import", "trail_entry"}
    with connection.cursor() as cursor:
        tables = [
            t
            for t in connection.introspection.table_names(cursor)
            if t.startswith(("register_", "people_", "standards_"))
        ]
        found = {}
        for table in sorted(set(tables) - left_out):
            if not table.startswith("register_names"):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 - a table's own name
                found[table] = cursor.fetchall()
    return found
