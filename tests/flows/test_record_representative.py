"""Who decides for somebody by the law is recorded on evidence, in two officers' names, and ended: from the command line."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from cast import HARBOUR, Cast, Registered, Somebody
from doors import Browser, mail_to, run_jobs

from wutong import cli
from wutong.control.audit.append import Actor
from wutong.control.flows.change_consent import give_consent
from wutong.control.people.queries.persons import person
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock
from wutong.core.answers import Missing


@pytest.fixture
def officers(cast: Cast) -> tuple[Somebody, Somebody]:
    """Two of the eHR office."""
    return cast.officer(), cast.officer()


@pytest.fixture
def old(cast: Cast) -> Registered:
    """Somebody of eighty."""
    return cast.register(family="LAM", given="Sau Fong", born="1944-02-01")


def _number(who: Registered) -> str:
    found = person(who.person_id)
    assert found
    return found.ehr_number


def _record(
    who: Registered, acting: Registered, relation: str, officers: tuple[Somebody, Somebody], **given: str
) -> int:
    options = {
        "person": _number(who),
        "acting": _number(acting),
        "relation": relation,
        "capacity": "incapable",
        "evidence": "guardianship-order",
        "evidence-on": clock.today().isoformat(),
        "recorded-by": officers[0].name,
        "confirmed-by": officers[1].name,
    } | given
    return cli.main(
        ["representative", "record", *(part for key, value in options.items() for part in (f"--{key}", value))]
    )


def _end(who: Registered, acting: Registered, relation: str) -> int:
    told = ("--person", _number(who), "--acting", _number(acting), "--relation", relation)
    return cli.main(["representative", "end", *told])


def _states(cast: Cast, who: Registered, acting: Registered, relation: str) -> bool:
    """Whether a consent stated by that person, in that relation, counts."""
    from wutong.control.people.models import Account

    found = Account.objects.filter(person_id=acting.person_id).first()
    account_id = found.account_id if found else cast.patient_account(acting).account_id
    clinic = provider_with_code(HARBOUR)
    assert clinic
    answer = give_consent(
        Actor("patient", account_id), who.person_id, clinic.provider_id, "one-year", stated_as=relation
    )
    return not isinstance(answer, Missing)


def test_for_an_incapable_adult_whoever_ranks_first_decides_and_others_only_without_them(
    cast: Cast, old: Registered, officers: tuple[Somebody, Somebody], capsys: pytest.CaptureFixture[str]
) -> None:
    guardian, daughter = cast.register(), cast.register()
    assert _states(cast, old, old, "")
    assert _record(old, daughter, "family-member", officers, evidence="doctor-statement") == 0
    assert "From now on a family-member decides." in capsys.readouterr().out
    assert _states(cast, old, daughter, "family-member")
    assert not _states(cast, old, old, "")  # her own word counts no more
    assert _record(old, guardian, "guardian", officers) == 0
    assert "From now on a guardian decides." in capsys.readouterr().out
    assert _states(cast, old, guardian, "guardian")
    assert not _states(cast, old, daughter, "family-member")
    assert _end(old, guardian, "guardian") == 0
    assert _states(cast, old, daughter, "family-member")
    assert not _states(cast, old, guardian, "guardian")
    assert _end(old, daughter, "family-member") == 0
    assert "The person decides alone." in capsys.readouterr().out
    assert _states(cast, old, old, "")


def test_it_shows_in_the_portal_and_in_the_list_and_the_person_is_told(
    cast: Cast, server: str, old: Registered, officers: tuple[Somebody, Somebody], mail_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    guardian = cast.register(family="HO", given="Guardian")
    _record(old, guardian, "statutory-guardian", officers)
    browser = Browser(server, cast.patient_account(guardian))
    assert "LAM Sau Fong, in my care" in browser.get("/portal/")
    page = browser.get(f"/portal/for/{old.person_id}/")
    assert "You decide for LAM Sau Fong, by law." in page
    assert "at the age of 16" not in page
    browser.close()
    cli.main(["representative", "list", "--person", _number(old)])
    assert f"{_number(guardian)}  statutory-guardian incapable" in capsys.readouterr().out
    run_jobs()
    assert "Who decides for you was changed" in [str(each["subject"]) for each in mail_to(mail_folder, old.email)]


def test_it_ends_after_its_last_day_by_itself(cast: Cast, old: Registered, officers: tuple[Somebody, Somebody]) -> None:
    guardian = cast.register()
    _record(old, guardian, "guardian", officers, until=clock.today().isoformat())
    assert _states(cast, old, guardian, "guardian")
    with clock.travel(timedelta(days=1)):
        assert not _states(cast, old, guardian, "guardian")
        assert _states(cast, old, old, "")


def test_the_trail_says_who_recorded_it_on_what_evidence(
    cast: Cast, old: Registered, officers: tuple[Somebody, Somebody], superuser: psycopg.Connection
) -> None:
    _record(old, cast.register(), "guardian", officers)
    query = "select detail from audit.entry where person_id = %s and event = 'person:change' and detail ? 'evidence'"
    [(detail,)] = superuser.execute(query, [old.person_id]).fetchall()
    named = {detail["recorded_by"], detail["confirmed_by"]}
    assert named == {str(each.account_id) for each in officers}
    assert (detail["relation"], detail["capacity"], detail["evidence"]) == (
        "guardian",
        "incapable",
        "guardianship-order",
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"relation": "parent"}, "As incapable, the law names: co-resident, court-appointed, family-member, guardian"),
        ({"relation": "provider"}, "As incapable, the law names"),
        ({"capacity": "under-age"}, "choose the other one"),
        ({"evidence": "rumour"}, "The evidence is one of: birth-certificate"),
        ({"evidence-on": "2199-01-01"}, "The evidence is of today or before"),
        ({"until": "2001-01-01"}, "the last day is today or later"),
        ({"person": "000000000000"}, "Nobody has the eHR number 000000000000"),
        ({"confirmed-by": "nobody"}, "Two privacy officers of the eHR office are needed"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_said_with_how_to_mend_it(
    cast: Cast, old: Registered, officers: tuple[Somebody, Somebody], capsys: pytest.CaptureFixture[str],
    given: dict[str, str], told: str,
) -> None:  # fmt: skip
    given = dict(given)
    assert _record(old, cast.register(), given.pop("relation", "guardian"), officers, **given) == 1
    assert told in capsys.readouterr().err
    assert _states(cast, old, old, "")


def test_one_officer_alone_or_of_elsewhere_records_nothing(
    cast: Cast, old: Registered, officers: tuple[Somebody, Somebody]
) -> None:
    first, _ = officers
    for second in (first, cast.officer(HARBOUR), cast.professional("DOC", HARBOUR)):
        assert _record(old, cast.register(), "guardian", (first, second)) == 1
    assert _states(cast, old, old, "")


def test_a_childs_parent_is_recorded_as_of_a_child_and_what_is_not_there_cannot_be_ended(
    cast: Cast, officers: tuple[Somebody, Somebody]
) -> None:
    child, mother = cast.register(born="2020-12-01"), cast.register()
    assert _record(child, mother, "parent", officers) == 1  # not as of an incapable person
    assert _record(child, mother, "parent", officers, capacity="under-age", evidence="birth-certificate") == 0
    assert _states(cast, child, mother, "parent")
    assert _record(child, child, "parent", officers, capacity="under-age") == 1
    assert _end(child, mother, "guardian") == 1
    assert _end(child, mother, "parent") == 0
    assert _end(child, mother, "parent") == 1
    assert not _states(cast, child, mother, "parent")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("representative_recorded_by_two_people", "'under-age', '', null, '{a}', '{a}'"),
        ("representative_recorded_by_two_people", "'under-age', '', null, '{a}', null"),
        ("representative_of_an_incapable_person_has_evidence", "'incapable', '', null, null, null"),
    ],
)
def test_the_database_holds_it_too(
    superuser: psycopg.Connection, old: Registered, constraint: str, values: str
) -> None:
    query = (
        "insert into control.representative (person_id, representative_id, acting_person_id, relation, since_at, capacity,"
        " evidence, evidence_on, recorded_by, confirmed_by) values (%(who)s, gen_random_uuid(), gen_random_uuid(), 'guardian',"
        f" now(), {values.format(a=old.patient_id)})"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        superuser.execute(query, {"who": old.person_id})
