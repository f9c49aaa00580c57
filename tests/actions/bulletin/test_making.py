"""A bulletin made from a register equals a naive count of the same rows, and stays what it was."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from tests.actions.register.issued import issue
from zhunsheng.bulletin import actions, queries
from zhunsheng.bulletin.checking import check
from zhunsheng.codes.errors import ZhunshengError
from zhunsheng.codes.regions import ABROAD, BY_NAME, PROVINCES, UNKNOWN
from zhunsheng.register import snapshots
from zhunsheng.register.models import Body, Certificate, Event, Organisation, OrganisationEvent
from zhunsheng.standards import actions as standards
from zhunsheng.standards import queries as schemes

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin
    from zhunsheng.people.policy import Viewer

# The databases must really commit: a snapshot reads through a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2025, 8, 1, tzinfo=UTC)
MONTH, END = "2025-07", date(2025, 7, 31)
KNOWN = date(2025, 8, 10)
FATES = ("valid",) * 6 + ("suspended", "withdrawn", "expired", "later", "unknown")
LEAVES = ("A01", "A02", "A03", "A99", "B01", "B03", "C02")


@dataclass
class World:
    """What was put into the register: for each valid certificate its leaf, organisation and region."""

    valid: list[tuple[str, int, str]] = field(default_factory=list)
    suspended: list[tuple[str, int, str]] = field(default_factory=list)

    def projects(self, code: str) -> tuple[int, int]:
        """Count certificates and distinct organisations below a code, naively."""
        rows = [(leaf, org) for leaf, org, _ in self.valid if leaf.startswith(code)]
        return len(rows), len({org for _, org in rows})

    def region(self, code: str) -> tuple[int, int]:
        """Count certificates and distinct organisations of a region, naively."""
        rows = [org for _, org, region in self.valid if region == code]
        return len(rows), len(set(rows))


@transaction.atomic
def populate(seed: int, organisations: int = 120) -> World:
    """A small random register with every state, expired ones, ones not yet issued and ones not yet known."""
    chance, world = random.Random(seed), World()  # noqa: S311 - the same world at every run
    standards.load(by="system:test", at=AT)
    body = Body.objects.create(approval_no="CNCA-R-2099-001", name="甲", status="approved")
    regions = [*(r.code for r in PROVINCES), ABROAD.code, UNKNOWN.code]
    for n in range(organisations):
        region = chance.choice(regions)
        holder = Organisation.objects.create(key=f"K{n}", name=f"组织{n}", region=region)
        OrganisationEvent.objects.create(
            organisation=holder, known_on=date(2025, 1, 1), name=holder.name, region=region
        )
        for serial in range(chance.randint(0, 5)):
            leaf, fate = chance.choice(LEAVES), chance.choice(FATES)
            certify(body, holder, f"N{n}-{serial}", leaf, fate, chance)
            if fate in {"valid", "suspended"}:
                (world.valid if fate == "valid" else world.suspended).append((leaf, n, region))
    return world


def certify(body: Body, holder: Organisation, number: str, leaf: str, fate: str, chance: random.Random) -> None:
    """Issue one certificate and let its fate befall it."""
    issued = END + timedelta(1) if fate == "later" else END - timedelta(chance.randint(0, 900))
    # Both edges: valid on its last day, expired the day after.
    expires = END - timedelta(1) if fate == "expired" else END + timedelta(chance.choice([0, 1, 500]))
    known = KNOWN + timedelta(1) if fate == "unknown" else KNOWN
    made = issue(body, holder, number, leaf, issued=issued, expires=expires, known=known)
    if fate in {"suspended", "withdrawn"}:
        last = max(issued, END - timedelta(3))
        Event.objects.create(certificate=made, kind=fate, state=fate, effective_on=last, known_on=KNOWN)


def made(tmp_path: Path, *, known: date = KNOWN, with_suspended: bool = False) -> Bulletin:
    """Take a snapshot and make the month's bulletin."""
    snapshots.take(tmp_path / "s", on=END, known=known)
    return actions.make(tmp_path / "s", month=MONTH, with_suspended=with_suspended).bulletin


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_cell_equals_a_naive_count(tmp_path: Path, seed: int) -> None:
    world = populate(seed)
    bulletin = made(tmp_path)
    ids = {s.name: s.code for s in schemes.stored_tree().schemes}
    for row in bulletin.projects:
        code = "" if row.name == "合计" else ids[row.name]
        assert (row.certificates, row.organisations) == world.projects(code), row.name
    by_name = {r.name: (r.certificates, r.organisations) for r in bulletin.regions}
    by_name |= {r.name: (r.certificates, r.organisations) for r in bulletin.blocks}
    for province in PROVINCES:
        assert by_name[province.name] == world.region(province.code), province.name
    assert by_name["国外"] == world.region(ABROAD.code)
    assert by_name["全部"][0] == len(world.valid)
    inland = [v for v in world.valid if v[2] != ABROAD.code]
    assert by_name["全国"] == (len(inland), len({org for _, org, _ in inland}))


def test_whether_suspended_certificates_count_is_a_choice(tmp_path: Path) -> None:
    world = populate(1)
    total = {r.name: r.certificates for r in made(tmp_path, with_suspended=True).projects}["合计"]
    assert total == len(world.valid) + len(world.suspended)


def test_a_bulletin_as_known_then_is_the_same_after_more_became_known(tmp_path: Path) -> None:
    populate(1)
    before = made(tmp_path)
    for certificate in Certificate.objects.all()[:40]:
        Event.objects.create(
            certificate=certificate,
            kind="withdrawn",
            state="withdrawn",
            effective_on=END - timedelta(1),
            known_on=KNOWN + timedelta(1),
        )
    for holder in Organisation.objects.all()[:40]:
        OrganisationEvent.objects.create(
            organisation=holder, known_on=KNOWN + timedelta(1), effective_on=END, name="改名", region="82"
        )
    assert made(tmp_path) == before
    assert made(tmp_path, known=KNOWN + timedelta(1)) != before


def test_an_empty_register_makes_a_bulletin_of_zeros(tmp_path: Path) -> None:
    standards.load(by="system:test", at=AT)
    bulletin = made(tmp_path)
    assert {r.certificates for r in bulletin.projects} == {0}
    assert {r.name for r in bulletin.regions if r.name in BY_NAME} >= {p.name for p in PROVINCES}


def test_what_is_made_passes_its_own_check_and_is_kept_as_a_draft(tmp_path: Path, viewer_all: Viewer) -> None:
    populate(2)
    bulletin = made(tmp_path)
    assert [f for f in check(bulletin) if f.level == "error"] == []
    kept = actions.keep(bulletin=bulletin, origin="made", known_on=KNOWN, by="somebody", at=AT)
    assert queries.document(queries.kept(kept.pk, viewer_all)) == bulletin
    again = actions.keep(bulletin=bulletin, origin="made", known_on=KNOWN, by="somebody", at=AT)
    assert again.pk == kept.pk
    assert queries.listed(viewer_all).count() == 1
    assert queries.listed().count() == 0


def test_a_bulletin_that_is_not_kept_is_said_so() -> None:
    with pytest.raises(ZhunshengError, match="没有这份通报"):
        queries.kept(1)
