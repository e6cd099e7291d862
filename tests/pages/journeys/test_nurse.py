"""A nurse opens the same record: nothing of it is closed to this profession."""

import pytest
from cast import HARBOUR, Cast, Registered

from pages.journeys.steps import Walk, assert_closed, closed_sections, open_record

pytestmark = pytest.mark.browser


def test_a_nurse_reads_all_of_it(cast: Cast, ill: Registered, walk: Walk) -> None:
    nurse = walk(cast.professional("NUR", HARBOUR, name_en="MAK Suk Yee", name_zh="麥淑儀"))
    open_record(nurse, ill)
    for shown in ("Penicillin", "Amlodipine", "Urate", "Influenza"):
        assert nurse.reads(shown)
    assert closed_sections(nurse) == set()
    assert_closed(nurse)
    nurse.take_picture("journey/nurse-record", also_in_chinese=True)
    nurse.press("Find a patient")
    assert nurse.reads("By HKID number")
