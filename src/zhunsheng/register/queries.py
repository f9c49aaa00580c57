"""Reading the register. Public facts are public; what is not is limited by the viewer's party and region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from zhunsheng.codes import certificate_number, uscc
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.roles import PartyKind, Permission
from zhunsheng.register import layouts
from zhunsheng.register.models import (
    Body,
    BodyScope,
    Certificate,
    Event,
    Finding,
    Import,
    Organisation,
    OrganisationEvent,
)
from zhunsheng.register.policy import Happened, Kind, State, believed, sees_everything, status_on

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from zhunsheng.people.policy import Viewer


class NotFound(ZhunshengError):
    """There is no such thing, or it is not the viewer's to see: both are answered alike."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class AsKnown:
    """A certificate on a date as known on another: its state (None: not issued by then) and what it rested on.

    `heard` is False when nothing of it was known by then: the register could not have told its state.
    """

    state: State | None
    heard: bool
    organisation: Organisation | None
    scheme_id: int | None
    expires_on: date | None
    events: list[Event]


def _certificates() -> QuerySet[Certificate]:
    return Certificate.objects.select_related("body", "organisation", "scheme")


def certificates_numbered(number: str) -> list[Certificate]:
    """Return the certificates with this number, of any body; spaces, case and width do not matter."""
    return list(_certificates().filter(number=certificate_number.normalise(number)).order_by("id"))


def certificate(pk: int) -> Certificate:
    """Return one certificate. Raises NotFound."""
    found = _certificates().filter(pk=pk).first()
    if found is None:
        raise NotFound(N_("没有这张证书。请用证书编号、组织名称或代码查询。"))
    return found


def timeline(certificate: Certificate) -> list[Event]:
    """Return everything that became known of a certificate, in order of effect."""
    return list(certificate.events.select_related("organisation", "scheme", "source"))


def happened(event: Event) -> Happened:
    """Return an event as the policy's fold takes it."""
    return Happened(
        id=event.pk,
        kind=Kind(event.kind),
        effective_on=event.effective_on,
        known_on=event.known_on,
        state=State(event.state) if event.state else None,
        expires_on=event.expires_on,
        corrects=event.corrects_id,
    )


def as_known(certificate: Certificate, *, on: date, known: date) -> AsKnown:
    """Return what a certificate was on a date, as the register knew it on another."""
    events = timeline(certificate)
    facts = [happened(e) for e in events]
    held_ids = {h.id for h in believed(facts, on=on, known=known)}
    held = [e for e in events if e.pk in held_ids]
    whole = max((e for e in held if e.organisation_id), key=lambda e: (e.known_on, e.pk), default=None)
    return AsKnown(
        state=status_on(facts, on=on, known=known),
        heard=any(e.known_on <= known for e in events),
        organisation=whole.organisation if whole else None,
        scheme_id=whole.scheme_id if whole else None,
        expires_on=whole.expires_on if whole else None,
        events=held,
    )


def status(certificate: Certificate, *, on: date, known: date) -> State | None:
    """Return a certificate's state on a date as known on another; None when not issued by then."""
    return as_known(certificate, on=on, known=known).state


def details_for(certificate: Certificate, viewer: Viewer) -> dict[str, str]:
    """Return the reported fields that the viewer may see: all for its own parties, else the public ones."""
    details: dict[str, str] = certificate.details
    if sees_details(certificate, viewer):
        return details
    public = layouts.public_fields(certificate.layout)
    return {name: value for name, value in details.items() if name in public}


def sees_details(certificate: Certificate, viewer: Viewer) -> bool:
    """Tell whether the viewer may see everything reported of a certificate: its body, its holder, its regulator."""
    holder = certificate.organisation
    return sees_everything(viewer, approval_no=certificate.body.approval_no, code=holder.code, region=holder.region)


def organisation(pk: int) -> Organisation:
    """Return one organisation. Raises NotFound."""
    found = Organisation.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(N_("没有这个组织。请用名称或统一社会信用代码查询。"))
    return found


def organisation_coded(code: str) -> Organisation:
    """Return the organisation with a unified social credit code. Raises NotFound."""
    wanted = certificate_number.normalise(code)
    found = Organisation.objects.filter(key=wanted, code=wanted).first()
    if found is None:
        raise NotFound(N_("没有这个组织。请用名称或统一社会信用代码查询。"))
    return found


def names_of(organisation: Organisation) -> list[OrganisationEvent]:
    """Return what became known of an organisation's name and region, in order; other changes are left out."""
    events = list(organisation.events.all())
    before = [None, *((e.name, e.region) for e in events)]
    return [event for event, known in zip(events, before, strict=False) if (event.name, event.region) != known]


def certificates_of(organisation: Organisation, *, limit: int, offset: int = 0) -> list[Certificate]:
    """Return an organisation's certificates across bodies, newest first."""
    rows = _certificates().filter(organisation=organisation).order_by("-issued_on", "-id")
    return list(rows[offset : offset + limit])


def body(approval_no: str) -> Body:
    """Return one certification body. Raises NotFound."""
    found = Body.objects.filter(approval_no=approval_no.strip().upper()).first()
    if found is None:
        raise NotFound(N_("没有批准号为 %(number)s 的认证机构。"), number=approval_no)
    return found


def scopes_of(body: Body) -> list[BodyScope]:
    """Return what a body is approved for."""
    return list(body.scopes.select_related("scheme").order_by("scheme__code"))


def certificates_by_scheme(body: Body, on: date) -> list[tuple[str, int]]:
    """Return a body's certificates that are valid on a date, by newest knowledge, counted by scheme."""
    live = Q(state=State.VALID) & (Q(expires_on__gte=on) | Q(expires_on__isnull=True))
    rows = (
        body.certificates.filter(live)
        .values_list("scheme__name")
        .annotate(n=Count("id"))
        .order_by("-n", "scheme__name")
    )
    return [(name, n) for name, n in rows]


def imports_seen(viewer: Viewer) -> QuerySet[Import]:
    """Return the imports that the viewer may see: the nation's, its own bodies', or its provinces'."""
    may = Permission.SEE_RETURNS
    rows = Import.objects.select_related("body")
    if viewer.everywhere(may):
        return rows
    bodies, regions = viewer.keys(may, PartyKind.BODY), viewer.keys(may, PartyKind.REGULATOR)
    return rows.filter(Q(body__approval_no__in=bodies) | Q(body__region__in=regions))


def import_seen(viewer: Viewer, pk: int) -> Import:
    """Return one import that the viewer may see. Raises NotFound, also for another party's."""
    found = imports_seen(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound(N_("没有这次导入，或它不属于您的机构或地区。"))
    return found


def findings_of(source: Import) -> QuerySet[Finding]:
    """Return the findings of an import, in the order of its file."""
    return source.findings.all()


def stored_differs_from_derived(*, limit: int = 100) -> list[str]:
    """Return numbers of certificates whose stored state is not the one their timeline gives: the check."""
    wrong = []
    for found in Certificate.objects.prefetch_related("events").iterator(chunk_size=2000):
        facts = [happened(e) for e in found.events.all()]
        latest = max((f.effective_on for f in facts), default=None)
        known = max((f.known_on for f in facts), default=None)
        held = [] if latest is None or known is None else believed(facts, on=latest, known=known)
        states = [h.state for h in held if h.state is not None]
        if not states or states[-1] != found.state:
            wrong.append(found.number)
        if len(wrong) >= limit:
            break
    return wrong


def bodies() -> QuerySet[Body]:
    """Return every certification body by approval number."""
    return Body.objects.all()


def holds_real_organisations() -> bool:
    """Tell whether the register holds an organisation whose code is not an invented one."""
    return Organisation.objects.exclude(code="").exclude(code__startswith=uscc.INVENTED_AUTHORITY).exists()
