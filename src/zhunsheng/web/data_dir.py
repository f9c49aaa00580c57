"""The data directory: where one instance keeps its database, uploads, snapshots and secret.

`ZHUNSHENG_DATA` names it, else `./var`. A file `demo` in it marks an instance that may hold
invented organisations; every page of such an instance says so.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

DEFAULT = "var"
DEMO_MARK = "demo"


def data_dir() -> Path:
    """Return the directory of this process's instance, created with access for its owner alone."""
    path = Path(os.environ.get("ZHUNSHENG_DATA") or DEFAULT).resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def is_demo(path: Path) -> bool:
    """Tell whether the directory is marked as a demo, which alone may hold invented codes."""
    return (path / DEMO_MARK).exists()


def secret_key(path: Path) -> str:
    """Return the instance's secret, made once and readable by its owner alone."""
    file = path / "secret"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(key)
    return key
