"""Who may see what, said a second time: slowly, readably, and without a word of wutong.core.access.

Written from the domain dossier (0, 2, 3.1, 4, R-01 to R-06, R-42, R-43, R-58, R-66, R-67), the house's rulings (6.1), the
security dossier (1.5, T-01) and the decisions 0010, 0012, 0014, 0037 and 0040, by another hand than the decision. Each rule is a
reason to refuse with its source; who is refused by none is allowed. What the sources leave open (which of two reasons is
told first) says so.

It was committed before the two were compared. Then they differed in the order of reasons, which the sources leave open and
which is the decision's here, and in three places where this hand had misread: a system's question about another provider's
row is refused whatever it names; what a provider deposited about somebody who is not registered is its own all the same;
and a directory's row is refused by the reason for which the record that names it is closed.

To add a rule: a field of `Situation` with its values in `VALUES` (the first is the one that a world uses where the field
does not matter), a function here, in `reasons` or in `professionals`, its place in a list of reasons, and the field in
`small_world.facts_of` and in the worlds where it matters.
"""

from collections.abc import Callable

from access.professionals import professional
from access.reasons import (
    Answer,
    consent_is_not_in_force,
    first,
    has_no_token,
    person_is_not_active,
    provider_is_not_active,
    sign_in_is_too_weak,
)
from access.situations import Shown, Situation


def answer(s: Situation) -> Answer:
    """A decision that cannot be made is a refusal (issue 5, 2)."""
    return first(s, [has_no_token]) or ANSWERS[s.who](s)


# Systems


def act_is_none_of_a_system(s: Situation) -> str | None:
    """House 6.1: systems deposit, and read what their own provider deposited; anything else needs a person."""
    return None if s.act in ("read", "write") else "no-rule"


def row_is_not_its_own(s: Situation) -> str | None:
    """House 6.1, own deposit. That a row is nobody's is the gate's to refuse, which alone knows whether there is one."""
    return "not-your-deposit" if s.depositor == "other" else None


def may_not_register(s: Situation) -> str | None:
    """House 6.1: a deposit registers a person only through the registering function; a client needs the right to."""
    return None if s.brings_patient and s.may_register else "not-registered"


def deposit_lacks_consent(s: Situation) -> str | None:
    """R-01, dossier 0.2: upload needs the sharing consent, unless the policy asks for the joining consent alone."""
    return consent_is_not_in_force(s) if s.requires_consent else None


def system(s: Situation) -> Answer:
    if refused := first(s, [provider_is_not_active, act_is_none_of_a_system, row_is_not_its_own]):
        return refused
    return deposits(s) if s.act == "write" else reads_its_deposits(s)


def reads_its_deposits(s: Situation) -> Answer:
    """House 6.1, system clients: no care relationship, no profession, no notice; decision 0037: nothing is closed to them."""
    return Shown("own-deposit", patients=s.person != "not known", only_own_deposits=True)


def deposits(s: Situation) -> Answer:
    """R-01. Of a person who is registered by it nobody can have asked the consent before."""
    if s.person != "not known":
        refused = first(s, [person_is_not_active, deposit_lacks_consent])
        return refused or Shown("own-deposit", patients=True, only_own_deposits=True)
    if s.brings_patient or s.names == "patient":
        return first(s, [may_not_register]) or Shown("registration", only_own_deposits=True)
    return Shown("own-deposit", only_own_deposits=True)


# Patients


def act_is_none_of_a_patient(s: Situation) -> str | None:
    """Decision 0012: a patient's token counts; R-54, R-66: it reads the record. Nothing else has a rule."""
    return None if s.act in ("count", "read") else "no-rule"


# Dossier 2.3: who may act for a person under 16, or who is incapable, while nobody stands before them in that order. From
# 16 on a person who is capable decides alone, and what was recorded of the child is over.
CHILDREN = {"parent of a child", "family of a child", "parent of one who is 10", "parent of one who is 11"}
DECIDES = {*CHILDREN, "guardian of an incapable adult"}
# R-66, dossier 7: a carer sees what the person approved, by function, until it expires.
CARES = {"carer to count"}


def patient_is_a_stranger(s: Situation) -> str | None:
    """R-66, R-67: one's own record, one that one decides about by the law, or what one was granted of another's."""
    known = s.person != "not known"
    cares = CARES if s.act == "count" else set()
    return None if known and s.relation in {"self", *DECIDES, *cares} else "no-rule"


def row_is_of_a_directory(s: Situation) -> str | None:
    """House 6.1, scope: it is readable where referenced; that, for a patient, is along with what names it."""
    return "no-rule" if s.names == "directory row" else None


def sensitive_is_hidden(s: Situation) -> bool:
    """Security dossier 4, 11: from parents (and who decides in their place), of who is 11 to 15."""
    return s.relation in CHILDREN - {"parent of one who is 10"}


def patient(s: Situation) -> Answer:
    """Decision 0012: whoever may not learns not who is registered, so that is asked last. To the person nothing is closed."""
    rules = [sign_in_is_too_weak, act_is_none_of_a_patient, patient_is_a_stranger, row_is_of_a_directory]
    if refused := first(s, [*rules, person_is_not_active]):
        return refused
    if s.relation == "self":
        return Shown("own-record", s.asked, patients=True)
    ground = "representative" if s.relation in DECIDES else "carer"
    return Shown(ground, s.asked, patients=True, labels_closed=sensitive_is_hidden(s))


ANSWERS: dict[str, Callable[[Situation], Answer]] = {"professional": professional, "system": system, "patient": patient}
