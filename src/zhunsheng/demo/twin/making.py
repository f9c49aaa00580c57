"""From a bulletin to the files of an invented register whose bulletin is the same."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhunsheng.codes.errors import N_
from zhunsheng.demo.twin import certificates, names, schemes
from zhunsheng.demo.twin.placing import draw
from zhunsheng.demo.twin.targets import Targets, plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    from zhunsheng.bulletin.model import Bulletin
    from zhunsheng.demo.twin.figures import Correction
    from zhunsheng.demo.twin.placing import Register

    Progress = Callable[[str, int, int], None]

# The stages as the progress callback hears them: texts to translate for whoever watches.
PLAN, DRAW, NAME, WRITE = N_("核对通报数字"), N_("安排组织与证书"), N_("编造名称与代码"), N_("写出证书")


@dataclass(frozen=True, slots=True)
class TwinReport:
    """What was made: counts, the files in the order in which they should be imported, corrections."""

    month: str
    scale: float
    seed: int
    certificates: int
    organisations: int
    bodies: int
    files: tuple[Path, ...]
    targets: Targets
    corrections: tuple[Correction, ...]


def make_twin(
    bulletin: Bulletin,
    out: Path,
    *,
    scale: float = 1.0,
    seed: int = 1,
    progress: Progress | None = None,
) -> TwinReport:
    """Write an invented register into the folder `out` whose bulletin has the same cells.

    Files: bodies.csv, certificates-LAYOUT.parquet (certificates-LAYOUT-NN.parquet in parts when
    large; all columns text), twin.json. The same bulletin, scale and seed give the same bytes.
    `progress(stage, done, total)` counts certificates in the last stage. Raises ZhunshengError for
    a bulletin that is incomplete or contradictory beyond repair and for a scale that is too small.
    """
    tell = progress or _silent
    tell(PLAN, 0, 1)
    targets = plan(bulletin, scale)
    rng = np.random.default_rng(seed)
    tell(PLAN, 1, 1)
    tell(DRAW, 0, 1)
    register = draw(targets, rng)
    tell(DRAW, 1, 1)
    tell(NAME, 0, 1)
    organisations = names.organisations(register.place, [place.code for place in targets.places], rng)
    bodies = names.bodies(scale, targets.month, rng)
    tell(NAME, 1, 1)
    _empty(out)
    bodies.write_csv(out / "bodies.csv")
    files = [out / "bodies.csv", *_write(targets, register, organisations, bodies, out, rng, tell)]
    report = _report(targets, seed, len(bodies), files)
    (out / "twin.json").write_text(_json(report), encoding="utf-8")
    return report


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def _empty(out: Path) -> None:
    """Make the folder; remove what an earlier twin left there, so that no part of it is imported with this one."""
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("certificates-*.parquet"), out / "bodies.csv", out / "twin.json"):
        old.unlink(missing_ok=True)


def _write(
    targets: Targets,
    register: Register,
    organisations: pl.DataFrame,
    bodies: pl.DataFrame,
    out: Path,
    rng: np.random.Generator,
    tell: Progress,
) -> list[Path]:
    leaves = [leaf.name for leaf in targets.leaves]
    files: list[Path] = []
    done = 0
    for layout in schemes.LAYOUTS:
        rows = certificates.rows_of(layout, register, leaves, targets.month, len(bodies), rng)
        single = len(rows.body) <= certificates.PART_ROWS
        for part, table in enumerate(certificates.tables(layout, rows, organisations, bodies), 1):
            path = out / (f"certificates-{layout}.parquet" if single else f"certificates-{layout}-{part:02d}.parquet")
            table.write_parquet(path, compression="zstd", compression_level=1)
            files.append(path)
            done += len(table)
            tell(WRITE, done, targets.total.certificates)
    return files


def _report(targets: Targets, seed: int, bodies: int, files: list[Path]) -> TwinReport:
    return TwinReport(
        targets.month,
        targets.scale,
        seed,
        targets.total.certificates,
        targets.total.organisations,
        bodies,
        tuple(files),
        targets,
        targets.corrections,
    )


def _json(report: TwinReport) -> str:
    """Return the report as JSON, files by name only: the folder may be moved."""
    targets = asdict(report.targets)
    fields = {
        "month": report.month,
        "scale": report.scale,
        "seed": report.seed,
        "certificates": report.certificates,
        "organisations": report.organisations,
        "bodies": report.bodies,
        "files": [path.name for path in report.files],
        "targets": {name: targets[name] for name in ("leaves", "domains", "places", "total")},
        "corrections": targets["corrections"],
    }
    return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"
