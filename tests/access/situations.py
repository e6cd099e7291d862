"""The small world of who may see what: each input of a decision with the few values that can make a difference."""

from typing import NamedTuple


class Shows(NamedTuple):
    """What a row that may show care is, and of which kind of evidence (decision 0039); "": of none."""

    resource_type: str
    status: str
    kind: str
    encounter_class: str = ""
    ends: str = "itself"  # "itself": at its only instant; "later": ten days after it began; "never": no end is known


def _encounters(kind: str, classes: str, statuses: str, ends: str) -> dict[str, Shows]:
    return {
        f"{status} Encounter {each}, ends {ends}": Shows("Encounter", status, kind, each, ends)
        for each in classes.split()
        for status in statuses.split()
    }


def _others(resource_type: str, kind: str, statuses: str, ends: str = "itself") -> dict[str, Shows]:
    return {
        f"{status} {resource_type}, ends {ends}": Shows(resource_type, status, kind, "", ends)
        for status in statuses.split()
    }


_ATTENDED = "arrived triaged in-progress onleave finished"
TRACES: dict[str, Shows] = {
    **_others("Appointment", "appointment", "booked arrived checked-in fulfilled"),
    **_others("Appointment", "", "proposed pending cancelled noshow entered-in-error waitlist"),
    **_encounters("attendance", "AMB", _ATTENDED, "later"),
    **_encounters("attendance", "FLD HH VR PRENC", "finished", "never"),
    **_encounters("attendance", "AMB", "in-progress", "never"),
    **_encounters("emergency-attendance", "EMER", _ATTENDED, "later"),
    **_encounters("admission", "IMP", _ATTENDED, "later"),
    **_encounters("admission", "ACUTE NONAC OBSENC SS", "finished", "later"),
    **_encounters("admission", "IMP", "in-progress onleave finished", "never"),
    **_encounters("", "IMP AMB EMER", "planned cancelled entered-in-error unknown", "later"),
    **_encounters("", "X", "finished", "later"),
    **_others("EpisodeOfCare", "enrolment", "active", "later"),
    **_others("EpisodeOfCare", "enrolment", "active", "never"),
    **_others("EpisodeOfCare", "", "planned waitlist onhold finished cancelled entered-in-error", "never"),
    **_others("ServiceRequest", "referral", "active"),
    **_others("ServiceRequest", "", "draft on-hold revoked completed entered-in-error unknown"),
    **_others("MedicationDispense", "dispensing", "preparation in-progress completed"),
    **_others("MedicationDispense", "", "cancelled on-hold stopped declined entered-in-error unknown"),
    **_others("Condition", "", "active"),
}

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
        *("stranger", "self", "parent of a child", "parent of one who is 10", "parent of one who is 11"),
        *("parent of one who is 16", "parent, birth unknown"),
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
    "reason": ("stated", "500 characters", "none", "blank", "501 characters", "unreadable"),
    "emergency": ("none", "granted", "begun", "granted, over", "begun, over"),
    "emergency_on": (True, False),
    "emergency_names": ("A", "B", "AB", ""),
    # What the record has that may show care: a row of category A.
    "trace": ("none", *TRACES),
    "trace_day": ("today", "first day", "too early", "last day", "too late"),
    "trace_by": ("own", "other"),
    "trace_marked": ("no", "label", "item"),  # as what the patient may close
    # Authorisations by one-time code, in force and over: the categories that each names; empty: there is none.
    "code": ("", "A", "B", "AB"),
    "code_over": ("", "A", "AB"),
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
    reason: str
    emergency: str
    emergency_on: bool
    emergency_names: str
    trace: str
    trace_day: str
    trace_by: str
    trace_marked: str
    code: str
    code_over: str
    named_in: str


class Shown(NamedTuple):
    """Allowed: by which ground, which categories, and whose rows of whom they are cut to."""

    ground: str
    categories: str = ""
    patients: bool = False  # the rows of the person's patients; else none are named
    only_own_deposits: bool = False
    only_directory_row: bool = False
    parts_closed: bool = False  # less the items, episodes and labels that the patient closed
    labels_closed: bool = False  # less all that is labelled as sensitive
    under: str = ""  # the look, or the grant of an emergency, that it belongs to
    care: str = ""  # the kind of evidence that the person is under the provider's care
    by_code: bool = False  # rests on the authorisation in force
