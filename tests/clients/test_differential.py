"""The same questions to this server and to Medplum's in memory, over the same population: what each finds is compared.

Where they differ, the specification decides (clients.differential.differences). WUTONG_SEARCHES: how many questions.
"""

import os
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from cast import Cast

from clients.differential import worlds
from clients.differential.differences import AGREED, KNOWN, UNEXPLAINED, judge, known_for
from clients.differential.population import PATIENTS, population
from clients.differential.questions import questions

SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
EXAMPLES = [each.example for each in KNOWN]
QUESTIONS = EXAMPLES + questions(Random(SEED), int(os.environ.get("WUTONG_SEARCHES", "250")))
# What has no two alike, and is never missing, so that there is one order.
ORDERS = [
    "Patient?_sort=birthdate",
    "Patient?_sort=-birthdate",
    "Practitioner?_sort=family",
    "Practitioner?_sort=-family",
]
PAGE = 4


@dataclass
class Compared:
    """What both found of every question, by its number; what there is to be found; and their orders, by address."""

    resources: dict[str, Any]
    ours: list[set[str]]
    theirs: list[set[str]]
    ordered: dict[str, list[str]]

    def verdict(self, number: int) -> str:
        """What is to be said of a question."""
        return judge(QUESTIONS[number], self.ours[number], self.theirs[number], self.resources)


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    """The population, by key."""
    return population(Random(SEED))


@pytest.fixture(scope="module")
def ours(cast: Cast, resources: dict[str, Any]) -> worlds.Ours:
    """This server, with the population."""
    return worlds.ours(cast, resources)


@pytest.fixture(scope="module")
def compared(ours: worlds.Ours, resources: dict[str, Any]) -> Compared:
    """Both have answered everything."""
    paths = [str(each) for each in QUESTIONS]
    orders = [each for order in ORDERS for each in (order, *_pages(order))]
    answers = worlds.theirs(resources, [*paths, *orders])
    theirs, ordered = (
        [set(each) for each in answers[: len(paths)]],
        dict(zip(orders, answers[len(paths) :], strict=True)),
    )
    return Compared(resources, [set(ours.found(path)) for path in paths], theirs, ordered)


def _pages(order: str) -> list[str]:
    """Their addresses of the first pages; the last is empty."""
    return [f"{order}&_count={PAGE}&_offset={start}" for start in range(0, PATIENTS + PAGE, PAGE)]


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_both_find_the_same_or_the_specification_decides(compared: Compared, number: int) -> None:
    found = (compared.ours[number], compared.theirs[number])
    assert compared.verdict(number) != UNEXPLAINED, (QUESTIONS[number], found[0] - found[1], found[1] - found[0])


def test_each_known_difference_is_met_by_its_example(compared: Compared) -> None:
    assert [compared.verdict(number) for number in range(len(EXAMPLES))] == [each.name for each in KNOWN]


def test_most_of_what_is_found_needs_no_excuse(compared: Compared) -> None:
    found = [compared.verdict(number) for number, hits in enumerate(compared.theirs) if hits]
    assert found.count(AGREED) > len(QUESTIONS) / 2


@pytest.mark.parametrize("order", ORDERS)
def test_both_find_in_the_same_order_page_by_page(ours: worlds.Ours, compared: Compared, order: str) -> None:
    whole = ours.found(order)
    assert whole == compared.ordered[order]
    pages = list(ours.pages(f"{order}&_count={PAGE}"))
    assert len(pages) > 1
    assert pages == [page for each in _pages(order) if (page := compared.ordered[each])]


def test_a_wrong_answer_is_noticed_whatever_was_asked(compared: Compared) -> None:
    """The canary: one hit too many or too few, of ours; and of theirs, where nothing is known to differ."""
    everything = {key.partition("/")[2] for key in compared.resources}
    plain = [asked for asked in QUESTIONS if not known_for(asked)]
    assert len(plain) > len(QUESTIONS) / 4
    for number, asked in enumerate(QUESTIONS):
        right = compared.ours[number]
        for wrong in (right | {min(everything - right)}, right - {min(right, default="")}):
            if wrong != right:
                assert judge(asked, wrong, compared.theirs[number], compared.resources) == UNEXPLAINED, asked
                assert asked not in plain or judge(asked, right, wrong, compared.resources) == UNEXPLAINED, asked


def test_a_server_that_forgets_a_hit_is_noticed(
    ours: worlds.Ours, compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wutong.record.fhir import search

    honest = search._bundle

    def forgetful(*given: Any) -> dict[str, Any]:
        bundle = honest(*given)
        return {**bundle, "entry": bundle["entry"][1:]} if "entry" in bundle else bundle

    monkeypatch.setattr(search, "_bundle", forgetful)
    number = next(at for at, found in enumerate(compared.ours) if found)
    found = set(ours.found(str(QUESTIONS[number])))
    assert judge(QUESTIONS[number], found, compared.theirs[number], compared.resources) == UNEXPLAINED
