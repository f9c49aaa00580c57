"""The shapes of what programs read of the register. Fields may be added; none is renamed or removed."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - the schemas are read while the program runs
from typing import Literal

from ninja import Schema

from zhunsheng.register.policy import BodyStatus, Kind, Layout, State  # noqa: TC001 - as above


class BodyShort(Schema):
    """A certification body; `reported_on` is when it last reported, what happened since is not known here."""

    approval_no: str
    name: str
    name_en: str
    status: BodyStatus
    reported_on: date | None


class OrganisationShort(Schema):
    """A certified organisation; `code` is its unified social credit code, empty for one that has none."""

    id: int
    code: str
    name: str
    name_en: str
    region: str


class SchemeShort(Schema):
    """What is certified, by its national code."""

    code: str
    name: str
    name_en: str


class Change(Schema):
    """A reported field that an event changed; `before` is null where nothing was recorded."""

    field: str
    before: str | None
    after: str | None


class Entry(Schema):
    """One entry of a timeline.

    `effective_on` is when it was true, `known_on` when the register learned it. `counts` says whether it
    counts for the dates asked about, `why_not` otherwise why. Where it says who the holder is from then on,
    and for which scheme, there are `organisation_id` and the scheme's code.
    """

    kind: Kind
    effective_on: date
    known_on: date
    state: State | None
    reason: str
    until_on: date | None
    expires_on: date | None
    organisation_id: int | None
    scheme: str | None
    changes: list[Change]
    is_correction: bool
    counts: bool
    why_not: Literal["corrected", "not_yet", "not_known"] | None


class CertificateWhole(Schema):
    """A certificate on the date asked about, as known on the other.

    `state` null means: not issued by then, as far as was known; `heard_of` false: nothing was known by then.
    Holder, scheme and end date are those of that date, the rest is as last reported. `covered_people` and
    the fields that are not public are given to the certificate's own body, holder and regulator.
    """

    id: int
    number: str
    state: State | None
    heard_of: bool
    body: BodyShort
    organisation: OrganisationShort
    scheme: SchemeShort
    national_code: str
    layout: Layout
    basis: str
    scope: str
    first_issued_on: date | None
    decided_on: date | None
    issued_on: date | None
    expires_on: date | None
    parent_number: str
    covered_people: int | None
    fields: dict[str, str]
    known_on: date | None
    timeline: list[Entry]


class LookedUp(Schema):
    """The certificates with one number: a number is one body's own, so two bodies may have given the same."""

    number: str
    on: date
    known: date
    certificates: list[CertificateWhole]


class CertificateFound(Schema):
    """A certificate in a list, with its state today by the newest knowledge."""

    id: int
    number: str
    state: State
    body: BodyShort
    organisation: OrganisationShort
    scheme: SchemeShort
    basis: str
    issued_on: date | None
    expires_on: date | None
    known_on: date | None


class BodyFound(BodyShort):
    """A certification body in a list."""

    region: str
    approved_on: date | None
    expires_on: date | None


class Hits(Schema):
    """How a page of a list goes on: `more` says that it does, `next` where, for who may read in bulk."""

    more: bool
    next: str | None


class Certificates(Hits):
    """A page of certificates."""

    items: list[CertificateFound]


class Organisations(Hits):
    """A page of organisations."""

    items: list[OrganisationShort]


class Bodies(Hits):
    """A page of certification bodies."""

    items: list[BodyFound]


class Counted(Schema):
    """How many hits have a value; null where they were not counted."""

    code: str
    certificates: int | None


class Facets(Schema):
    """How the hits of a search divide; when not `exact`, at least `total` were seen before counting stopped."""

    total: int
    exact: bool
    groups: dict[str, list[Counted]]


class Named(Schema):
    """A name that an organisation has or had; no effective date means as far back as anyone asks."""

    name: str
    region: str
    effective_on: date | None
    known_on: date


class OrganisationWhole(OrganisationShort):
    """An organisation with the names it had and its newest certificates across bodies."""

    country: str
    district: str
    address: str
    known_on: date | None
    names: list[Named]
    certificates: list[CertificateFound]
    more: bool


class Scope(Schema):
    """A scheme that a body is approved for, and when."""

    scheme: SchemeShort
    from_on: date | None
    until_on: date | None


class SchemeCount(Schema):
    """How many certificates of one scheme are valid today."""

    scheme: str
    certificates: int


class BodyWhole(BodyFound):
    """A certification body with its approval, its scope and its valid certificates by scheme."""

    code: str
    ended_on: date | None
    scopes: list[Scope]
    valid_by_scheme: list[SchemeCount]


class RegionOut(Schema):
    """A unit that certificates are counted by; `block` is null outside the 34 province-level units."""

    code: str
    name: str
    short: str
    name_en: str
    block: str | None


class Block(Schema):
    """One of the seven blocks of provinces, with their codes."""

    name: str
    name_en: str
    regions: list[str]


class Regions(Schema):
    """Regions and blocks of the bulletins."""

    regions: list[RegionOut]
    blocks: list[Block]


class CodeOut(Schema):
    """One code of a code table of the national returns; `means` is the API's own word where it has one."""

    code: str
    label: str
    label_en: str
    means: str
    confirmed: bool
    source: str


class CodeTable(Schema):
    """A code table."""

    name: str
    codes: list[CodeOut]


class CodeTables(Schema):
    """All code tables."""

    items: list[CodeTable]


class Word(Schema):
    """A value that the API answers with, in the two languages."""

    value: str
    zh: str
    en: str


class Words(Schema):
    """What states, kinds of events and statuses of bodies are called; `reasons`: which code table explains a reason."""

    states: list[Word]
    kinds: list[Word]
    body_statuses: list[Word]
    reasons: dict[str, str]
