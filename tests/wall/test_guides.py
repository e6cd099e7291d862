"""What the guides tell a reader to send and to type is taken and known."""

import argparse
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cast import HARBOUR, Cast
from registry import owner

from wutong import cli

ROOT = Path(__file__).parents[2]
_PAGES = [
    "README.md",
    "README.zh-Hant.md",
    "docs/guides/run.md",
    "docs/guides/connect.md",
    "docs/guides/operate.md",
    "docs/guides/change.md",
]
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_LINE = re.compile(r"^\s*(?:\S*/)?wutong (.+?)(?:\s+#.*)?$", re.MULTILINE)
_INLINE = re.compile(r"`(?:\S*/)?wutong ([a-z][^`]*)`")


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _examples() -> list[Any]:
    return [json.loads(text) for kind, text in _BLOCK.findall(_text("docs/guides/connect.md")) if kind == "json"]


def test_what_the_guide_shows_of_a_closed_category_is_what_is_answered(cast: Cast) -> None:
    _bundle, category, _consent = _examples()
    who = cast.register()
    cast.allow(who)
    token = cast.session_token(cast.professional("PT", HARBOUR))
    answer = cast.fhir(token, "GET", f"Patient/{who.person_id}/$access")
    assert category in answer.json()["parameter"]


def test_the_bundle_of_the_guide_is_taken(cast: Cast) -> None:
    bundle, _category, _consent = _examples()
    answer = cast.fhir(cast.ha, "POST", "", json=bundle)
    assert answer.status_code == 200, answer.text
    locations = [entry["response"]["location"] for entry in answer.json()["entry"]]
    patient_id = locations[0].split("/")[1]
    found = cast.fhir(cast.ha, "GET", f"AllergyIntolerance?patient={patient_id}")
    assert found.json()["total"] == 1


def test_the_consent_of_the_guide_is_taken(cast: Cast) -> None:
    _bundle, _category, content = _examples()
    who = cast.register()
    for named, here in (("PERSON_ID", str(who.person_id)), ("http://127.0.0.1:8000", cast.server)):
        content = json.loads(json.dumps(content).replace(named, here))
    answer = owner(cast, who).create(content)
    assert answer.status_code == 201, answer.text
    assert cast.open(cast.session_token(cast.doctor), who.person_id).status_code == 200


def _typed(page: str) -> Iterator[list[str]]:
    blocks = "".join(text for kind, text in _BLOCK.findall(_text(page)) if kind == "sh")
    for line in [*_LINE.findall(blocks), *_INLINE.findall(_text(page))]:
        if "…" not in line:
            yield shlex.split(line)


def _is_known(words: list[str]) -> bool:
    """Whether the command's parser takes the words (a name alone, as prose has it, stands for its whole command)."""
    try:
        cli._parser().parse_args(words)
    except SystemExit:
        return _is_name(cli._parser(), words)
    return True


def _is_name(parser: argparse.ArgumentParser, words: list[str]) -> bool:
    for word in words:
        groups = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
        if not groups or word not in groups[0].choices:
            return False
        parser = groups[0].choices[word]
    return True


@pytest.mark.parametrize("page", _PAGES)
def test_every_command_on_a_page_is_one(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    typed = list(_typed(page))
    assert typed or page.endswith("change.md")
    assert [words for words in typed if not _is_known(words)] == []


def test_a_command_that_is_none_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert _is_known(["serve", "--port", "8000"])
    assert _is_known(["client", "create"])
    assert not _is_known(["serve", "--prot", "8000"])
    assert not _is_known(["backup"])


def test_every_target_that_the_readme_types_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", _text("Makefile"), re.MULTILINE))
    for page in _PAGES:
        named = set(re.findall(r"(?:`|^)make ([a-z]+)", _text(page), re.MULTILINE))
        assert named <= targets, page
