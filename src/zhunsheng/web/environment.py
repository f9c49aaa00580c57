"""Settings that the environment gives as text, read strictly: an instance that misreads them must not start."""

from __future__ import annotations

from zhunsheng.codes.errors import N_, ZhunshengError


class BadSetting(ZhunshengError):
    """A setting of the instance cannot be read."""

    exit_code = 3


def count(name: str, text: str) -> int:
    """Return a number of things, 0 for an empty text; raises BadSetting for anything but a number."""
    if text and not (text.isascii() and text.isdigit()):
        raise BadSetting(N_("%(name)s 应是一个数，不是 %(text)s"), name=name, text=text)
    return int(text or 0)
