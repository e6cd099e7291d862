"""A pharmacist opens the same record: medicines, allergies and results are open to this profession."""

import pytest
from cast import HARBOUR, Cast, Registered

from pages.journeys.steps import Walk, assert_closed, closed_sections, open_record

pytestmark = pytest.mark.browser


def test_a_pharmacist_reads_what_a_pharmacist_may(cast: Cast, ill: Registered, walk: Walk) -> None:
    pharmacist = walk(cast.professional("PHA", HARBOUR, name_en="TSE Kin Lun", name_zh="謝建倫"))
    open_record(pharmacist, ill)
    for shown in ("Penicillin", "Amlodipine", "Urate"):
        assert pharmacist.reads(shown)
    assert closed_sections(pharmacist) == set()
    assert_closed(pharmacist, restricted="BIRTH RAD OIR")
    pharmacist.take_picture("journey/pharmacist-record")
