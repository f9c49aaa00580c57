"""The layouts and code tables are data that agrees with itself and with the template."""

from __future__ import annotations

import pytest

from zhunsheng.register import layouts
from zhunsheng.register.importing.records import HOLDER, STATED
from zhunsheng.register.models import Certificate, Organisation

# Domain facts 1.5 count the fields of 证书信息表.
FIELDS_OF_THE_TEMPLATE = 71


def test_the_management_layout_has_every_field_of_the_template() -> None:
    assert len(layouts.layout("ms").fields) == FIELDS_OF_THE_TEMPLATE


@pytest.mark.parametrize("layout", layouts.layouts().values(), ids=lambda layout: layout.name)
def test_a_requirement_asks_for_fields_and_codes_that_exist(layout: layouts.LayoutOf) -> None:
    for field in layout.fields.values():
        for condition in field.required or ():
            asked = layout.fields[condition.field]
            if asked.table and condition.how == "=":
                assert set(condition.values) <= {code.code for code in layouts.code_table(asked.table)}
        if field.table:
            assert layouts.code_table(field.table)


@pytest.mark.parametrize("layout", layouts.layouts().values(), ids=lambda layout: layout.name)
def test_labels_name_one_field_each(layout: layouts.LayoutOf) -> None:
    fields = layout.fields.values()
    assert len({field.label for field in fields}) == len(fields)
    assert all(field.label and field.label_en for field in fields)


def test_every_code_has_a_label_in_both_languages_and_a_source() -> None:
    tables = {field.table for one in layouts.layouts().values() for field in one.fields.values() if field.table}
    for table in tables:
        codes = layouts.code_table(table)
        assert len({code.code for code in codes}) == len(codes)
        assert all(code.label and code.label_en and code.source for code in codes)


def test_what_is_stated_goes_into_columns_that_the_models_have() -> None:
    columns = {field.name for field in Certificate._meta.get_fields()}
    assert set(STATED) <= columns
    assert set(HOLDER) - {"former_name"} <= {field.name for field in Organisation._meta.get_fields()}
    for name, (field, _) in STATED.items():
        assert layouts.layout("ms").fields[field].target == name


@pytest.mark.parametrize(
    "header", ["CERT_NUMBER", " cert_number ", "证书编号", "ＣＥＲＴ_ＮＵＭＢＥＲ", "\ufeff证书 编号"]
)
def test_a_column_is_known_by_field_name_or_label_in_any_width_and_case(header: str) -> None:
    assert layouts.recognise("certificates", [header, "别的"]) == {header: "CERT_NUMBER"}


@pytest.mark.parametrize(
    ("fields", "code", "layout"),
    [
        (["CERT_NUMBER", "ORG_NAME"], "", "ms"),
        (["PROD_NAME"], "B01", "ccc"),
        (["PROD_NAME"], "B0221", "organic"),
        (["PROD_NAME"], "B05", "voluntary"),
    ],
)
def test_the_layout_follows_from_the_columns_and_the_project(fields: list[str], code: str, layout: str) -> None:
    assert layouts.detect("certificates", fields, code) == layout


def test_product_columns_without_a_product_s_project_fit_no_layout() -> None:
    with pytest.raises(layouts.UnknownLayout):
        layouts.detect("certificates", ["PROD_NAME"], "A01")


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(layouts.UnknownLayout):
        layouts.layout("other")


@pytest.mark.parametrize("private", ["ORG_PHONE", "LEGAL_PEOPLE", "CONTRACT_FEE", "CHK_P_LIST", "CHK_PD_NUM"])
def test_what_concerns_persons_money_and_effort_is_not_public(private: str) -> None:
    assert private not in layouts.public_fields("ms")
    assert "BUSI_COVER_SCOP" in layouts.public_fields("ms")
