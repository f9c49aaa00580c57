"""The data directory: where one instance keeps its database, uploads, snapshots and secret.

`ZHUNSHENG_DATA` names it, else `./var`. A file `demo` in it marks an instance that may hold
invented organisations; every page of such an instance says so.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from glob import escape
from pathlib import Path
from tempfile import mkstemp

from zhunsheng.codes.errors import N_, ZhunshengError

DEFAULT = "var"
# What a restore moved aside lies beside the directory, under its name and this.
REPLACED = ".replaced-"
DEMO_MARK = "demo"


class RestoreInterrupted(ZhunshengError):
    """A restore was killed between moving the old directory aside and putting the new one in its place."""

    exit_code = 3


def data_dir() -> Path:
    """Return the directory of this process's instance, created with access for its owner alone.

    Raises RestoreInterrupted instead of beginning an empty register in the place of one that was moved aside.
    """
    path = Path(os.environ.get("ZHUNSHENG_DATA") or DEFAULT).resolve()
    if (kept := moved_aside(path)) is not None:
        text = N_("没有 %(data)s，旁边却有恢复时移开的 %(kept)s：恢复没有做完。请再恢复一次，或把它改回原名。")
        raise RestoreInterrupted(text, data=path, kept=kept)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def moved_aside(path: Path) -> Path | None:
    """Return what a restore that was killed left of the directory `path`; None when `path` is there."""
    kept = [] if path.exists() else sorted(path.parent.glob(f"{escape(path.name)}{REPLACED}*"))
    return kept[-1] if kept else None


def is_demo(path: Path) -> bool:
    """Tell whether the directory is marked as a demo, which alone may hold invented codes."""
    return (path / DEMO_MARK).exists()


def secret_key(path: Path) -> str:
    """Return the instance's secret, made once and readable by its owner alone."""
    file = path / "secret"
    if not file.exists():
        # It appears with its content, so neither a second process nor a killed one leaves an empty secret.
        handle, part = mkstemp(prefix=".secret.", suffix=".part", dir=path)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(50))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(part, file)
        Path(part).unlink()
    return file.read_text(encoding="ascii").strip()
