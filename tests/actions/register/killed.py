"""A process that runs one import and kills itself at one step: arguments database, import, step."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime


def main(database: str, import_id: int, step: str) -> None:
    """Run the import; at the step (a stage, with :N at its N-th report) nothing of this process is left to clean up."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()

    from zhunsheng.register import actions

    stage, _, wanted = step.partition(":")
    reports = {stage: 0}

    def progress(at: str, done: int, total: int) -> None:
        if at == stage:
            reports[stage] += 1
            if reports[stage] == int(wanted or 1):
                os.kill(os.getpid(), signal.SIGKILL)

    actions.run_import(import_id, at=datetime(2025, 8, 5, 2, 0, tzinfo=UTC), progress=progress)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
