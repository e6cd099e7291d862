"""A person's own record: what they, and whoever decides for them, may do with it. Pure; a part of access.py's rules.

Source: R-54, R-66, R-67, dossier 2.3; security dossier 4, abuse 11 (what is sensitive, from 11 to 15); decision 0047.
"""

from datetime import date

from wutong.core import representation
from wutong.core.answers import Reason, Refused
from wutong.core.decision import Act, Allowed, Ground, Scope
from wutong.core.facts import Caller, Facts
from wutong.core.labels import LABEL_NAMES
from wutong.core.representation import Birth, Function


def decide(caller: Caller, facts: Facts, *, act: Act, categories: frozenset[str], today: date) -> Allowed | Refused:
    """A patient counts and reads the rows of one person: of themselves, or of whom they decide about today.

    What the person has closed is closed to others. A directory's row is not read by its id, but with what names it.
    """
    standing = _standing(caller, facts, act, today)
    if facts.person is None or standing is None or facts.directory_row is not None:
        return Refused(Reason.NO_RULE)  # the same for strangers and for nobody: a register is not to be guessed
    if not facts.person.is_active:
        return Refused(Reason.PERSON_NOT_ACTIVE)
    ground, closed = standing
    return Allowed(ground, Scope(facts.person.patient_ids, categories, closed=closed))


def _standing(caller: Caller, facts: Facts, act: Act, today: date) -> tuple[Ground, frozenset[str]] | None:
    """How the caller stands to the person, and what is closed to them for it; a carer only counts."""
    if facts.person is not None and caller.person_id == facts.person.person_id:
        return Ground.OWN_RECORD, frozenset()
    found = facts.representation
    if found is None:
        return None
    if representation.decides_as(found, today=today):
        return Ground.REPRESENTATIVE, _sensitive(found.birth, today)
    is_carer = act is Act.COUNT and Function.INVENTORY in representation.carer_functions(found, today=today)
    return (Ground.CARER, frozenset()) if is_carer else None


def _sensitive(birth: Birth, today: date) -> frozenset[str]:
    """The labels that a young person's parents are not shown."""
    return frozenset(LABEL_NAMES) if representation.keeps_from_parents(birth, today=today) else frozenset()
