"""Who may decide for whom: a table written by hand from domain dossier 2.3, and the birthday by property."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wutong.core.representation import (
    AGE_OF_DECISION,
    Birth,
    Capacity,
    Link,
    Representation,
    carer_functions,
    decides_alone_from,
    decides_as,
    who_decides,
    who_signs,
)

TODAY = date(2026, 11, 23)
CHILD, ADULT = Birth(date(2020, 5, 1)), Birth(date(1944, 2, 1))
OWN = ""


def as_what(
    held: Iterable[str], birth: Birth, *, others: Iterable[str] = (), today: date = TODAY, is_incapable: bool = False
) -> str | None:
    """As what somebody with these relations decides, beside others with theirs."""
    capacity = Capacity.INCAPABLE if is_incapable else Capacity.UNDER_AGE
    theirs = frozenset(Link(each, capacity) for each in held)
    standing = theirs | {Link(each, capacity) for each in others}
    return decides_as(Representation(theirs, standing, birth), today=today)


# Dossier 2.3: (a) parent; (b) guardian; (c) court; (d) if none of a-c: family or who lives with them; (e) if none: provider.
OF_A_CHILD = [
    ((), {"provider"}),
    (("parent",), {"parent"}),
    (("guardian",), {"guardian"}),
    (("court-appointed",), {"court-appointed"}),
    (("family-member",), {"family-member"}),
    (("family-member", "co-resident"), {"family-member", "co-resident"}),
    (("guardian", "parent"), {"parent"}),
    (("court-appointed", "guardian"), {"guardian"}),
    (("family-member", "court-appointed", "co-resident"), {"court-appointed"}),
    (("statutory-guardian",), {"provider"}),  # of Cap. 136: not of a child
    (("carer", "friend", "Parent", "parent "), {"provider"}),
]
# Dossier 2.3, from 16 on: (a) guardian; (b) Director of Social Welfare or other guardian under Cap. 136; (c) court; (d); (e).
OF_AN_INCAPABLE_ADULT = [
    ((), {"provider"}),
    (("guardian", "statutory-guardian"), {"guardian"}),
    (("statutory-guardian", "court-appointed"), {"statutory-guardian"}),
    (("court-appointed", "co-resident"), {"court-appointed"}),
    (("co-resident", "family-member"), {"co-resident", "family-member"}),
    (("parent",), {"provider"}),  # a parent of an adult is family, and recorded as that
]


@pytest.mark.parametrize(("relations", "deciding"), OF_A_CHILD)
def test_who_decides_for_a_child_in_the_order_of_the_law(relations: tuple[str, ...], deciding: set[str]) -> None:
    assert who_decides(relations, CHILD, today=TODAY) == deciding
    assert who_decides(relations, CHILD, today=TODAY, is_incapable=True) == deciding


@pytest.mark.parametrize(("relations", "deciding"), OF_AN_INCAPABLE_ADULT)
def test_who_decides_for_an_incapable_adult_in_the_order_of_the_law(
    relations: tuple[str, ...], deciding: set[str]
) -> None:
    assert who_decides(relations, ADULT, today=TODAY, is_incapable=True) == deciding
    assert who_decides(relations, ADULT, today=TODAY) == {OWN}


@pytest.mark.parametrize(("relations", "deciding"), OF_A_CHILD)
def test_each_of_the_first_rank_decides_and_nobody_behind_them(relations: tuple[str, ...], deciding: set[str]) -> None:
    for each in relations:
        expected = each if each in deciding else None
        assert as_what([each], CHILD, others=relations) == expected


@pytest.mark.parametrize("relations", [(), ("carer",), ("provider",), ("Parent",), ("",), ("statutory-guardian",)])
def test_who_may_not(relations: tuple[str, ...]) -> None:
    assert as_what(relations, CHILD) is None


def test_of_several_relations_the_one_that_ranks_first_counts() -> None:
    assert as_what(["court-appointed", "guardian", "parent", "carer"], CHILD) == "parent"


def test_a_childs_links_decide_nothing_of_the_adult_and_what_is_recorded_of_the_adult_does() -> None:
    of_child, of_adult = Link("guardian"), Link("guardian", Capacity.INCAPABLE)
    for links, role in (({of_child}, None), ({of_adult}, "guardian"), ({of_child, of_adult}, "guardian")):
        found = Representation(frozenset(links), frozenset(links), ADULT)
        assert decides_as(found, today=TODAY) == role
    behind = Link("family-member", Capacity.INCAPABLE)
    found = Representation(frozenset({of_child, behind}), frozenset({of_child, behind}), ADULT)
    assert decides_as(found, today=TODAY) == "family-member"
    beside = Representation(frozenset({of_child}), frozenset({of_child, behind}), ADULT)
    assert decides_as(beside, today=TODAY) is None


def test_the_register_of_an_incapable_person_ranks_as_a_childs_while_they_are_one() -> None:
    found = Representation(
        frozenset({Link("guardian", Capacity.INCAPABLE)}), frozenset({Link("guardian", Capacity.INCAPABLE)}), CHILD
    )
    assert decides_as(found, today=TODAY) is None


def test_what_was_granted_to_a_carer_ends_after_its_last_day() -> None:
    granted = {"looks": TODAY, "messages": TODAY - timedelta(days=1), "inventory": TODAY + timedelta(days=1)}
    found = Representation(birth=ADULT, granted=granted)
    assert carer_functions(found, today=TODAY) == {"looks", "inventory"}
    assert decides_as(found, today=TODAY) is None


@pytest.mark.parametrize(
    ("born", "precision", "last_day"),
    [
        (date(2010, 11, 24), "D", date(2026, 11, 23)),
        (date(2012, 2, 29), "D", date(2028, 2, 28)),
        (date(2084, 2, 29), "D", date(2100, 2, 27)),  # 2100 has no 29 February: in doubt the earlier day
        (date(2010, 11, 1), "M", date(2026, 10, 31)),
        (date(2010, 11, 24), "M", date(2026, 10, 31)),  # whatever day stands in the column
        (date(2010, 1, 1), "Y", date(2025, 12, 31)),
        (date(2010, 11, 24), "Y", date(2025, 12, 31)),
        (date(2010, 11, 24), "?", date(2025, 12, 31)),  # a precision that nobody knows: the strictest
    ],
)
def test_it_ends_by_itself_on_the_first_day_that_may_be_the_16th_birthday(
    born: date, precision: str, last_day: date
) -> None:
    birth = Birth(born, precision)
    assert as_what(["parent"], birth, today=last_day) == "parent"
    assert as_what(["parent"], birth, today=last_day + timedelta(days=1)) is None


def test_without_a_date_of_birth_nobody_decides() -> None:
    assert as_what(["parent"], Birth(None), today=TODAY) is None
    assert decides_alone_from(Birth(None, "Y")) is None


def test_of_a_birth_in_the_year_9999_nobody_decides_and_nothing_breaks() -> None:
    assert decides_alone_from(Birth(date(9999, 12, 31))) is None
    assert as_what(["parent"], Birth(date(9984, 1, 1)), today=TODAY) is None
    assert decides_alone_from(Birth(date(9983, 1, 1))) == date(9999, 1, 1)


_DAYS = some.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(truth=_DAYS, precision=some.sampled_from("YMD"), today=_DAYS)
def test_nobody_of_16_is_decided_for_however_little_is_known_of_the_birth(
    truth: date, precision: str, today: date
) -> None:
    birthdays = today.year - truth.year - ((today.month, today.day) < (truth.month, truth.day))
    decided_for = as_what(["parent"], Birth(truth, precision), today=today) is not None
    assert not (decided_for and birthdays >= AGE_OF_DECISION)
    if precision == "D" and (truth.month, truth.day) != (2, 29):
        assert decided_for == (birthdays < AGE_OF_DECISION)


@given(truth=_DAYS, precision=some.sampled_from("YMD"), today=_DAYS, later=some.integers(0, 40_000))
def test_what_has_ended_does_not_begin_again(truth: date, precision: str, today: date, later: int) -> None:
    birth = Birth(truth, precision)
    if as_what(["parent"], birth, today=today) is None:
        assert as_what(["parent"], birth, today=today + timedelta(days=later)) is None


_PAPER = ("parent", "guardian", "court-appointed", "co-resident", "family-member")


@pytest.mark.parametrize(
    ("known", "signing"),
    [
        ((), _PAPER),
        (("parent",), ("parent",)),
        (("guardian",), ("parent", "guardian")),
        (("family-member",), _PAPER),
        (("provider",), _PAPER),
        (("carer",), _PAPER),
    ],
)
def test_whom_nobody_known_outranks_may_sign_on_paper(known: tuple[str, ...], signing: tuple[str, ...]) -> None:
    links = [Link(each) for each in known]
    assert who_signs(links, CHILD, today=TODAY) == signing
    assert who_signs(links, ADULT, today=TODAY) == (OWN,)


def test_of_an_incapable_adult_the_laws_other_list_signs() -> None:
    links = [Link("statutory-guardian", Capacity.INCAPABLE)]
    assert who_signs(links, ADULT, today=TODAY) == ("guardian", "statutory-guardian")
