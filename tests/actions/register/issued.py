"""A certificate as an import leaves it: its row and the event of its issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.standards import queries as schemes

if TYPE_CHECKING:
    from datetime import date

    from zhunsheng.register.models import Body, Certificate, Organisation


def issue(
    body: Body, holder: Organisation, number: str, leaf: str, *, issued: date, expires: date, known: date
) -> Certificate:
    """Put one valid certificate into the register, as it became known on a day."""
    from zhunsheng.register.models import Certificate, Event

    scheme = schemes.scheme_ids()[leaf]
    whole = {"organisation": holder, "scheme_id": scheme, "expires_on": expires, "state": "valid"}
    made = Certificate.objects.create(number=number, body=body, layout="ms", issued_on=issued, **whole)
    Event.objects.create(certificate=made, kind="issued", effective_on=issued, known_on=known, **whole)
    return made
