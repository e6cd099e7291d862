"""What stands after the rest of its section, though its sender put it there: shown, never hidden, not first.

Some systems send measured vital signs as laboratory results, and social circumstances as problems. Codes: LOINC, blood
pressure. (Answers to questionnaires are no laboratory results to the record plane, whatever their label.)
"""

NOT_FROM_A_LABORATORY = frozenset({"85354-9", "8480-6", "8462-4"})

# SNOMED CT names end with what kind of concept they are; these kinds are no disease.
_CIRCUMSTANCES = ("(person)", "(situation)", "(finding)")


def is_circumstance(name: str) -> bool:
    """Whether a problem's name says that it is no disorder (it may still matter: it stays in the list)."""
    return name.endswith(_CIRCUMSTANCES)
