"""Words for the codes of an emergency: as staff read them, and as the patient does."""

from django.utils.translation import gettext_noop

KINDS = {
    "unconscious": gettext_noop("The patient is unconscious or cannot speak"),
    "not-capable": gettext_noop("The patient cannot decide now, and nobody who may decide can be reached"),
    "no-time": gettext_noop("There is danger to life, and asking would take too long"),
    "no-decision-maker": gettext_noop("The patient is a child, and no parent or guardian can be reached"),
}
KINDS_FOR_PATIENT = {
    "unconscious": gettext_noop("you were unconscious or could not speak"),
    "not-capable": gettext_noop("you could not decide then, and nobody who may decide for you could be reached"),
    "no-time": gettext_noop("there was danger to life, and asking would have taken too long"),
    "no-decision-maker": gettext_noop("no parent or guardian could be reached"),
}
OUTCOMES = {
    "justified": gettext_noop("Justified"),
    "not-justified": gettext_noop("Not justified"),
    "follow-up": gettext_noop("Needs follow-up"),
}
OUTCOMES_FOR_PATIENT = {
    "justified": gettext_noop("A privacy officer reviewed it: it was justified."),
    "not-justified": gettext_noop("A privacy officer reviewed it: it was not justified."),
    "follow-up": gettext_noop("A privacy officer reviewed it, and follows up open questions."),
}
NOT_REVIEWED = gettext_noop("A privacy officer has not reviewed it yet.")
