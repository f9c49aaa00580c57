"""`backup` and `restore`: a whole instance into one directory, and back."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from zhunsheng.cli import setting_up
from zhunsheng.web.data_dir import DEFAULT


def backup(
    out: Annotated[Path, typer.Argument(help="新的目录，放备份 (a new directory for the backup)")],
    verify: Annotated[bool, typer.Option("--verify", help="写完再读一遍核对 (read it again and compare)")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只在标准输出给 JSON (JSON on stdout, nothing else)")] = False,
) -> None:
    """备份整个实例：数据库、上传的文件、密钥 (back up the instance: database, uploads, keys)."""
    from django.conf import settings

    from zhunsheng.web import backups

    manifest = backups.write(out, data=settings.DATA_DIR, database=settings.DATABASES["default"], at=setting_up.now())
    if verify:
        backups.verified(out)
    size = sum(file["bytes"] for file in manifest.files.values())
    told = {"out": str(out), "files": len(manifest.files), "rows": sum(manifest.rows.values()), "bytes": size}
    if as_json:
        print(json.dumps(told | {"verified": verify, "made_at": manifest.made_at}, ensure_ascii=False))
        return
    text = _("已备份到 %(out)s：%(files)s 个文件，%(rows)s 行，%(megabytes)s MB") % {
        "out": out,
        "files": f"{told['files']:,}",
        "rows": f"{told['rows']:,}",
        "megabytes": f"{size / 1_000_000:,.1f}",
    }
    print(text + (_("；已核对") if verify else ""))


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="备份的目录 (the backup's directory)")],
    replace: Annotated[
        bool, typer.Option("--replace", help="换掉数据目录里原有的内容 (replace what the data directory holds)")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 (do not ask)")] = False,
) -> None:
    """把备份恢复到数据目录；先停下网站 (restore a backup into the data directory; stop the site first)."""
    from zhunsheng.web import restoring

    data = Path(os.environ.get("ZHUNSHENG_DATA") or DEFAULT).absolute()
    if replace and not yes:
        sys.stderr.write(_("将用备份换掉 %(data)s 的内容。网站应已停下。") % {"data": data} + "\n")
        typer.confirm(_("继续吗"), abort=True, err=True)
    url = os.environ.get("DATABASE_URL", "")
    done = restoring.restore(source, data, url=url, at=setting_up.now(), replace=replace)
    print(_("已恢复到 %(data)s：%(rows)s 行") % {"data": data, "rows": f"{done.rows:,}"})
    if done.directory is not None:
        sys.stderr.write(_("原来的内容移到了 %(old)s，确认无误后可以删除") % {"old": done.directory} + "\n")
    if done.schema:
        text = _("数据库里原来的表移到了模式 %(schema)s，确认无误后可以删除：DROP SCHEMA %(schema)s CASCADE")
        sys.stderr.write(text % {"schema": done.schema} + "\n")
