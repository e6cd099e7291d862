"""Unauthorised requests at every door of the record plane, for every reason: none succeeds, and each is in the trail."""

import pytest

from attack.attackers import Attacker
from attack.hidden import Links
from attack.judge import Judge
from attack.knocks import Knock, knocks
from wutong.core.access import Act
from wutong.core.answers import Reason
from wutong.record.fhir.interactions import TABLE, Interaction, Level

_STRANGERS = 4  # each comes with every fourth request: to a door they are all the same
_LONG = 50  # requests; of more, each comes with every second, and the next with the others
# Reasons that the way of asking brings (a search without a patient, a made-up patient, a row of a directory), and those
# of an emergency, of care and of a code, which tests/flows attack (test_break_glass, test_care, test_authorise_restricted).
_ELSEWHERE = {
    Reason.NAME_PATIENT,
    Reason.NOT_REGISTERED,
    Reason.NOT_REFERENCED,
    Reason.CATEGORY_NOT_NAMED,
    Reason.EMERGENCY_OFF,
    Reason.EMERGENCY_NOT_STATED,
    Reason.EMERGENCY_NOT_GRANTED,
    Reason.CARE_NOT_STATED,
    Reason.NOBODY_TO_AUTHORISE,
    Reason.ASKED_TOO_OFTEN,
}
_DOORS = [pytest.param(each, id=f"{each.method} {each.path}") for each in TABLE]


def attacks(attacker: Attacker, at: Interaction, number: int, lent: Links) -> list[Knock]:
    """What this one, the `number`-th of all, asks at a door; `lent`: links that somebody else was given."""
    links = attacker.links if attacker.links.search else lent
    made = knocks(at, attacker.about, links)
    if not attacker.is_stranger:
        made = [each for each in made if _is_attack(attacker, each)]
    every = _STRANGERS if attacker.is_stranger else 2 if len(made) > _LONG else 1
    return made[number % every :: every]


def _is_attack(attacker: Attacker, knock: Knock) -> bool:
    if knock.act not in attacker.reasons or knock.is_of_strangers:
        return False
    if attacker.closed is None or knock.act is not Act.READ:
        return True
    return knock.row is None or knock.row.category in attacker.closed


@pytest.mark.parametrize("at", _DOORS)
def test_no_door_opens_to_whom_it_must_not(at: Interaction, attackers: list[Attacker], judge: Judge) -> None:
    lent = next(each.links for each in attackers if each.links.search)
    before = judge.sent
    with judge.watching():
        for number, attacker in enumerate(attackers):
            authorization = attacker.authorization()
            for knock in attacks(attacker, at, number, lent):
                judge.knock(attacker, authorization, knock)
    assert judge.sent > before
    assert at.rule
    assert judge.acts - _asked_before(at) == {at.rule.act or Act.WRITE}, "the door asks the gate for what it declares"


def _asked_before(at: Interaction) -> set[str]:
    """A condition is looked for before anything is written; what is asked in a bundle has a rule of its own."""
    return (
        {Act.READ} if at.level is Level.CONDITIONAL or (at.path in {"/", "/{type}"} and at.method == "POST") else set()
    )


def test_they_are_ten_thousand(attackers: list[Attacker]) -> None:
    """Each door, and each reason for which a door is closed to somebody, has its own."""
    lent = next(each.links for each in attackers if each.links.search)
    counts = [len(attacks(each, at, number, lent)) for number, each in enumerate(attackers) for at in TABLE]
    assert sum(counts) > 10_000
    assert {reason for each in attackers for reason in each.reasons.values()} == set(Reason) - _ELSEWHERE
