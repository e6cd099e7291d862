"""The small world of who may see what: each input of a decision with the few values that can make a difference."""

from typing import NamedTuple

# The first value is the one that stands where a field makes no difference.
VALUES: dict[str, tuple] = {
    "who": ("professional", "system", "patient", "nobody"),
    "act": ("read", "open", "access", "write", "count"),
    "purpose": ("treatment", "emergency"),
    # The caller.
    "provider": ("active", "suspended"),
    "deemed": (False, True),  # HA and DH: consent to them is given by joining
    "licence": ("current", "its last day", "over since yesterday", "unknown"),
    "may_register": (False, True),
    "sign_in": ("code", "passkey", "unknown"),  # its strength: a one-time code, what resists phishing, neither
    "emergency_needs": ("code", "passkey"),
    # Whom and what the question names.
    "names": ("patient", "row", "directory row", "nothing"),
    "brings_patient": (False, True),
    "person": ("active", "not active", "not known"),
    "relation": (
        *("stranger", "self", "parent of a child", "parent of one who is 16", "parent, birth unknown"),
        *("family of a child", "family of a child who has a parent", "friend of a child", "provider of a child"),
        *(
            "guardian of an incapable adult",
            "family of an incapable adult who has a guardian",
            "guardian of the child of then",
        ),
        *(
            "carer to whom nothing was granted",
            "carer to count",
            "carer to count until yesterday",
            "carer for messages",
        ),
    ),
    "depositor": ("own", "other", "none"),
    "asked": ("A", "AB", ""),  # the data categories asked for: one, two different ones, none that is shared
    "role_a": ("G", "R", "-", "?"),  # the cell of the role matrix; ?: the matrix does not know it
    "role_b": ("G", "R", "-", "?"),
    # The patient's words.
    "consent": ("indefinite", "none", "its last day", "over since yesterday", "withdrawn"),
    "requires_consent": (True, False),  # deposit_requires_sharing_consent
    "closed": ("", "A", "B", "AB"),  # categories that the patient closed
    "closed_to": ("nobody", "provider", "professional"),
    "parts_closed": (False, True),  # an item, an episode or a label
    # What was stated.
    "look": ("open", "none", "over"),
    "emergency": ("none", "granted", "begun", "granted, over", "begun, over"),
    "emergency_on": (True, False),
    "emergency_names": ("A", "B", "AB", ""),
    # A directory's row: the categories of the person's rows, of the same depositor, that name it.
    "named_in": ("A", "B", "AB", ""),
}


class Situation(NamedTuple):
    """One combination of the decision's inputs, in the words of `VALUES`."""

    who: str
    act: str
    purpose: str
    provider: str
    deemed: bool
    licence: str
    may_register: bool
    sign_in: str
    emergency_needs: str
    names: str
    brings_patient: bool
    person: str
    relation: str
    depositor: str
    asked: str
    role_a: str
    role_b: str
    consent: str
    requires_consent: bool
    closed: str
    closed_to: str
    parts_closed: bool
    look: str
    emergency: str
    emergency_on: bool
    emergency_names: str
    named_in: str


class Shown(NamedTuple):
    """Allowed: by which ground, which categories, and whose rows of whom they are cut to."""

    ground: str
    categories: str = ""
    patients: bool = False  # the rows of the person's patients; else none are named
    only_own_deposits: bool = False
    only_directory_row: bool = False
    parts_closed: bool = False  # less the items, episodes and labels that the patient closed
    under: str = ""  # the look, or the grant of an emergency, that it belongs to
