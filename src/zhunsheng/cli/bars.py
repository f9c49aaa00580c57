"""The progress bar of long work, on standard error."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that is told stage, done and total (0: unknown), and shows them until the work ends."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from zhunsheng.register.words import STAGES

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    # A file or a pipe in the place of the terminal gets none of it.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task("", total=None)

        def progress(stage: str, done: int, total: int) -> None:
            bars.update(task, description=_(STAGES.get(stage, stage)), completed=done, total=total or None)

        yield progress
