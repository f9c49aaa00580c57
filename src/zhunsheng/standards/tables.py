"""The facts tables of this room, one SELECT each, common to SQLite and PostgreSQL."""

from __future__ import annotations

SCHEMES = """
SELECT id, code, name, parent_id, bit FROM standards_scheme ORDER BY id
"""

SELECTS: dict[str, str] = {"schemes": SCHEMES}
