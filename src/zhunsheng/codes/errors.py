"""The one base of every error that is shown to a person, and the mark for texts translated elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def N_(text: str) -> str:  # noqa: N802 - the customary gettext name of "mark, do not translate here"
    """Mark a Chinese source text for translation by the floor that shows it; returns it unchanged."""
    return text


class ZhunshengError(Exception):
    """Bad input or a refused act, said in words a person can act on.

    `msgid` is the Chinese source text with %(name)s placeholders, `params` fills them;
    whoever shows the error translates with `e.said(gettext)`. `exit_code` is what
    a command ends with: 1 the answer is no, 2 bad input, 3 broken environment.
    """

    exit_code = 2

    def __init__(self, msgid: str, **params: object) -> None:
        """Keep the text and its parameters apart so that the text can be translated."""
        self.msgid = msgid
        self.params = params
        super().__init__(self.said())

    def said(self, translate: Callable[[str], str] = N_) -> str:
        """Return the whole text, its source text put through `translate` first (gettext, where there is one)."""
        text = translate(self.msgid)
        return text % self.params if self.params else text
