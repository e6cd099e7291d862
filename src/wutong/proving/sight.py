"""What is hidden from whom: read from the facts of a world, slowly, and without a word of the code that decides.

Written from the domain dossier (R-01 to R-06, R-42, R-43, R-54, R-66, R-67, 2.2, 2.4, 4.2) and the decisions
0010, 0012, 0014, 0037.
It errs to one side alone: what it calls hidden may open to nobody who asks, whatever they ask. So a look counts as open
where its holder could open one, and whatever it is not sure of counts as seen.
"""

from wutong.control.people.role_matrix import rows as matrix
from wutong.proving.house import PROVIDERS
from wutong.proving.who import GIVEN, Caller, Person, Row, World

_ROLES = {(profession, category): access for profession, category, access, _ in matrix()}


def is_hidden(world: World, row: Row) -> bool:
    """Whether no caller of this world may know that there is such a row, or how many."""
    person = world.people[row.person]
    return not any(sees(each, person, row) or counts(each, person, row) for each in world.callers)


def sees(caller: Caller, person: Person, row: Row) -> bool:
    """Whether the row, or any of its versions like this one, may be shown to the caller."""
    if PROVIDERS[caller.provider].is_suspended if caller.provider else False:
        return False
    if caller.kind == "system":  # house 6.1: what its own provider deposited
        return row.depositor == caller.provider
    if caller.kind == "patient":  # one's own, and that of a child under 11; closings close it to others
        return bool(row.category) and hears_of(caller, person)
    if caller.kind != "professional" or caller.is_over:
        return False
    if not row.category or _is_closed(person, row):
        return False
    return _in_care(caller, person, row) or _in_an_emergency(caller, person, row)


def counts(caller: Caller, person: Person, row: Row) -> bool:
    """Decision 0012: a person may know how much of each category there is of their own record, or of a child's."""
    return bool(row.category) and hears_of(caller, person)


def hears_of(caller: Caller, person: Person) -> bool:
    """Whether a patient's pages tell the caller of this person's consents, closings and looks (R-25, R-58, R-66)."""
    return caller.kind == "patient" and caller.person in {person.key, person.parent}


def _in_care(caller: Caller, person: Person, row: Row) -> bool:
    is_let = PROVIDERS[caller.provider].is_deemed or person.words.get(caller.provider) in GIVEN
    is_kept_out = ("provider", PROVIDERS[caller.provider].code) in person.closed or _is_kept_out(caller, person)
    return is_let and not is_kept_out and _ROLES.get((caller.profession, row.category)) == "G"


def _in_an_emergency(caller: Caller, person: Person, row: Row) -> bool:
    """Decision 0014: what was named, and who it is and what harms; restricted too, never what the role closes."""
    if caller.account_id not in person.emergencies or _is_kept_out(caller, person):
        return False
    named = person.emergencies[caller.account_id] | {"PID", "ALG"}
    return row.category in named and _ROLES.get((caller.profession, row.category)) in {"G", "R"}


def _is_kept_out(caller: Caller, person: Person) -> bool:
    return ("professional", caller.account_id) in person.closed


def _is_closed(person: Person, row: Row) -> bool:
    """Decision 0037: by its category, by itself, by its episode, by its label."""
    parts = {("category", row.category), ("item", row.row_id), ("episode", row.episode), ("label", row.label)}
    # An episode's own Encounter belongs to it.
    parts |= {("episode", row.row_id)}
    return bool(parts & person.closed)
