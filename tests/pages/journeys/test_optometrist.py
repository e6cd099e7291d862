"""Optometrist, physiotherapist and Chinese medicine practitioner: what is closed stays closed, and says why."""

import pytest
from cast import HARBOUR, Cast, Registered

from pages.journeys.steps import Walk, assert_closed, closed_sections, open_record

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("profession", "restricted"), [("OPT", "BIRTH IMM LAB RAD"), ("PT", "BIRTH IMM LAB")])
def test_restricted_parts_stay_closed_and_say_why(
    cast: Cast, ill: Registered, walk: Walk, profession: str, restricted: str
) -> None:
    reader = walk(cast.professional(profession, HARBOUR, name_en="FUNG Hoi Ching", name_zh="馮凱晴"))
    open_record(reader, ill)
    assert reader.reads("Penicillin")
    assert reader.reads("Restricted for your profession: only the patient's extra consent opens this part.")
    assert closed_sections(reader) == {"results", "immunisations"}
    assert_closed(reader, restricted=restricted)
    for hidden in ("Urate", "mmol/L", "Influenza"):
        assert not reader.reads(hidden)
    if profession == "OPT":
        reader.take_picture("journey/optometrist-record")


def test_a_part_that_no_consent_opens_is_told_from_the_restricted_ones(cast: Cast, ill: Registered, walk: Walk) -> None:
    reader = walk(cast.professional("CMP", HARBOUR, name_en="HO Pak Kei", name_zh="何柏基"))
    open_record(reader, ill)
    assert closed_sections(reader) == {"problems", "medicines", "results", "immunisations"}
    assert_closed(reader, restricted="DX PX MED CNS IMM LAB RAD OIR OBS", never="BIRTH")
    for hidden in ("Gout", "Amlodipine", "Urate", "Influenza"):
        assert not reader.reads(hidden)
