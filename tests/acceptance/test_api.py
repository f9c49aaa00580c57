"""The interface for programs on a running site: its own examples work, and no request breaks or contradicts it.

`make soak` runs the generated requests again, many more of them and others each time.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.acceptance.conftest import command

if TYPE_CHECKING:
    from tests.acceptance.conftest import Site

# Of the examples that a generated test makes, two in five: each is a whole request to a running site.
SHARE = 0.4
# Left out is only `positive_data_acceptance`: a schema cannot say that a place to go on must come from an
# answer before, that a period ends after it begins, or which codes of schemes exist. `test_api` in tests/actions
# says what is refused of these, and that the field is named.
LEFT_OUT = "positive_data_acceptance"


def token(site: Site, person: str) -> str:
    """Issue a token for one of the demo's accounts by the command."""
    issued = subprocess.run(
        command("--data", str(site["data"]), "token", "issue", person, "--name", "acceptance"),
        check=True,
        capture_output=True,
        text=True,
    )
    return issued.stdout.strip()


def read(address: str, key: str = "") -> str:
    """Return the body of an answer."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("who", ["public", "national"])
def test_no_generated_request_breaks_the_api_or_gets_what_its_description_does_not_say(
    who: str, served: Site, tmp_path: Path
) -> None:
    profile = hypothesis.settings()
    arguments = [str(Path(sys.executable).with_name("st")), "run", f"{served['url']}/api/v1/openapi.json"]
    arguments += ["--phases", "examples,coverage,fuzzing", "--max-examples", str(int(profile.max_examples * SHARE))]
    arguments += ["--exclude-checks", LEFT_OUT, "--no-color", "--suppress-health-check", "all"]
    arguments += ["--generation-deterministic"] if profile.derandomize else []
    if who != "public":
        arguments += ["--header", f"Authorization: Bearer {token(served, who)}"]
    ran = subprocess.run(arguments, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-5000:]
    # Every operation was asked, none passed over.
    described = json.loads(read(f"{served['url']}/api/v1/openapi.json"))
    assert f"Tested: {len(described['paths'])}" in ran.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is missing")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_example_on_the_page_about_the_api_works_as_it_stands(language: str, served: Site) -> None:
    page = read(f"{served['url']}/api?lang={language}")
    examples = [unescape(text) for text in re.findall(r"<code>(curl .*?)</code>", page, re.DOTALL)]
    described = json.loads(read(f"{served['url']}/api/v1/openapi.json"))
    assert len(examples) == len(described["paths"])
    for example in examples:
        words = [*shlex.split(example), "--silent", "--show-error", "--fail"]
        ran = subprocess.run(words, check=False, capture_output=True, text=True)
        assert ran.returncode == 0, example + ran.stderr
        answer = json.loads(ran.stdout)
        # What an example asks for is there.
        assert answer.get("items", True), example


def test_the_command_lists_and_revokes_tokens(served: Site) -> None:
    key = token(served, "guangdong")
    data, address = str(served["data"]), f"{served['url']}/api/v1/certificates?bulk=true&limit=1000"
    # A province reads the certificates of its own holders.
    assert {row["organisation"]["region"] for row in json.loads(read(address, key))["items"]} == {"44"}
    listed = subprocess.run(
        command("--data", data, "token", "list", "--json"), check=True, capture_output=True, text=True
    ).stdout
    mine = next(row for row in json.loads(listed) if row["person"] == "guangdong")
    assert mine["live"]
    assert key not in listed
    subprocess.run(command("--data", data, "token", "revoke", str(mine["id"])), check=True, capture_output=True)
    with pytest.raises(urllib.error.HTTPError) as refused:
        read(address, key)
    with refused.value as answer:
        assert answer.code == 401
