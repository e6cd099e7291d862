"""A parent for a child: signs in, and finds their own pages."""

import pytest
from cast import Cast

from pages.journeys.steps import Walk
from wutong.control.audit.append import HOST
from wutong.control.people.actions import persons

pytestmark = pytest.mark.browser


def test_a_parent_signs_in(cast: Cast, walk: Walk) -> None:
    parent, child = cast.register(), cast.register(family="CHAN", given="Siu Ming", born="2019-05-31")
    persons.appoint_representative(
        actor=HOST, person_id=child.person_id, acting_person_id=parent.person_id, relation="parent"
    )
    walker = walk(cast.patient_account(parent))
    assert walker.reads("My health record")
    walker.press("Who may look")
    assert walker.reads("Who may look at my record")
