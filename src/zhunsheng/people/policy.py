"""Who may see and do what: a viewer is a value that every query takes. Deny is the default."""

from __future__ import annotations

from dataclasses import dataclass, field

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.roles import ROLES, PartyKind, Permission


class NotPermitted(ZhunshengError):
    """The viewer's roles do not grant the act."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission at one party: a body's approval number, an organisation's code, or a region."""

    permission: Permission
    kind: PartyKind
    key: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever asks: the sign-in name (empty for the public) and the grants that their roles give."""

    name: str = ""
    grants: frozenset[Grant] = field(default_factory=frozenset)

    def may(self, permission: Permission) -> bool:
        """Tell whether any role grants the permission anywhere."""
        return any(g.permission is permission for g in self.grants)

    def everywhere(self, permission: Permission) -> bool:
        """Tell whether the viewer holds the permission for the whole nation."""
        return Grant(permission, PartyKind.REGULATOR, "") in self.grants

    def keys(self, permission: Permission, kind: PartyKind) -> frozenset[str]:
        """Return the parties of one kind for which the viewer holds the permission (nation excluded)."""
        return frozenset(g.key for g in self.grants if g.permission is permission and g.kind is kind and g.key)

    def for_body(self, permission: Permission, approval_no: str) -> bool:
        """Tell whether the permission holds for the body with this approval number."""
        return self.everywhere(permission) or Grant(permission, PartyKind.BODY, approval_no) in self.grants


PUBLIC = Viewer()


def grants_of(role: str, kind: str, key: str) -> frozenset[Grant]:
    """Return what a membership grants; a role held at the wrong kind of party grants nothing."""
    declared = ROLES.get(role)
    if declared is None or declared.held_at != kind or (not key and declared.held_at is not PartyKind.REGULATOR):
        return frozenset()
    permissions = declared.permissions
    if declared.held_at is PartyKind.REGULATOR and key:
        # A provincial regulator sees its province; the national register and bulletin are not its to write.
        permissions = permissions - {Permission.SUBMIT_RETURN, Permission.MAKE_BULLETIN, Permission.MAKE_NEWSLETTER}
    return frozenset(Grant(p, declared.held_at, key) for p in permissions)


# What is said when no role of the viewer grants an act: what it takes, and the way out.
_REFUSALS = {
    Permission.SUBMIT_RETURN: N_("您的角色不能报送数据。请用认证机构或国家级监管账号登录。"),
    Permission.SEE_RETURNS: N_("您的角色不能查看上报。请用认证机构或监管账号登录。"),
    Permission.SEE_DETAILS: N_("您的角色不能查看证书的全部内容。请用该机构、该组织或监管账号登录。"),
    Permission.MAKE_BULLETIN: N_("您的角色不能制作通报。请用国家级监管账号登录。"),
    Permission.MAKE_NEWSLETTER: N_("您的角色不能编写简报。请用认证机构或国家级监管账号登录。"),
    Permission.READ_IN_BULK: N_("成批读取和导出需要登录，或使用数据使用方的令牌。"),
}


def require(viewer: Viewer, permission: Permission) -> None:
    """Raise NotPermitted unless some role of the viewer grants the permission."""
    if not viewer.may(permission):
        raise NotPermitted(_REFUSALS[permission])
