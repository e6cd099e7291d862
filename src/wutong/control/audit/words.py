"""Why a look began: in words to whoever is not the patient, and to the patient."""

from django.utils.translation import gettext, gettext_noop

# The kinds of evidence (core/care.py), and what professionals stated themselves before there was evidence.
GROUNDS = {
    "admission": gettext_noop("the patient was admitted"),
    "appointment": gettext_noop("the patient had an appointment"),
    "attendance": gettext_noop("the patient was there"),
    "emergency-attendance": gettext_noop("the patient was at the emergency department"),
    "referral": gettext_noop("the patient was referred to them"),
    "enrolment": gettext_noop("the patient is enrolled in a programme"),
    "dispensing": gettext_noop("medicine was dispensed to the patient"),
    "encounter": gettext_noop("they followed up a visit"),
    "attestation": gettext_noop("the professional's own word"),
}
GROUNDS_TO_PERSON = {
    "admission": gettext_noop("you were admitted"),
    "appointment": gettext_noop("you have an appointment"),
    "attendance": gettext_noop("you were there"),
    "emergency-attendance": gettext_noop("you were at the emergency department"),
    "referral": gettext_noop("you were referred to them"),
    "enrolment": gettext_noop("you are enrolled in a programme"),
    "dispensing": gettext_noop("medicine was dispensed to you"),
    "encounter": gettext_noop("they follow up a visit"),
    "attestation": gettext_noop("the professional's own word"),
}

# What a professional is offered to say where the record shows no care; kept in English, told in the reader's language.
COMMON_REASONS = {
    "here": gettext_noop("The patient is here now"),
    "appointment": gettext_noop("The patient has an appointment"),
    "referral": gettext_noop("The patient was referred to us"),
    "follow-up": gettext_noop("I am following up a visit"),
}


def in_words(reason: str) -> str:
    """A stated reason as it is shown: a common one in the reader's language, any other as it was written."""
    return gettext(reason) if reason in COMMON_REASONS.values() else reason
