"""From a received file to what validation needs: the opened file, its layout, the ground to judge on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from django.conf import settings

from zhunsheng.codes.errors import N_
from zhunsheng.register import layouts
from zhunsheng.register.importing import reading
from zhunsheng.register.importing.ground import BodyKnown, Ground, Span
from zhunsheng.register.importing.tabular import BadFile, Tabular
from zhunsheng.register.models import Body, BodyScope
from zhunsheng.register.policy import BodyStatus
from zhunsheng.standards import policy as standards

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

# Without these columns no row of a file can be a record; of a nested tuple one is enough.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    layouts.CERTIFICATES: (("RZJG_ID",), ("CERT_NUMBER",), ("AUTH_PROJ_CODE",), ("ORG_CODE", "ORG_NAME")),
    layouts.BODIES: (("RZJG_ID",), ("RZJG_NAME",)),
}


def opened(
    path: Path, name: str, *, kind: str, layout: str, known_on: date, own_body: str | None
) -> tuple[Tabular, Ground]:
    """Open a file and find its layout. Raises BadFile and `layouts.UnknownLayout`."""
    file = reading.opened(path, name)
    fields = layouts.recognise(kind, file.headers)
    _complete(fields, kind, name)
    chosen = layouts.layout(layout or _detected(file, kind, fields))
    if chosen.kind != kind:
        raise layouts.UnknownLayout(N_("格式 %(layout)s 不是 %(kind)s 的格式。"), layout=chosen.name, kind=kind)
    known = {header: field for header, field in fields.items() if field in chosen.fields}
    return file, Ground(chosen, known, known_on, bodies_known(), demo=settings.DEMO, own_body=own_body)


def _complete(fields: dict[str, str], kind: str, name: str) -> None:
    found = list(fields.values())
    for field in found:
        if found.count(field) > 1:
            twice = "、".join(header for header, of in fields.items() if of == field)
            raise BadFile(N_("%(file)s 有两列是同一个字段：%(headers)s。"), file=name, headers=twice)
    for options in NEEDED[kind]:
        if not set(options) & set(found):
            every = {n: f for one in layouts.layouts().values() if one.kind == kind for n, f in one.fields.items()}
            wanted = " / ".join(f"{every[option].label}（{option}）" for option in options)
            raise BadFile(
                N_("%(file)s 没有列 %(wanted)s，无法导入。列名应是全国上报模板的字段名或中文名。"),
                file=name,
                wanted=wanted,
            )


def _detected(file: Tabular, kind: str, fields: dict[str, str]) -> str:
    try:
        return layouts.detect(kind, fields.values(), "")
    except layouts.UnknownLayout:
        header = next((h for h, field in fields.items() if field == "AUTH_PROJ_CODE"), None)
        first = next(iter(file.batches()))[header].drop_nulls() if header else pl.Series([], dtype=pl.String)
        return layouts.detect(kind, fields.values(), layouts.key(first[0]) if len(first) else "")


def first_body(path: Path, name: str) -> str:
    """Return the approval number of the first row that has one; empty when there is none."""
    file = reading.opened(path, name)
    header = next((h for h, f in layouts.recognise(layouts.CERTIFICATES, file.headers).items() if f == "RZJG_ID"), None)
    found = next(iter(file.batches()))[header].drop_nulls() if header else pl.Series([], dtype=pl.String)
    return layouts.key(found[0]) if len(found) else ""


def bodies_known() -> dict[str, BodyKnown]:
    """Return every body of the register with its approval and scopes."""
    codes = {scheme.id: scheme.code for scheme in standards.tree().schemes}
    scopes: dict[int, list[tuple[str, Span]]] = {}
    for scope in BodyScope.objects.all():
        scopes.setdefault(scope.body_id, []).append((codes[scope.scheme_id], Span(scope.from_on, scope.until_on)))
    return {
        body.approval_no: BodyKnown(body.pk, body.approval_no, _approved(body), tuple(scopes.get(body.pk, ())))
        for body in Body.objects.all()
    }


def _approved(body: Body) -> Span:
    ends = [body.expires_on, body.ended_on if body.status != BodyStatus.APPROVED else None]
    return Span(body.approved_on, min((end for end in ends if end), default=None))
