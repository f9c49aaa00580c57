"""A small register with two bodies in two provinces, and a client for each role.

Everything is invented: codes of an authority that does not exist, approval numbers of the year 2099.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client

from zhunsheng.codes import uscc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zhunsheng.bulletin.models import Making, MonthlyBulletin, Newsletter
    from zhunsheng.register.models import Body, Certificate, Import, Organisation

ISSUED, CHANGED, SUSPENDED, KNOWN = date(2024, 1, 10), date(2024, 6, 1), date(2025, 2, 1), date(2025, 3, 10)
EXPIRES = date(2099, 1, 9)
PASSWORD = "a long enough phrase"
AT = datetime(2025, 8, 5, 2, 0, tzinfo=UTC)
HOME_BODY, OTHER_BODY = "CNCA-R-2099-901", "CNCA-R-2099-902"
BEIJING, GUANGDONG = "11", "44"


@dataclass(frozen=True)
class World:
    """What there is to look at; `own` belongs to the body of the role `body`, `other` to the other one.

    `published` is a bulletin, `made` the draft of one, with errors; `letter` is published, `draft` the body's draft.
    """

    own_body: Body
    other_body: Body
    organisation: Organisation
    own: Certificate
    other: Certificate
    own_import: Import
    other_import: Import
    published: MonthlyBulletin
    made: MonthlyBulletin
    making: Making
    letter: Newsletter
    draft: Newsletter


@pytest.fixture
def world(db: None, data_dir: Path) -> World:
    """Return the small register."""
    from zhunsheng.standards import actions as standards

    standards.load(by="system:test", at=AT)
    own_body, other_body = (
        _body(HOME_BODY, "虚构北方认证有限公司", BEIJING),
        _body(OTHER_BODY, "虚构南方认证中心", GUANGDONG),
    )
    own_import, other_import = _import(own_body, data_dir), _import(other_body, data_dir)
    organisation = _organisation(own_import)
    own = _certificate("90124Q00001R0S", own_body, organisation, own_import)
    other = _certificate("90224Q00002R0S", other_body, organisation, other_import)
    bulletins = _bulletins()
    return World(
        own_body, other_body, organisation, own, other, own_import, other_import, *bulletins, _making(), *_letters()
    )


def _body(approval_no: str, name: str, region: str) -> Body:
    from zhunsheng.register.models import Body, BodyScope
    from zhunsheng.standards.models import Scheme

    body = Body.objects.create(
        approval_no=approval_no,
        name=name,
        region=region,
        status="approved",
        approved_on=date(2020, 1, 1),
        expires_on=EXPIRES,
        reported_on=KNOWN,
    )
    BodyScope.objects.create(body=body, scheme=Scheme.objects.get(code="A01"), from_on=date(2020, 1, 1))
    return body


def _import(body: Body, data_dir: Path) -> Import:
    from zhunsheng.register.models import Finding, Import

    rejects = data_dir / f"rejects-{body.approval_no}.csv"
    rejects.write_text("ROW,REASON\n2,没有证书编号\n", encoding="utf-8")
    found = Import.objects.create(
        kind="certificates",
        layout="ms",
        file_name=f"return-{body.approval_no}.csv",
        stored="none",
        sha256="0" * 64,
        body=body,
        by="body",
        known_on=KNOWN,
        state="done",
        created_at=AT,
        finished_at=AT,
        rows=1203,
        accepted=1202,
        rejected=1,
        findings_count=1,
        rejects_file=rejects.name,
    )
    Finding.objects.create(
        source=found,
        row=17,
        number="90124Q00001R0S",
        field="ORG_CODE",
        code="bad_check_character",
        params={"value": "U1"},
    )
    return found


def _organisation(source: Import) -> Organisation:
    from zhunsheng.register import search
    from zhunsheng.register.models import Organisation, OrganisationEvent

    code, name = uscc.invented(GUANGDONG, 1), "虚构东方科技有限公司"
    made = Organisation.objects.create(
        key=code, code=code, name=name, region=GUANGDONG, country="156", district="440100"
    )
    event = OrganisationEvent.objects.create(
        organisation=made, known_on=date(2024, 2, 10), name=name, region=GUANGDONG, source=source
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE named AS SELECT %s AS id, %s AS grams", [event.pk, " ".join(search.grams(name))]
        )
        cursor.execute(search.INDEX[connection.vendor].format(staged="named"))
        cursor.execute("DROP TABLE named")
    return made


def _certificate(number: str, body: Body, organisation: Organisation, source: Import) -> Certificate:
    from zhunsheng.register.models import Certificate, Event
    from zhunsheng.standards.models import Scheme

    scheme = Scheme.objects.get(code="A01")
    made = Certificate.objects.create(
        number=number,
        body=body,
        organisation=organisation,
        scheme=scheme,
        layout="ms",
        national_code="A0101",
        covered_people=4871,
        issued_on=ISSUED,
        expires_on=EXPIRES,
        state="suspended",
        details={"ACC_SYMBOL": "01", "INVOICE_NUM": "HT-SECRET-7"},
    )
    whole = {"organisation": organisation, "scheme": scheme, "expires_on": EXPIRES, "source": source}
    Event.objects.create(certificate=made, kind="issued", effective_on=ISSUED, known_on=ISSUED, state="valid", **whole)
    Event.objects.create(
        certificate=made,
        kind="suspended",
        effective_on=SUSPENDED,
        known_on=KNOWN,
        state="suspended",
        reason="0112",
        source=source,
    )
    Event.objects.create(
        certificate=made,
        kind="changed",
        effective_on=CHANGED,
        known_on=KNOWN,
        changes={"INVOICE_NUM": ["HT-SECRET-6", "HT-SECRET-7"], "scope_text": ["生产", "设计、生产"]},
        **whole,
    )
    return made


def _bulletins() -> tuple[MonthlyBulletin, MonthlyBulletin]:
    from zhunsheng.bulletin import actions
    from zhunsheng.bulletin.model import BlockRow, Bulletin, Headline, ProjectRow, RegionRow

    regions = [
        RegionRow("全部", 1300, None, None, 900),
        RegionRow("全国", 1250, None, None, 880),
        RegionRow("北京市", 450, 2, "36", 380, 2, "43.18"),
        RegionRow("广东省", 800, 1, "64", 500, 1, "56.82"),
        RegionRow("国外", 50, None, None, 20),
    ]
    projects = [ProjectRow("合计", None, 1300, 900), ProjectRow("管理体系认证", "合计", 1300, 900)]
    document = Bulletin(
        month="2025-07",
        headline=Headline(certificates="0.125", organisations="0.088"),
        projects=tuple(projects),
        regions=tuple(regions),
        blocks=(BlockRow("中南地区", 800, "64", 500, "56.82"),),
    )
    # Of three provinces two are printed; the made one counts one certificate more in Beijing.
    beijing = replace(regions[2], certificates=451)
    different = replace(document, regions=(*regions[:2], beijing, *regions[3:]))
    known = date(2025, 8, 10)
    published = actions.keep(bulletin=document, origin="published", source="虚构的公布", by="system:test", at=AT)
    return published, actions.keep(bulletin=different, origin="made", known_on=known, by="system:test", at=AT)


def _making() -> Making:
    from zhunsheng.bulletin.models import Making

    return Making.objects.create(month="2025-06", known_on=date(2025, 7, 10), by="nation", created_at=AT)


def _letters() -> tuple[Newsletter, Newsletter]:
    from zhunsheng.bulletin import issues
    from zhunsheng.bulletin.models import Newsletter

    values: dict[str, Any] = {"kind": "body", "key": HOME_BODY, "publisher": "虚构北方认证有限公司"}
    values |= {"name": "北方简报", "issue": "第 8 期"}
    values |= {"month": "2025-07", "sections": list(issues.SECTIONS), "made_at": AT, "made_by": "body"}
    values |= {"articles": [{"title": "编者的话", "byline": "", "text": "一段"}], "edited_at": AT, "edited_by": "body"}
    draft = Newsletter.objects.create(title="还没写完的一期", **{**values, "issue": "第 9 期"})
    whole = {"content": issues.frozen(draft), "pdf": b"%PDF-", "published_at": AT, "published_by": "body"}
    return Newsletter.objects.create(title="已经公布的一期", state="published", **values, **whole), draft


ROLES = {
    "body": ("body_staff", "body", HOME_BODY),
    "province": ("regulator", "regulator", GUANGDONG),
    "nation": ("regulator", "regulator", ""),
    "holder": ("holder", "organisation", uscc.invented(GUANGDONG, 1)),
}


@pytest.fixture
def nation(db: None) -> str:
    """Admit a national regulator and return the name."""
    from zhunsheng.people import actions
    from zhunsheng.people.roles import PartyKind

    actions.admit(
        name="nation",
        password=PASSWORD,
        role="regulator",
        kind=PartyKind.REGULATOR,
        key="",
        party_name="虚构监管",
        by="system:test",
        at=AT,
    )
    return "nation"


@pytest.fixture
def client_of(db: None) -> Callable[[str], Client]:
    """Return a function from a role (or `public`) to a client signed in as someone who holds it."""
    from zhunsheng.people import actions
    from zhunsheng.people.roles import PartyKind

    def client_of(who: str) -> Client:
        client = Client()
        if who == "public":
            return client
        role, kind, key = ROLES[who]
        person = actions.admit(
            name=who,
            password=PASSWORD,
            role=role,
            kind=PartyKind(kind),
            key=key,
            party_name="虚构",
            by="system:test",
            at=AT,
        )
        client.force_login(person)
        return client

    return client_of
