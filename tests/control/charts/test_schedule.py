"""The childhood programme: which rows hold for whom, which doses fill them, and what is never said."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.control.charts import schedule, vaccines
from wutong.control.charts.programme import ROWS
from wutong.control.charts.schedule import Dose, Scheduled, State
from wutong.control.charts.vaccines import BCG, DTAP, HEPB, HPV, IPV, MMR, PCV, VAR, antigens

_TODAY = date(2026, 11, 29)
_CVX = "http://hl7.org/fhir/sid/cvx"


def _plan(birth: str, *doses: Dose, sex: str = "F", today: date = _TODAY) -> dict[tuple[str, int | None], Scheduled]:
    return {(each.row.vaccine, each.row.number): each for each in schedule.schedule(birth, sex, doses, today)}


def _dose(day: str, *antigens: str) -> Dose:
    return Dose(antigens, date.fromisoformat(day), "HA")


@pytest.mark.parametrize(
    ("birth", "sex", "there", "absent"),
    [
        ("2012-12-31", "F", [("MMR", 2)], [("Varicella", 1), ("MMRV", 2)]),
        ("2013-01-01", "F", [("Varicella", 1), ("MMRV", 2)], [("MMR", 2)]),
        ("2019-06-30", "M", [("PCV", 3)], [("HPV", 1)]),
        ("2019-07-01", "F", [("HPV", 1), ("HPV", 2)], [("PCV", 3)]),
        ("2008-12-31", "F", [], [("HPV", 1), ("PCV", 1)]),
        ("2009-07-01", "F", [("HPV", 1), ("PCV", 1)], []),
    ],
)
def test_the_rows_hold_by_birth_date_and_sex(
    birth: str, sex: str, there: list[tuple[str, int | None]], absent: list[tuple[str, int | None]]
) -> None:
    plan = _plan(birth, sex=sex)
    assert set(there) <= plan.keys()
    assert not set(absent) & plan.keys()


@pytest.mark.parametrize(
    ("birth", "due"),
    [("2018-06-30", date(2024, 9, 1)), ("2018-07-01", date(2020, 1, 1)), ("2018-12-31", date(2020, 6, 30))],
)
def test_the_second_mmrv_moved_to_eighteen_months(birth: str, due: date) -> None:
    assert _plan(birth)["MMRV", 2].due_from == due


def test_doses_fill_in_their_order_and_the_rest_is_due() -> None:
    plan = _plan("2026-05-10", _dose("2026-06-09", HEPB), _dose("2026-05-10", BCG), _dose("2026-05-10", HEPB))
    assert plan["BCG", None].state is State.GIVEN
    assert plan["Hepatitis B", 1].doses[0].on == date(2026, 5, 10)
    assert plan["Hepatitis B", 2].doses[0].on == date(2026, 6, 9)
    assert plan["Hepatitis B", 3].state is State.DUE_SINCE
    assert plan["Hepatitis B", 3].due_from == date(2026, 11, 10)
    assert plan["MMR", 1].state is State.DUE_ON


def test_a_combination_is_given_when_all_of_it_is_recorded() -> None:
    apart = _plan("2024-05-10", _dose("2024-07-10", DTAP), _dose("2024-07-10", IPV))["DTaP-IPV", 1]
    assert (apart.state, apart.missing) == (State.GIVEN, ())
    half = _plan("2024-05-10", _dose("2024-07-10", DTAP))["DTaP-IPV", 1]
    assert (half.state, half.missing) == (State.IN_PART, (IPV,))


def test_a_dose_in_the_first_months_is_no_booster_and_no_measles_dose() -> None:
    early = [_dose(day, PCV) for day in ("2024-07-10", "2024-09-10", "2024-11-10")]
    plan = _plan("2024-05-10", *early, _dose("2024-11-10", MMR))
    assert plan["PCV booster", None].state is State.DUE_SINCE
    assert plan["MMR", 1].state is State.DUE_SINCE
    later = _plan("2024-05-10", *early, _dose("2025-06-10", PCV))
    assert later["PCV booster", None].doses[0].on == date(2025, 6, 10)


def test_what_two_senders_tell_of_one_day_is_one_dose() -> None:
    told = [_dose("2024-05-10", HEPB), Dose((HEPB,), date(2024, 5, 10), "HARBOUR"), Dose((HEPB,), "2024-05", "HARBOUR")]
    plan = _plan("2024-05-10", *told)
    assert plan["Hepatitis B", 1].state is State.GIVEN
    assert plan["Hepatitis B", 2].state is State.DUE_SINCE


def test_of_a_birth_date_known_in_part_the_day_stays_open() -> None:
    plan = _plan("2018", sex="U")
    assert (plan["BCG", None].due_from, plan["BCG", None].due_until) == (date(2018, 1, 1), date(2018, 12, 31))
    late = [each for each in schedule.schedule("2018", "F", [], _TODAY) if each.row.vaccine == "MMRV"]
    assert len(late) == 2
    assert not any(each.is_certain for each in late)
    assert not plan["HPV", 1].is_certain


@pytest.mark.parametrize("birth", ["", "once", "2030-01-01", "9999-12-31"])
def test_without_a_birth_date_there_is_no_schedule(birth: str) -> None:
    assert schedule.schedule(birth, "F", [], _TODAY) == []


_BIRTHS = st.dates(date(2006, 1, 1), _TODAY).flatmap(
    lambda day: st.sampled_from([f"{day}", f"{day:%Y-%m}", f"{day:%Y}"])
)
_DOSES = st.lists(
    st.builds(
        Dose,
        st.lists(st.sampled_from([BCG, HEPB, DTAP, IPV, PCV, MMR, VAR, HPV]), min_size=1, unique=True).map(tuple),
        st.one_of(st.dates(date(2006, 1, 1), _TODAY), st.none(), st.sampled_from(["2019", "2019-03", "as a child"])),
        st.sampled_from(["HA", "HARBOUR"]),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(_BIRTHS, st.sampled_from("FMU"), _DOSES)
def test_no_dose_is_counted_twice_and_none_is_made_up(birth: str, sex: str, doses: list[Dose]) -> None:
    plan = schedule.schedule(birth, sex, doses, _TODAY)
    used = [
        (antigen, dose)
        for each in plan
        for antigen in each.row.antigens
        for dose in each.doses
        if antigen in dose.antigens
    ]
    filled = [
        (each, antigen) for each in plan for antigen in each.row.antigens if antigen not in each.missing and each.doses
    ]
    assert {dose for _antigen, dose in used} <= set(doses)
    for antigen in {antigen for row in ROWS for antigen in row.antigens}:
        assert len([1 for _each, other in filled if other == antigen]) <= len(
            [1 for dose in doses if antigen in dose.antigens]
        )


@settings(deadline=None)
@given(_BIRTHS, st.sampled_from("FMU"), _DOSES)
def test_states_agree_with_days(birth: str, sex: str, doses: list[Dose]) -> None:
    for each in schedule.schedule(birth, sex, doses, _TODAY):
        assert each.due_from <= each.due_until
        assert (each.state in {State.GIVEN, State.IN_PART}) == bool(each.doses)
        assert (each.state is State.DUE_SINCE) <= (each.due_until <= _TODAY)
        assert (each.state is State.DUE_ON) <= (each.due_until > _TODAY)


@settings(deadline=None)
@given(_BIRTHS, st.sampled_from("FMU"), _DOSES, st.integers(0, 4000))
def test_time_alone_takes_no_dose_away(birth: str, sex: str, doses: list[Dose], days: int) -> None:
    now = schedule.schedule(birth, sex, doses, _TODAY)
    later = schedule.schedule(birth, sex, doses, _TODAY + timedelta(days=days))
    assert [each.doses for each in now] == [each.doses for each in later]


@settings(deadline=None)
@given(_BIRTHS, _DOSES)
def test_an_unknown_sex_leaves_no_row_out(birth: str, doses: list[Dose]) -> None:
    known = {each.row for sex in "FM" for each in schedule.schedule(birth, sex, doses, _TODAY)}
    assert {each.row for each in schedule.schedule(birth, "U", doses, _TODAY)} == known


@pytest.mark.parametrize(
    ("code", "name", "held"),
    [
        ("20", "DTaP", (DTAP,)),
        ("94", "", (MMR, VAR)),
        ("113", "Td (adult)", ()),
        ("121", "zoster vaccine, live", ()),
        ("33", "pneumococcal polysaccharide vaccine, 23 valent", ()),
        ("", "BCG vaccine 卡介苗", (BCG,)),
        ("", "Hepatitis B vaccine (recombinant)", (HEPB,)),
        ("", "白喉、破傷風、無細胞型百日咳及滅活小兒麻痺混合疫苗 (DTaP-IPV)", (DTAP, IPV)),
        ("", "Measles, Mumps, Rubella and Varicella (MMRV)", (MMR, VAR)),
        ("", "MMR", (MMR,)),
        ("", "十三價肺炎球菌結合疫苗", (PCV,)),
        ("", "人類乳頭瘤病毒疫苗", (HPV,)),
        ("", "Shingles (varicella-zoster) vaccine", ()),
        ("", "Hepatitis A", ()),
        ("", "Influenza 季節性流感", ()),
        ("9999", "Varicella", (VAR,)),  # a code that we do not know leaves the name to speak
        ("", "", ()),
    ],
)
def test_what_a_vaccine_holds(code: str, name: str, held: tuple[str, ...]) -> None:
    coding = [{"system": _CVX, "code": code}] if code else []
    assert antigens({"coding": coding, "text": name}) == held


def test_a_dose_too_weak_to_count_does_not() -> None:
    given_dose = {"vaccineCode": {"text": "BCG"}, "occurrenceDateTime": "2024-05-10"}
    assert len(schedule.doses_of([given_dose, given_dose | {"isSubpotent": True}])) == 1


def test_every_row_says_where_it_comes_from() -> None:
    assert {row.mark for row in ROWS} == {"S105", "S106", "GK"}
    assert all((row.months is None) != (row.school is None) for row in ROWS)
    assert {antigen for row in ROWS for antigen in row.antigens} == {
        getattr(vaccines, name) for name in ("BCG", "HEPB", "DTAP", "IPV", "PCV", "MMR", "VAR", "HPV")
    }
