"""The rows of the project table that national bulletins have printed: the scheme tree's names and other spellings.

The tree belongs to `standards`; copies of the bulletins spell a few rows otherwise (其他 for 其它, a
认证 more), and a reader keeps names as printed.
"""

from __future__ import annotations

from zhunsheng.standards.policy import TOTAL_NAME, tree

TOTAL = TOTAL_NAME
# What a table may call its first row and its subtotals; those of 2021 to 2025 print 合计.
TOTALS = (TOTAL, "总计")

_GROUPS = {group.code: group.name for group in tree().groups()}
DOMAINS = tuple(_GROUPS.values())

# Each name under which a row is known, and the name of the row above it.
PARENTS: dict[str, str | None] = {TOTAL: None, **dict.fromkeys(DOMAINS, TOTAL)}
# The rows of the newest layout: a table without some of them may be cut off.
CURRENT: list[tuple[str, str]] = [(name, TOTAL) for name in DOMAINS]
for _leaf in tree().leaves():
    _above = _GROUPS[_leaf.parent or ""]
    PARENTS[_leaf.name] = _above
    if _leaf.former_name:
        PARENTS[_leaf.former_name] = _above
    if _leaf.printed_until is None:
        CURRENT.append((_leaf.name, _above))
# Spellings met in copies of the bulletins.
_SPELLINGS = {
    "其他管理体系认证": "其它管理体系认证",
    "食品农产品认证": "食品农产品",
    "自愿性工业产品认证": "自愿性工业产品",
}
# A row's former name, and the one it goes by now; and every name under which the same row may stand.
RENAMED = {leaf.former_name: leaf.name for leaf in tree().leaves() if leaf.former_name}
SAME_ROW = _SPELLINGS | RENAMED
PARENTS |= {spelling: PARENTS[usual] for spelling, usual in _SPELLINGS.items()}
