"""The trail's codes in words, for people who inspect it. A test holds that no event, reason or ground is without."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wutong.control.receipts import words as receipts
from wutong.core.access import Ground
from wutong.core.events import Event

EVENTS: Mapping[str, Promise] = {
    Event.RECORD_OPEN: gettext_lazy("Opened a record"),
    Event.RECORD_ACCESS: gettext_lazy("Asked what would open"),
    Event.RECORD_READ: gettext_lazy("Read one item"),
    Event.RECORD_SEARCH: gettext_lazy("Searched a record"),
    Event.RECORD_EVERYTHING: gettext_lazy("Read a whole record"),
    Event.RECORD_HISTORY: gettext_lazy("Read earlier versions"),
    Event.RECORD_WRITE: gettext_lazy("Began an upload"),
    Event.RECORD_WRITTEN: gettext_lazy("Completed an upload"),
    Event.RECORD_REINDEX: gettext_lazy("Reindexed the records"),
    Event.RECORD_COMPARE: gettext_lazy("Compared the records with their indexes"),
    Event.RECORD_COUNT: gettext_lazy("Counted a record's items"),
    Event.EMERGENCY_GRANT: gettext_lazy("Asked for emergency access"),
    Event.EMERGENCY_OPEN: gettext_lazy("Opened a record in an emergency"),
    Event.EMERGENCY_INSPECT: gettext_lazy("Opened the case of an emergency access"),
    Event.EMERGENCY_REVIEW: gettext_lazy("Reviewed an emergency access"),
    Event.AUTHORISATION_ASK: gettext_lazy("Asked the patient to open restricted parts"),
    Event.AUTHORISATION_GIVE: gettext_lazy("Entered the patient's one-time code"),
    Event.AUTHORISATION_END: gettext_lazy("Ended what a one-time code opened"),
    Event.PERSON_REGISTER: gettext_lazy("Registered a person"),
    Event.PERSON_FIND: gettext_lazy("Looked for a person"),
    Event.DESK_SERVE: gettext_lazy("Served a person at the desk"),
    Event.PERSON_REPRESENT: gettext_lazy("Opened the portal for somebody else"),
    Event.JOINING_CHANGE: gettext_lazy("Left the system, or joined it again"),
    Event.CONSENT_CHANGE: gettext_lazy("Changed a sharing consent"),
    Event.CONSENT_READ: gettext_lazy("Read a person's statements as FHIR Consents"),
    Event.KEY_MAKE: gettext_lazy("Made an access key"),
    Event.KEY_END: gettext_lazy("Took an access key back"),
    Event.KEY_USE: gettext_lazy("Entered an access key at the desk"),
    Event.HANDSHAKE_SHOW: gettext_lazy("Showed a code for a telephone at the desk"),
    Event.HANDSHAKE_ANSWER: gettext_lazy("Answered a desk's code with a telephone"),
    Event.CLOSING_CHANGE: gettext_lazy("Closed something of a record, or opened it again"),
    Event.CARER_CHANGE: gettext_lazy("Changed what a carer may see"),
    Event.SIGN_IN_PASSWORD: gettext_lazy("Entered name and password"),
    Event.SIGN_IN_CODE: gettext_lazy("Entered a one-time code"),
    Event.SIGN_IN: gettext_lazy("Signed in"),
    Event.SIGN_OUT: gettext_lazy("Signed out"),
    Event.TOKEN_ISSUE: gettext_lazy("Got an access token or a code generator"),
    Event.CLIENT_CREATE: gettext_lazy("Made a system client"),
    Event.ACCOUNT_CREATE: gettext_lazy("Made an account"),
    Event.ACCOUNT_CHANGE: gettext_lazy("Changed an account"),
    Event.PERSON_CHANGE: gettext_lazy("Changed a person's particulars"),
    Event.GROUP_CREATE: gettext_lazy("Made a group of healthcare providers, or a programme"),
    Event.GROUP_CHANGE: gettext_lazy("Changed which healthcare providers a group or a programme has"),
    Event.PROVIDER_CREATE: gettext_lazy("Registered a healthcare provider"),
    Event.ROLES_LOAD: gettext_lazy("Loaded the role matrix"),
    Event.ROLES_DRAFT: gettext_lazy("Proposed a change of the role matrix"),
    Event.ROLES_DECIDE: gettext_lazy("Ended a proposed change of the role matrix"),
    Event.NOTICE_SENT: gettext_lazy("Sent a notice"),
    Event.NOTICE_FAILED: gettext_lazy("Gave a notice up"),
    Event.NOTICE_REPLAY: gettext_lazy("Had a notice sent again"),
    Event.NOTICE_LISTED: gettext_lazy("Saw a list of letters"),
    Event.NOTICE_PRINTED: gettext_lazy("Opened or printed a letter"),
    Event.NOTICE_POSTED: gettext_lazy("Marked a letter as posted"),
    Event.JOB_REPLAY: gettext_lazy("Had background work done again"),
    Event.CONSOLE_OPEN: gettext_lazy("Asked for the officers' console"),
    Event.AUDIT_INSPECT: gettext_lazy("Inspected the trail"),
    Event.AUDIT_EXPORT: gettext_lazy("Exported a part of the trail"),
}
GROUNDS: Mapping[str, Promise] = {
    Ground.CARE: gettext_lazy("Care of the patient"),
    Ground.EMERGENCY: gettext_lazy("Emergency access"),
    Ground.OWN_DEPOSIT: gettext_lazy("The provider's own uploads"),
    Ground.REGISTRATION: gettext_lazy("Registration of a person"),
    Ground.REFERENCE: gettext_lazy("Named in a record that was open"),
    Ground.OWN_RECORD: gettext_lazy("The person's own record"),
    Ground.REPRESENTATIVE: gettext_lazy("Deciding for the person"),
    Ground.CARER: gettext_lazy("Carer, as the person granted"),
}
PURPOSES: Mapping[str, Promise] = {
    "TREAT": gettext_lazy("Treatment"),
    "ETREAT": gettext_lazy("Emergency treatment"),
}
OUTCOMES: Mapping[str, Promise] = {"allowed": gettext_lazy("Allowed"), "refused": gettext_lazy("Refused")}
REASONS: Mapping[str, Promise] = {
    **receipts.REASONS,
    "wrong-name-or-password": gettext_lazy("wrong name or password"),
    "too-many-wrong-passwords": gettext_lazy("too many wrong passwords"),
    "wrong-code": gettext_lazy("wrong one-time code"),
    "used-code": gettext_lazy("the one-time code was used before"),
    "too-many-wrong-codes": gettext_lazy("too many wrong one-time codes"),
    "code-over": gettext_lazy("the one-time code was over, or none was asked for"),
}
_KINDS: Mapping[str, Promise] = {
    "professional": gettext_lazy("somebody at a workplace"),
    "patient": gettext_lazy("a patient"),
    "system": gettext_lazy("a provider's system"),
    "account": gettext_lazy("somebody signing in"),
    "host": gettext_lazy("the platform's operator"),
    "worker": gettext_lazy("the platform itself"),
    "nobody": gettext_lazy("nobody who was signed in"),
}


def said(words: Mapping[str, Promise], code: str | None) -> str:
    """A code in words; one that has none, such as of a later release, as it is."""
    return str(words.get(code, code)) if code else ""


def kind(code: str | None) -> str:
    """What a caller is, where no name is known."""
    return said(_KINDS, code) or _("somebody without a token")
