"""The register of certification bodies: a small table, brought in body by body.

A body's approval and scopes are states with dates; a scope that a newer table no longer has ends on
the day that became known, it is not deleted, because old certificates were decided under it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from zhunsheng.codes import approval
from zhunsheng.codes.regions import BY_CODE, BY_NAME
from zhunsheng.register import layouts
from zhunsheng.register.importing import lines, notes, validating
from zhunsheng.register.importing.messages import read_params
from zhunsheng.register.importing.tabular import ROW
from zhunsheng.register.models import Body, BodyScope, Finding
from zhunsheng.register.policy import BodyStatus
from zhunsheng.standards import policy as standards

if TYPE_CHECKING:
    from datetime import date

    from zhunsheng.register.importing.ground import Ground
    from zhunsheng.register.importing.tabular import Tabular

_SEPARATORS = re.compile(r"[；;,，、\s]+")
COLUMNS = {
    "RZJG_NAME": "name",
    "RZJG_NAME_EN": "name_en",
    "RZJG_CODE": "code",
    "APPROVED_DATE": "approved_on",
    "APPROVED_UNTIL": "expires_on",
    "ENDED_ON": "ended_on",
}


@dataclass
class Bodies:
    """The judged table: rows by line, findings and rejections, and how many rows the file has."""

    rows: int = 0
    lines: dict[int, dict[str, Any]] = field(default_factory=dict)
    duplicates: int = 0
    findings: list[pl.DataFrame] = field(default_factory=list)
    rejects: list[pl.DataFrame] = field(default_factory=list)

    @property
    def rejected(self) -> pl.DataFrame:
        """Return one row for each rejected row of the file."""
        return notes.joined(self.rejects).unique(ROW, keep="first", maintain_order=True)


def judge(file: Tabular, ground: Ground) -> Bodies:
    """Judge the whole table: pure apart from reading the file."""
    found, wanting = Bodies(), set[str]()
    for batch in file.batches():
        work = validating.read(batch, ground)
        number = work.col("RZJG_ID")
        work.reject(number.is_null(), "RZJG_ID", "no_approval")
        work.reject(~number.str.contains(approval.SHAPE), "RZJG_ID", "bad_approval", value=number)
        if not ground.demo:
            work.reject(number.str.contains(f"-{approval.INVENTED_YEAR}-"), "RZJG_ID", "invented", value=number)
        validating.require(work, ground, frozenset({"RZJG_ID"}))
        _scopes_known(work)
        found.rows += len(batch)
        found.findings += work.findings
        found.rejects += work.rejects
        gone = notes.joined(work.rejects)[ROW]
        fields = [ROW, *ground.present]
        kept = work.frame.filter(~pl.col(ROW).is_in(gone.implode()))
        found.lines |= {row.pop(ROW): row for row in kept.select(fields).iter_rows(named=True)}
        wanting |= work.wanting
    found.findings.append(lines.about_columns(wanting, file, ground))
    _repeated(found)
    return found


def _scopes_known(work: notes.Work) -> None:
    if work.has("SCOPES"):
        unknown = [
            (row, code)
            for row, text in work.frame.select(ROW, "SCOPES").drop_nulls().iter_rows()
            for code in _codes(text)
            if _scheme(code) is None
        ]
        if unknown:
            rows = pl.DataFrame(unknown, schema={ROW: pl.Int64, "value": pl.String}, orient="row")
            work.findings.append(notes.note(rows, "SCOPES", "not_in_table", {"value": pl.col("value")}, pl.lit("")))
    if work.has("REGION"):
        known = [*BY_CODE, *BY_NAME]
        work.find(~pl.col("REGION").is_in(known), "REGION", "not_in_table", value=pl.col("REGION"))


def _codes(text: str | None) -> list[str]:
    return [code for code in _SEPARATORS.split((text or "").upper()) if code]


def _scheme(code: str) -> int | None:
    """Return the node for a scope's code: itself, or 其它 for an unknown management system; never a wider one."""
    by_code = {scheme.code: scheme.id for scheme in standards.tree().schemes}
    leaf = standards.finest_leaf(code)
    return by_code.get(code) or (by_code[leaf] if leaf == standards.OTHER_SYSTEMS else None)


def _repeated(found: Bodies) -> None:
    """Collapse identical rows of a body; reject all rows of a body that contradict each other."""
    by_number: dict[str, list[int]] = {}
    for line, row in found.lines.items():
        by_number.setdefault(row["RZJG_ID"], []).append(line)
    for found_on in by_number.values():
        if len(found_on) == 1:
            continue
        same = all(found.lines[line] == found.lines[found_on[0]] for line in found_on)
        for place, line in enumerate(found_on):
            if same and place == 0:
                continue
            row = found.lines.pop(line)
            if same:
                found.duplicates += 1
                continue
            other = found_on[0] if place else found_on[-1]
            frame = pl.DataFrame({ROW: [line]}, schema={ROW: pl.Int64})
            found.rejects.append(
                notes.note(frame, "RZJG_ID", "contradictory", {"other": other}, pl.lit(row["RZJG_ID"]))
            )


def merge(found: Bodies, ground: Ground, *, import_id: int) -> tuple[int, int]:
    """Write the judged bodies and their findings; returns accepted rows and kept findings."""
    known = {body.approval_no: body for body in Body.objects.all()}
    scopes: dict[int, dict[int, BodyScope]] = {}
    for scope in BodyScope.objects.all():
        scopes.setdefault(scope.body_id, {})[scope.scheme_id] = scope
    accepted: set[int] = set()
    for line, row in found.lines.items():
        body = known.get(row["RZJG_ID"])
        changed = _write(body or Body(approval_no=row["RZJG_ID"]), row)
        body = body or Body.objects.get(approval_no=row["RZJG_ID"])
        if "SCOPES" in row:
            new = row["RZJG_ID"] not in known
            changed |= _write_scopes(
                body, row["SCOPES"], scopes.get(body.pk, {}), None if new else ground.known_on, ground.known_on
            )
        if changed:
            accepted.add(line)
    return len(accepted), _write_findings(found, accepted, import_id)


def _write(body: Body, row: dict[str, Any]) -> bool:
    """Set what the row tells, and say whether anything is different now; an empty name changes nothing."""
    before = {name: getattr(body, name) for name in (*COLUMNS.values(), "status", "region", "reported_on")}
    for source, name in COLUMNS.items():
        if source in row:
            date_like = name.endswith("_on")
            setattr(body, name, row[source] if date_like else (row[source] or ""))
    body.name = body.name or before["name"] or body.approval_no
    means = {code.code: code.means for code in layouts.code_table("body_status")}
    body.status = means.get(row.get("STATUS") or "", body.status or BodyStatus.APPROVED.value)
    region = BY_NAME.get(row.get("REGION") or "") or BY_CODE.get(row.get("REGION") or "")
    if region is not None:
        body.region = region.code
    reported = row.get("REPORTED_ON")
    if reported and (body.reported_on is None or body.reported_on < reported):
        body.reported_on = reported
    if body.pk and before == {name: getattr(body, name) for name in before}:
        return False
    body.save()
    return True


def _write_scopes(body: Body, text: str | None, held: dict[int, BodyScope], start: date | None, known_on: date) -> bool:
    wanted = {scheme for code in _codes(text) if (scheme := _scheme(code))}
    changed = False
    for scheme in sorted(wanted):
        scope = held.get(scheme)
        if scope is None:
            BodyScope.objects.create(body=body, scheme_id=scheme, from_on=start)
        elif scope.until_on is not None:
            scope.until_on = None
            scope.save()
        else:
            continue
        changed = True
    for scheme, scope in held.items():
        if scheme not in wanted and scope.until_on is None:
            scope.until_on = known_on
            scope.save()
            changed = True
    return changed


def _write_findings(found: Bodies, accepted: set[int], import_id: int) -> int:
    if not accepted:
        return 0
    kept = notes.joined(found.findings).filter(pl.col(ROW).is_in([0, *accepted]))
    rows = [
        Finding(
            source_id=import_id,
            row=row,
            number=number or found.lines.get(row, {}).get("RZJG_ID", ""),
            field=name,
            code=code,
            params=read_params(params),
        )
        for row, number, name, code, params in kept.iter_rows()
    ]
    return len(Finding.objects.bulk_create(rows))
