"""Reference tables: what the codes in the other answers mean, in Chinese and in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest  # noqa: TC002 - Ninja reads the annotations while the program runs
from django.utils import translation
from django.utils.translation import gettext
from ninja import Router

from zhunsheng.codes import regions
from zhunsheng.codes.errors import N_
from zhunsheng.register import layouts, words
from zhunsheng.register.api import shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

router = Router(tags=["reference"])


@router.get(
    "/regions",
    response=shapes.Regions,
    operation_id="regions",
    summary=N_("地区与大区"),
    description=N_("34 个省级单位、国外与未知地区，以及通报的七个大区。"),
)
def regions_(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - Ninja hands it over
    """Return the 34 province-level units of GB/T 2260, abroad and unknown, and the bulletins' blocks."""
    everything = tuple(regions.BY_CODE.values())
    blocks = [
        {"name": name, "name_en": regions.BLOCKS_EN[name], "regions": [r.code for r in everything if r.block == name]}
        for name in regions.BLOCKS
    ]
    return {"regions": everything, "blocks": blocks}


@router.get(
    "/codes",
    response=shapes.CodeTables,
    operation_id="codes",
    summary=N_("代码表"),
    description=N_("全国上报模板的各个代码表。"),
)
def codes(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Return the code tables of the national returns."""
    return {"items": [{"name": name, "codes": layouts.code_table(name)} for name in layouts.code_tables()]}


@router.get(
    "/words",
    response=shapes.Words,
    operation_id="words",
    summary=N_("状态与事项"),
    description=N_("证书状态、事项与机构状态的中英文名称，以及各种原因查哪个代码表。"),
)
def words_(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Return what states, kinds of events and statuses of bodies are called."""
    return {
        "states": _words(words.STATES),
        "kinds": _words(words.KINDS),
        "body_statuses": _words(words.BODY_STATUSES),
        "reasons": dict(words.REASON_TABLES),
    }


def _words(table: Mapping[Any, str]) -> list[dict[str, str]]:
    with translation.override("en"):
        return [{"value": value, "zh": text, "en": gettext(text)} for value, text in table.items()]
