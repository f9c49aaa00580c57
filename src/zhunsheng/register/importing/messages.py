"""What findings and reasons for rejection say: one sentence a code, Chinese, translated by gettext."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhunsheng.codes.errors import N_
from zhunsheng.register import words
from zhunsheng.register.policy import State

if TYPE_CHECKING:
    from collections.abc import Mapping

# Why a row cannot be a record. The row goes to the rejects file, nothing of it is kept.
REJECTS = {
    "ragged": N_("该行有 %(found)s 格，列名有 %(expected)s 个。"),
    "control_character": N_("含有控制字符，无法读取。"),
    "bad_date": N_("“%(value)s”不是日期，应写成 2026-01-31。"),
    "no_number": N_("没有证书编号，无法认定是哪张证书。"),
    "number_too_long": N_("证书编号超过 %(limit)s 个字符。"),
    "no_approval": N_("没有认证机构批准号。"),
    "unknown_body": N_("批准号“%(value)s”不在认证机构名录中。请先导入认证机构，或核对批准号。"),
    "bad_approval": N_("“%(value)s”不是批准号，应如 CNCA-R-2018-454。"),
    "other_body": N_("批准号“%(value)s”不是您的机构，不能代报。"),
    "no_holder": N_("组织代码和组织名称都没有，无法认定获证组织。"),
    "unknown_scheme": N_("认证项目分类代码“%(value)s”不在目录中，无法归入任何项目。"),
    "invented": N_(
        "“%(value)s”是演示用的虚构代码，不能进入真实的登记簿。要试用，请导入到 zhunsheng demo 所建的数据目录。"
    ),
    "contradictory": N_("同一机构的同一证书编号在文件中有多行且内容不同（另见第 %(other)s 行）。"),
}

# What is readable but unlawful or odd. The row is accepted and the finding kept beside it.
FINDINGS = {
    "unknown_column": N_("列“%(column)s”不是格式中的字段，未导入。"),
    "missing_column": N_("缺少应报的列 %(label)s（%(field)s）。"),
    "missing": N_("%(label)s（%(field)s）应填而未填。"),
    "formula": N_("单元格是公式，取其保存的值。"),
    "bad_check_character": N_("统一社会信用代码“%(value)s”的校验位不符。"),
    "malformed_code": N_("“%(value)s”不是18位统一社会信用代码。"),
    "not_in_table": N_("代码“%(value)s”不在代码表中。"),
    "not_a_number": N_("“%(value)s”不是数字。"),
    "too_long": N_("超过 %(limit)s 个字符，登记簿只保留前面的部分。"),
    "dates_out_of_order": N_("%(first)s 晚于 %(second)s。"),
    "later_than_known": N_("日期晚于数据的获知日 %(known)s。"),
    "covers_more_than_staff": N_("体系覆盖人数 %(covered)s 多于员工数 %(staff)s。"),
    "body_not_approved": N_("认证决定之日（%(on)s）该机构的批准不在有效期内。"),
    "scheme_not_approved": N_("认证决定之日（%(on)s）该机构未获批准从事这个项目（%(value)s）。"),
    "valid_after_end": N_("截止日期已过，仍报为有效。"),
    "expired_before_end": N_("截止日期未到，已报为过期失效。"),
    "unlawful_transition": N_("证书从“%(before)s”变为“%(after)s”，这一步不合规定。"),
    "duplicate_row": N_("第 %(other)s 行与本行完全相同，只取一次。"),
    "parent_missing": N_("主证书 %(parent)s 不在登记簿中。"),
    "child_outlives_parent": N_("子证书截止日期 %(end)s 晚于主证书的 %(parent_end)s。"),
    "names_differ": N_("同一组织在本文件中另有名称“%(value)s”，以最近颁证的一行为准。"),
    "unknown_country": N_("国别代码“%(value)s”应为三位数字。"),
    "unknown_district": N_("行政区划代码“%(value)s”不属于任何省级地区。"),
}
MSGIDS = REJECTS | FINDINGS


def say(code: str, params: Mapping[str, object]) -> str:
    """Return the sentence of a finding or rejection in the active language; an unknown code as it is."""
    msgid = MSGIDS.get(code)
    return _(msgid) % {key: _shown(key, str(value)) for key, value in params.items()} if msgid else code


def _shown(key: str, value: str) -> str:
    """Put fields and states, which are kept as their names, into words."""
    if key in {"label", "first", "second"}:
        return words.field(value)
    if key in {"before", "after"} and value in set(State):
        return _(words.STATES[State(value)])
    return value


def read_params(text: str) -> dict[str, object]:
    """Return the parameters of a note that were kept as JSON text."""
    found: dict[str, object] = json.loads(text)
    return found
