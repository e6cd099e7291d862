"""The gate's reasons to refuse, each in a few words. A test holds that none is without."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from wutong.core.answers import Reason

REASONS: Mapping[str, Promise] = {
    Reason.NO_TOKEN: gettext_lazy("no live session or token"),
    Reason.SIGN_IN_TOO_WEAK: gettext_lazy("the sign-in was not strong enough"),
    Reason.PROVIDER_NOT_ACTIVE: gettext_lazy("the provider's access is suspended"),
    Reason.NAME_PATIENT: gettext_lazy("no patient was named"),
    Reason.NOT_REGISTERED: gettext_lazy("the person is not registered"),
    Reason.PERSON_NOT_ACTIVE: gettext_lazy("the person's registration is not active"),
    Reason.NO_CONSENT: gettext_lazy("no sharing consent"),
    Reason.CONSENT_ENDED: gettext_lazy("the sharing consent has ended"),
    Reason.REGISTRATION_ENDED: gettext_lazy("the professional registration has ended"),
    Reason.CARE_NOT_STATED: gettext_lazy("nothing in the record shows care, and no reason was stated"),
    Reason.NOT_OPENED: gettext_lazy("the record was not open"),
    Reason.CATEGORY_RESTRICTED: gettext_lazy("the category is restricted for the profession"),
    Reason.CATEGORY_CLOSED: gettext_lazy("the category is closed to the profession"),
    Reason.CATEGORY_NOT_NAMED: gettext_lazy("not named in the emergency"),
    Reason.EMERGENCY_OFF: gettext_lazy("emergency access is switched off"),
    Reason.EMERGENCY_NOT_STATED: gettext_lazy("the emergency was not stated in full"),
    Reason.EMERGENCY_NOT_GRANTED: gettext_lazy("no emergency access was granted in this session"),
    Reason.NOBODY_TO_AUTHORISE: gettext_lazy("nobody could be sent a one-time code"),
    Reason.ASKED_TOO_OFTEN: gettext_lazy("the patient had been asked too often"),
    Reason.WITHHELD: gettext_lazy("closed to the caller by the patient"),
    Reason.CATEGORY_WITHHELD: gettext_lazy("the category is closed by the patient"),
    Reason.NOT_YOUR_DEPOSIT: gettext_lazy("not uploaded by this provider"),
    Reason.NOT_REFERENCED: gettext_lazy("no open record names it"),
    Reason.NO_RULE: gettext_lazy("no rule allows it"),
}
