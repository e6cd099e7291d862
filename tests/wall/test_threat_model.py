"""The threat model names tests and files that are there, and calls nothing held without a test."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "threat-model.md"
NEEDED = {"R-01", "R-02", "R-03", "R-04", "R-05", "R-06", "R-42", "R-43", "R-58", "R-67"}
STRIDE = set("STRIDE")
_LISTED = re.compile(r"^\| \*\*(.+?)\*\* \|", re.MULTILINE)
_LINE = re.compile(r"^- (A-\d+): (.+)$", re.MULTILINE)
_NODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s#]+)[^)\s]*\)")


@dataclass(frozen=True)
class Case:
    """A row of section 4."""

    id: str
    actors: tuple[str, ...]
    assets: tuple[str, ...]
    control: str
    tests: tuple[str, ...]
    letters: tuple[str, ...]
    state: str
    requirements: tuple[str, ...]


def _words(cell: str) -> tuple[str, ...]:
    return () if cell == "–" else tuple(cell.split(", "))


def _case(line: str, tests: dict[str, tuple[str, ...]]) -> Case:
    cells = [cell.strip() for cell in line.strip("|").split(" | ")]
    name, _tried, by, against, control, letters, state, requirements = cells
    named = tests.get(name, ())
    return Case(name, _words(by), _words(against), control, named, _words(letters), state, _words(requirements))


def _tests(page: str) -> dict[str, tuple[str, ...]]:
    """The lines below the tables, by the case's id."""
    return {name: tuple(_NODE.findall(line)) for name, line in _LINE.findall(page)}


def _cases(page: str) -> list[Case]:
    tests = _tests(page)
    return [_case(line, tests) for line in page.splitlines() if line.startswith("| A-")]


def _listed(page: str, number: int) -> set[str]:
    """The names in bold that begin the rows of a section's table."""
    return set(_LISTED.findall(page.partition(f"\n## {number} ")[2].partition("\n## ")[0]))


@cache
def _tests_of(path: str) -> frozenset[str]:
    """Names of a file's test functions, from its source."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    functions = (each for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(each.name for each in functions if each.name.startswith("test_"))


def _faults_of(case: Case, actors: set[str], assets: set[str]) -> list[str]:
    told = [
        f"no such test: {each}"
        for each in case.tests
        if each.partition("::")[2] not in _tests_of(each.partition("::")[0])
    ]
    told += [f"no such actor: {each}" for each in case.actors if each not in actors]
    told += [f"no such asset: {each}" for each in case.assets if each not in assets]
    told += [f"no letter of STRIDE: {each}" for each in case.letters if each not in STRIDE]
    told += ["nobody, nothing or no letter"] * (not (case.actors and case.assets and case.letters))
    told += [f"no state: {case.state}"] * (case.state not in {"held", "partly", "open"})
    told += ["held without a test"] * (case.state == "held" and not case.tests)
    told += ["open, and has a test"] * (case.state == "open" and bool(case.tests))
    told += ["it must say what is missing, or be held"] * (("Missing: " in case.control) is (case.state == "held"))
    told += ["no link to its control"] * (case.state == "held" and not _LINK.search(case.control))
    return [f"{case.id}: {each}" for each in told]


def faults(page: str) -> list[str]:
    """What is wrong with a page."""
    cases = _cases(page)
    actors, assets = _listed(page, 2), _listed(page, 1)
    told = [each for case in cases for each in _faults_of(case, actors, assets)]
    numbered = [f"A-{number:02}" for number in range(1, len(cases) + 1)]
    told += [f"{case.id}: out of order" for case, due in zip(cases, numbered, strict=True) if case.id != due]
    told += [f"no such file: {each}" for each in _LINK.findall(page) if not (PAGE.parent / each).exists()]
    told += [f"{each}: tests of no case" for each in _tests(page) if each not in {case.id for case in cases}]
    tried_by = {each for case in cases for each in case.actors}
    aimed_at = {each for case in cases for each in case.assets}
    told += [f"in no case: {each}" for each in sorted((actors - tried_by) | (assets - aimed_at))]
    told += [f"in no case: {each}" for each in sorted(NEEDED - {each for case in cases for each in case.requirements})]
    return told


def test_the_page_is_true() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert faults(page) == []
    assert len(_cases(page)) >= 40
    assert len(_listed(page, 1)) == 9
    assert len(_listed(page, 2)) == 12


_SMALL = """
## 1 What is protected
| **trail** | who did what |

## 2 Who may try what
| **thief** | has what is not theirs |

## 4 Abuse cases
| A-01 | x | thief | trail | y ([0003](../decisions/0003-the-ticket.md)) | S, T | held | R-01, R-02, R-03, R-04, R-05, R-06, R-42, R-43, R-58 |
| A-02 | x | thief | trail | y. Missing: z. | D | open | R-67 |

- A-01: `tests/wall/test_ticket.py::test_a_refusal_is_no_ticket`
"""


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("y. ", "y. ", []),
        ("::test_a_refusal_is_no_ticket", "::test_a_refusal", ["A-01: no such test: tests/wall/test_ticket.py::test_a_refusal"]),
        ("/test_ticket.py::", "/gone.py::", ["A-01: no such test: tests/wall/gone.py::test_a_refusal_is_no_ticket"]),
        ("| A-02", "| A-03", ["A-03: out of order"]),
        ("| A-02", "| A-01", ["A-01: open, and has a test", "A-01: out of order"]),
        ("x | thief", "x | burglar", ["A-01: no such actor: burglar", "A-02: no such actor: burglar", "in no case: thief"]),
        ("**trail**", "**path**", ["A-01: no such asset: trail", "A-02: no such asset: trail", "in no case: path"]),
        ("the-ticket.md", "a-ticket.md", ["no such file: ../decisions/0003-a-ticket.md"]),
        ("- A-01: `tests/wall/test_ticket.py::test_a_refusal_is_no_ticket`", "", ["A-01: held without a test"]),
        ("| held |", "| mostly |", ["A-01: no state: mostly", "A-01: it must say what is missing, or be held"]),
        ("| held |", "| partly |", ["A-01: it must say what is missing, or be held"]),
        ("- A-01:", "- A-02: `tests/wall/test_ticket.py::test_no_ticket_names_nobody`\n- A-01:", ["A-02: open, and has a test"]),
        ("- A-01:", "- A-09: `tests/wall/test_ticket.py::test_no_ticket_names_nobody`\n- A-01:", ["A-09: tests of no case"]),
        (" ([0003](../decisions/0003-the-ticket.md))", "", ["A-01: no link to its control"]),
        ("| D |", "| X |", ["A-02: no letter of STRIDE: X"]),
        ("| D |", "| – |", ["A-02: nobody, nothing or no letter"]),
        ("R-67", "R-66", ["in no case: R-67"]),
    ],
)  # fmt: skip
def test_a_page_that_is_not_true_is_seen(right: str, wrong: str, told: list[str]) -> None:
    assert right in _SMALL
    assert faults(_SMALL.replace(right, wrong)) == told
