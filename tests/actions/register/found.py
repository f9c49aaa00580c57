"""A small register to search in: names as the merge of an import indexes them, certificates of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection

from zhunsheng.codes import uscc

if TYPE_CHECKING:
    from datetime import datetime

    from zhunsheng.register.models import Body, Certificate, Organisation

NORTH, SOUTH = "CNCA-R-2099-901", "CNCA-RF-2099-02"
KNOWN = date(2025, 1, 1)


def known_as(organisation: Organisation, name: str) -> None:
    """Let a name become known and be indexed, as the merge of an import does it."""
    from zhunsheng.register import search
    from zhunsheng.register.models import OrganisationEvent

    event = OrganisationEvent.objects.create(organisation=organisation, known_on=KNOWN, name=name, region="11")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE staged_names (id bigint, grams text)")
        cursor.execute("INSERT INTO staged_names VALUES (%s, %s)", [event.pk, " ".join(search.grams(name))])
        cursor.execute(search.INDEX[connection.vendor].format(staged="staged_names"))
        cursor.execute("DROP TABLE staged_names")


def holder(serial: int, *names: str, region: str = "11") -> Organisation:
    """Make an organisation with the names that it had, the present one last."""
    from zhunsheng.register.models import Organisation

    code = uscc.invented("00" if region in {"abroad", "unknown"} else region, serial)
    made = Organisation.objects.create(key=code, code=code, name=names[-1], region=region)
    for name in names:
        known_as(made, name)
    return made


def body(approval_no: str, name: str) -> Body:
    """Make an approved body."""
    from zhunsheng.register.models import Body

    return Body.objects.create(approval_no=approval_no, name=name, status="approved")


def certificate(number: str, of: Body, to: Organisation, code: str, **other: object) -> Certificate:
    """Put a certificate into the register; `code` is its national code, and decides its scheme."""
    from zhunsheng.register.models import Certificate
    from zhunsheng.standards import policy, queries

    leaf = policy.finest_leaf(code)
    assert leaf is not None
    facts: dict[str, object] = {
        "state": "valid",
        "issued_on": date(2024, 3, 1),
        "expires_on": date(2027, 2, 28),
        "layout": "ms",
    }
    return Certificate.objects.create(
        number=number,
        body=of,
        organisation=to,
        scheme_id=queries.scheme_ids()[leaf],
        national_code=code,
        **facts | other,
    )


@dataclass(frozen=True)
class World:
    """What there is to find, by short names."""

    north: Body
    south: Body
    holders: dict[str, Organisation]
    certificates: dict[str, Certificate]


def world(at: datetime) -> World:
    """Make the register of the spec table; today is 2025-08-05."""
    from zhunsheng.standards import actions as standards

    standards.load(by="tester", at=at)
    north, south = body(NORTH, "虚构北方认证有限公司"), body(SOUTH, "虚构南方（中国）认证中心")
    held = {
        "qinghe": holder(1, "青禾精密机械厂", "青禾（北京）科技有限公司", region="11"),
        "baiyun": holder(2, "白云科技股份公司", region="44"),
        "lasa": holder(3, "高原饮品有限公司", region="54"),
        "abc": holder(4, "ＡＢＣ Testing 100%_满意", region="abroad"),
    }
    basis = "GB/T 19001-2016/ISO 9001:2015"
    made = {
        "q1": certificate("90124Q00001R0S", north, held["qinghe"], "A0101", basis=basis),
        "q2": certificate("90124Q00002R0S", north, held["baiyun"], "A0101", basis="ISO9001:2008", state="suspended"),
        "q3": certificate("90124Q00003R0S", south, held["lasa"], "A0102", basis="", expires_on=date(2025, 8, 4)),
        "e1": certificate("90224E00010R0M", south, held["baiyun"], "A0201", basis="GB/T 24001-2016"),
        "e2": certificate("90224E0001OR1M", south, held["abc"], "A0201", state="withdrawn", expires_on=None),
        "p1": certificate("2024010901000001", south, held["qinghe"], "B01", layout="ccc", issued_on=date(2020, 1, 1)),
        "x1": certificate("90224E00012R0M", north, held["lasa"], "A0201", state="replaced"),
        "h1": certificate("90224X00001R0M", north, held["lasa"], "A0401", basis="ISO 22000:2018", state="expired"),
    }
    return World(north, south, held, made)
