"""An optometrist, and a physiotherapist, open the same record: results and immunisations stay closed, and say why."""

import pytest
from cast import HARBOUR, Cast, Registered

from pages.journeys.steps import Walk, closed_sections, open_record

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("profession", ["OPT", "PT"])
def test_closed_categories_stay_closed_and_say_why(cast: Cast, ill: Registered, walk: Walk, profession: str) -> None:
    reader = walk(cast.professional(profession, HARBOUR, name_en="FUNG Hoi Ching"))
    open_record(reader, ill)
    assert reader.reads("Penicillin")
    assert reader.reads("Restricted for your profession: only the patient's extra consent opens this part.")
    assert {"results", "immunisations"} <= closed_sections(reader)
    for hidden in ("Urate", "mmol/L", "Influenza"):
        assert not reader.reads(hidden)
    if profession == "OPT":
        reader.take_picture("journey/optometrist-record")
