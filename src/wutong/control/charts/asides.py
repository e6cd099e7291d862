"""What stands after the rest of its section, though its sender put it there: shown, never hidden, not first.

Some systems send answers to questionnaires and measured vital signs as laboratory results, and social circumstances as
problems. Codes: LOINC 93025-5 (PRAPARE) and its questions, total scores of questionnaires, blood pressure.
"""

_QUESTIONS = """
56051-6 32624-9 93035-4 93034-7 54899-0 63512-8 71802-3 93033-9 56799-0 82589-3 67875-5 76437-3 63586-2 93031-3
93030-5 93029-7 93038-8 93028-9 93027-1 93026-3 76501-6 93025-5
"""
_SCORES = """
55757-9 55758-7 44249-1 44261-6 89204-2 89206-7 69737-5 70274-6 76499-3 76504-0 59460-6 59461-4 75626-2 82667-7
72109-2
"""
_VITAL_SIGNS = "85354-9 8480-6 8462-4"
NOT_FROM_A_LABORATORY = frozenset(f"{_QUESTIONS} {_SCORES} {_VITAL_SIGNS}".split())

# SNOMED CT names end with what kind of concept they are; these kinds are no disease.
_CIRCUMSTANCES = ("(person)", "(situation)", "(finding)")


def is_circumstance(name: str) -> bool:
    """Whether a problem's name says that it is no disorder (it may still matter: it stays in the list)."""
    return name.endswith(_CIRCUMSTANCES)
