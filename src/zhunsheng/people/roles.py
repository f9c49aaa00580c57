"""Roles as declarations: what each may do, in a sentence a person can check. Nobody else may anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from zhunsheng.codes.errors import N_


class Permission(StrEnum):
    """An act that is refused unless a role grants it."""

    SUBMIT_RETURN = "submit_return"
    SEE_RETURNS = "see_returns"
    SEE_DETAILS = "see_details"
    MAKE_BULLETIN = "make_bulletin"
    MAKE_NEWSLETTER = "make_newsletter"
    READ_IN_BULK = "read_in_bulk"


# What a token may ever do, whatever the role of the person who made it: read.
READING = frozenset({Permission.SEE_DETAILS, Permission.READ_IN_BULK})


class PartyKind(StrEnum):
    """What kind of party a person acts for."""

    BODY = "body"
    REGULATOR = "regulator"
    ORGANISATION = "organisation"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Role:
    """A name, the kind of party it may be held at, a sentence, and what it permits there."""

    name: str
    title: str
    held_at: PartyKind
    sentence: str
    permissions: frozenset[Permission]


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role(
            "body_staff",
            N_("认证机构人员"),
            PartyKind.BODY,
            N_("报送本机构的证书，查看本机构的上报与证书全部内容，编写本机构的简报。"),
            frozenset(
                {
                    Permission.SUBMIT_RETURN,
                    Permission.SEE_RETURNS,
                    Permission.SEE_DETAILS,
                    Permission.MAKE_NEWSLETTER,
                    Permission.READ_IN_BULK,
                }
            ),
        ),
        Role(
            "regulator",
            N_("监管人员"),
            PartyKind.REGULATOR,
            N_("国家级可导入任何机构的上报，制作并公布通报，编写简报；省级只看本省。"),
            frozenset(Permission),
        ),
        Role(
            "holder",
            N_("获证组织人员"),
            PartyKind.ORGANISATION,
            N_("查看本组织证书的全部内容。"),
            frozenset({Permission.SEE_DETAILS, Permission.READ_IN_BULK}),
        ),
        Role(
            "bulk_reader",
            N_("数据使用方人员"),
            PartyKind.READER,
            N_("成批读取和导出登记簿的公开内容。"),
            frozenset({Permission.READ_IN_BULK}),
        ),
    )
}
