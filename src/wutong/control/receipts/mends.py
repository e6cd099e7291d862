"""What a refusal says to the professional whom it met: why, and what to do. A test holds that no reason is without."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from wutong.control.pages.names import sentences
from wutong.core.answers import Reason

_HOW = gettext_lazy(
    "The patient can allow your clinic in the portal: sign in, open 'Who may look', choose your clinic and "
    "'Allow'. It holds at once."
)
MENDS: Mapping[str, tuple[Promise, ...]] = {
    Reason.NO_TOKEN: (gettext_lazy("Your session has ended. Sign out, and sign in again."),),
    Reason.SIGN_IN_TOO_WEAK: (
        gettext_lazy("This needs a stronger sign-in, such as a passkey. Sign out, and sign in with it."),
    ),
    Reason.PROVIDER_NOT_ACTIVE: (gettext_lazy("Your clinic's access is suspended. Ask the eHR office."),),
    Reason.NAME_PATIENT: (gettext_lazy("No patient was named. Find the patient first."),),
    Reason.NOT_REGISTERED: (gettext_lazy("This person is not registered any more. Find the patient again."),),
    Reason.PERSON_NOT_ACTIVE: (gettext_lazy("This person's registration is not active. Ask the eHR office."),),
    Reason.NO_CONSENT: (gettext_lazy("The patient has not allowed your clinic to look at the record."), _HOW),
    Reason.CONSENT_ENDED: (gettext_lazy("The patient's permission for your clinic has ended."), _HOW),
    Reason.REGISTRATION_ENDED: (
        gettext_lazy("Your professional registration is not current. Ask your account administrator."),
    ),
    Reason.CARE_NOT_STATED: (gettext_lazy("Say why you treat this person: nothing in the record shows it."),),
    Reason.NOT_OPENED: (
        gettext_lazy("The record is not open any more. State why you treat this person to open it again."),
    ),
    Reason.CATEGORY_RESTRICTED: (
        gettext_lazy("Restricted for your profession: only the patient's extra consent opens this part."),
    ),
    Reason.CATEGORY_CLOSED: (gettext_lazy("Your profession's role does not open this part of the record."),),
    Reason.CATEGORY_NOT_NAMED: (gettext_lazy("Not opened in this emergency: this part was not named."),),
    Reason.EMERGENCY_OFF: (gettext_lazy("Emergency access is switched off here."), _HOW),
    Reason.EMERGENCY_NOT_STATED: (
        gettext_lazy("Say what kind of emergency it is, and the reason in your own words, in at least 20 characters."),
    ),
    Reason.EMERGENCY_NOT_GRANTED: (gettext_lazy("The emergency access is over, or was not granted in this session."),),
    Reason.NOBODY_TO_AUTHORISE: (
        gettext_lazy(
            "Nobody can be sent a code: there is no mobile number, e-mail address or portal account of the patient, or "
            "of who decides for them. They can have one entered at a registration desk."
        ),
    ),
    Reason.ASKED_TOO_OFTEN: (
        gettext_lazy(
            "The patient was asked several times within an hour, and is not sent more codes now. Try again later."
        ),
    ),
    Reason.WITHHELD: (
        gettext_lazy("The patient has closed this record to you or to your clinic. Speak with the patient."),
    ),
    Reason.CATEGORY_WITHHELD: (
        gettext_lazy("The patient has closed this part of the record. If you need it, speak with the patient."),
    ),
    Reason.NOT_YOUR_DEPOSIT: (gettext_lazy("Your clinic did not upload this. Ask whoever did."),),
    Reason.NOT_REFERENCED: (
        gettext_lazy("No record that is open to you names this. Open the patient's record first."),
    ),
    Reason.NO_RULE: (
        gettext_lazy("No rule lets you open this record. If you think one should, ask your account administrator."),
    ),
}


def mend(code: str) -> str:
    """In whole sentences; a reason of a later release is as good as that no rule allows it."""
    return sentences(str(text) for text in MENDS.get(code, MENDS[Reason.NO_RULE]))
