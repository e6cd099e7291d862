"""Words for what an authorisation is needed for: as staff read them, and as the patient does."""

from django.utils.translation import gettext_noop

KINDS = {
    "decide-treatment": gettext_noop("To decide on the treatment"),
    "avoid-harm": gettext_noop("To avoid harm by a medicine or a treatment"),
    "follow-up": gettext_noop("To follow up an earlier illness or treatment"),
    "repeat-test": gettext_noop("To avoid doing a test again"),
}
KINDS_FOR_PATIENT = {
    "decide-treatment": gettext_noop("to decide on the treatment"),
    "avoid-harm": gettext_noop("to avoid harm by a medicine or a treatment"),
    "follow-up": gettext_noop("to follow up an earlier illness or treatment"),
    "repeat-test": gettext_noop("to avoid doing a test again"),
}
