"""What a professional stated when a look began, in words about the patient: for whoever is not the patient."""

from django.utils.translation import gettext_noop

GROUNDS = {
    "attendance": gettext_noop("the patient was there"),
    "appointment": gettext_noop("the patient had an appointment"),
    "referral": gettext_noop("the patient was referred to them"),
    "encounter": gettext_noop("they followed up a visit"),
    "attestation": gettext_noop("another reason of care"),
}
