"""The second factor: whether this session passed one, and that a code is used once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from zhunsheng.people.models import Person

# A code of the step before counts too: clocks differ, and typing takes time (RFC 6238, 5.2).
STEPS_BACK = 1


def passed(request: HttpRequest) -> bool:
    """Tell whether whoever is signed in gave a second factor in this session."""
    person = request.user if request.user.is_authenticated else None
    return any(given.get("method") == "mfa" for given in get_authentication_records(request, person))


def record(request: HttpRequest, person: Person) -> None:
    """Note that this session passed a second factor."""
    record_authentication(request, person, "mfa", type=Authenticator.Type.TOTP)


@transaction.atomic
def spend(person: Person, code: str, *, at: datetime) -> bool:
    """Use up a code of a person's authenticator application; False when it is wrong or was used.

    A code opens one session, also with several server processes (RFC 6238, 5.2): the step of the last one
    is kept with the key, and only a later step counts.
    """
    held = Authenticator.objects.select_for_update().filter(user_id=person.pk, type=Authenticator.Type.TOTP).first()
    if held is None:
        return False
    step = matching_step(decrypt(held.data["secret"]), code, at=at)
    if step is None or step <= held.data.get("last_step", 0):
        return False
    held.data["last_step"] = step
    held.save(update_fields=["data"])
    return True


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the time step whose code this is, among those that count at an instant."""
    now = int(at.timestamp()) // app_settings.TOTP_PERIOD
    typed = "".join(code.split())
    steps = range(now, now - STEPS_BACK - 1, -1)
    return next((step for step in steps if f"{hotp_value(secret, step):0{app_settings.TOTP_DIGITS}}" == typed), None)
