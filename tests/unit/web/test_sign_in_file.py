"""`sign-in.toml` is read strictly: what it says is done, and what it cannot say is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zhunsheng.web import sign_in_file
from zhunsheng.web.environment import BadSetting

if TYPE_CHECKING:
    from pathlib import Path

PROVIDER = """
[providers.ministry]
name = "虚构统一认证"
issuer = "https://id.example"
client_id = "zhunsheng"
secret_file = "ministry.secret"
"""


def read(directory: Path, text: str) -> sign_in_file.SignIn:
    """Write the file and read it."""
    (directory / "ministry.secret").write_text(" the secret\n", encoding="utf-8")
    (directory / "sign-in.toml").write_text(text, encoding="utf-8")
    return sign_in_file.read(directory)


def test_without_a_file_there_is_neither_provider_nor_requirement(tmp_path: Path) -> None:
    assert sign_in_file.read(tmp_path) == sign_in_file.SignIn(frozenset(), ())


def test_a_provider_with_its_secret_beside(tmp_path: Path) -> None:
    found = read(tmp_path, 'second_factor_for = ["regulator"]\n' + PROVIDER + 'domains = ["certifier.example"]\n')
    assert found.second_factor_for == {"regulator"}
    assert found.providers == (
        {
            "provider_id": "ministry",
            "name": "虚构统一认证",
            "client_id": "zhunsheng",
            "secret": "the secret",
            "settings": {"server_url": "https://id.example", "domains": ["certifier.example"]},
        },
    )


def test_a_secret_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_SECRET", "from outside")
    found = read(tmp_path, PROVIDER.replace('secret_file = "ministry.secret"', 'secret_env = "THE_SECRET"'))
    assert found.providers[0]["secret"] == "from outside"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("second_factor_for = [", "TOML"),
        ('second_factor_for = ["owner"]', "second_factor_for"),
        ('second_factor_for = "regulator"', "second_factor_for"),
        ("secnd_factor_for = []", "secnd_factor_for"),
        ("providers = 1", "providers"),
        (PROVIDER.replace("ministry]", '"../x"]'), "../x"),
        (PROVIDER.replace('client_id = "zhunsheng"\n', ""), "ministry.client_id"),
        (PROVIDER.replace("https://id.example", "http://id.example"), "ministry.issuer"),
        (PROVIDER + 'secret = "in the file"', "ministry.secret"),
        (PROVIDER + 'domains = ["someone@certifier.example"]', "ministry.domains"),
        (PROVIDER + 'domains = "certifier.example"', "ministry.domains"),
        (PROVIDER.replace("ministry.secret", "lost.secret"), "ministry.secret_file"),
        (
            PROVIDER.replace('secret_file = "ministry.secret"', 'secret_env = "NOT_SET_ANYWHERE"'),
            "ministry.secret_file",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read(tmp_path, text)
    assert named in str(refused.value)
    assert str(tmp_path / "sign-in.toml") in str(refused.value)
    assert "in the file" not in str(refused.value)
