"""The docs are part of the product: every flow, room and table has its place in them, and every link leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]
CODE = ROOT / "src" / "wutong"
FLOW_PAGES = ROOT / "docs" / "flows"

# Files among the flows that tell of nothing that happens, and why they stand there.
NO_FLOWS = {
    "brought": "what a reference finds in its own transaction; told on the page of resolve_conditions",
    "changes": "what an upload asks for and what became of it; told on the page of receive_bundle",
    "deposit": "the steps that every upload shares; told on the page of receive_bundle",
    "person_projection": "how read_record writes a person of the index as FHIR",
    "plane": "what every flow of the record plane stands on",
    "problems": "what a flow raises",
    "settling": "ids, references and patients of an upload; told on the pages of receive_bundle and resolve_conditions",
    "spared": "what a condition spares; told on the page of resolve_conditions",
    "storing": "the row that a deposit becomes; told on the page of receive_bundle",
    "versions": "the lock and the comparison before every change; told on the page of receive_bundle",
    "worked_out": "what a version should be found by; told on the pages of reindex_records and compare_records",
    "writing": "the steps of an upload within its transaction; told on the page of receive_bundle",
}
# Folders of code that are no rooms, and why they need no README.
NO_ROOMS = {
    "control": "the people plane: its rooms have theirs",
    "control/people/actions": "part of the room people",
    "control/people/models": "part of the room people",
    "control/people/queries": "part of the room people",
    "district/data": "what is shipped; the room's README tells of it",
    "record": "the record plane: its rooms have theirs",
}
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_TEST = re.compile(r"`(tests/[\w/]+\.py)`")
_PYTHON = "*.py"


def _flows() -> dict[str, Path]:
    found = [path for plane in ("control", "record") for path in (CODE / plane / "flows").glob(_PYTHON)]
    return {path.stem: path for path in found if path.stem != "__init__"}


FLOWS = {name: path for name, path in _flows().items() if name not in NO_FLOWS}


def test_the_list_of_no_flows_is_true() -> None:
    assert set(NO_FLOWS) <= set(_flows())


def test_no_page_tells_of_a_flow_that_is_gone() -> None:
    assert {page.stem for page in FLOW_PAGES.glob("*.md")} == set(FLOWS)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_names_its_page_and_the_page_its_tests(name: str) -> None:
    assert f"docs/flows/{name}.md" in FLOWS[name].read_text(encoding="utf-8")
    page = (FLOW_PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {name}\n")
    assert "**Half-way.**" in page
    tests = _TEST.findall(page)
    assert tests
    assert all((ROOT / test).exists() for test in tests), tests
    assert any(test.startswith(("tests/flows/", "tests/control/")) for test in tests), tests


def _rooms() -> Iterator[Path]:
    for folder in sorted(path for path in CODE.rglob("*") if path.is_dir()):
        name = folder.relative_to(CODE).as_posix()
        if any(folder.glob(_PYTHON)) and "migrations" not in name and name not in NO_ROOMS:
            yield folder


@pytest.mark.parametrize("room", list(_rooms()), ids=lambda room: room.relative_to(CODE).as_posix())
def test_a_room_says_what_it_knows_whom_it_serves_and_what_it_never_does(room: Path) -> None:
    page = (room / "README.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {room.name}\n")
    for word in ("Knows:", "Serves:", "Never:"):
        assert f"\n{word} " in page, word


def _broken(page: Path, text: str) -> list[str]:
    """Links of a page that lead to no file of ours; addresses elsewhere are not tried (the network is off)."""
    near = [link.partition("#")[0] for link in _LINK.findall(text) if not re.match(r"[a-z]+:", link)]
    return [link for link in near if link and not (page.parent / link).exists()]


def _pages() -> list[Path]:
    within = [path.relative_to(ROOT).parts for path in ROOT.rglob("*.md")]
    ours = [parts for parts in within if not any(part.startswith(".") or part == "node_modules" for part in parts)]
    return [ROOT.joinpath(*parts) for parts in ours]


def test_every_link_leads_somewhere() -> None:
    broken = {page.relative_to(ROOT).as_posix(): _broken(page, page.read_text(encoding="utf-8")) for page in _pages()}
    assert "README.md" in broken
    assert {page: links for page, links in broken.items() if links} == {}


def test_a_link_to_nowhere_is_seen() -> None:
    text = "[here](flows/read_record.md#x) [gone](flows/gone.md) [elsewhere](https://example.org/x)"
    assert _broken(ROOT / "docs" / "page.md", text) == ["flows/gone.md"]


_TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname in ('record', 'audit', 'control') and c.relkind in ('r', 'p') and not c.relispartition
   and c.relname not like 'django\\_%' and c.relname not like 'auth\\_%'
"""


def test_every_table_has_its_word_in_the_glossary(superuser: psycopg.Connection) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    tables = [f"{schema}.{name}" for schema, name in superuser.execute(_TABLES).fetchall()]
    assert len(tables) > 20
    assert [table for table in sorted(tables) if f"`{table}`" not in glossary] == []


def test_the_glossary_names_nothing_that_is_gone(superuser: psycopg.Connection) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:control|audit|record|gate)\.\w+)`", glossary))
    gone = [name for name in sorted(named) if superuser.execute("select to_regclass(%s)", [name]).fetchone() == (None,)]
    assert gone == []


def test_every_category_stands_in_the_glossary_with_the_codes_own_words() -> None:
    from wutong.core.categories import CATEGORY_NAMES

    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for code, (english, chinese) in CATEGORY_NAMES.items():
        assert f"| {english} | {chinese} | `{code}` |" in glossary
