"""Values of parameters read as the description says them, and in no other way.

Pydantic alone would take a number for a day (seconds since 1970), `yes` for true and `5.0` for 5.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Callable


def _written(form: str, kind: str) -> Callable[[object], object]:
    shape = re.compile(form)

    def check(value: object) -> object:
        if isinstance(value, str) and not shape.fullmatch(value):
            # The words are `web.api.problems`'s, which goes by the beginning of the kind.
            raise PydanticCustomError(f"{kind}_form", "not in the form described")
        return value

    return check


Day = Annotated[date, BeforeValidator(_written(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "date"))]
Number = Annotated[int, BeforeValidator(_written(r"-?[0-9]{1,18}", "int"))]
Flag = Annotated[bool, BeforeValidator(_written(r"true|false", "bool"))]
