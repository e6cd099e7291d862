"""Who may serve people at a provider's desk, and until when a signed form may be recorded: the rules. Pure.

Source: domain dossier 2.2 (ways to give sharing consent at a healthcare provider).
"""

from datetime import date, timedelta

from wutong.core import access
from wutong.core.answers import Reason, Refused
from wutong.core.facts import Caller
from wutong.core.strength import ONE_TIME_CODE

CLINICIAN, REGISTRATION = "clinician", "registration"
ROLES = frozenset({CLINICIAN, REGISTRATION})
FORM_LASTS = timedelta(days=30)  # ours: what was signed longer ago is asked for anew


def may_not_serve(caller: Caller, role: str, *, today: date) -> Refused | None:
    """Why somebody may not look up who is registered, and take consents, at their provider; None where they may.

    A clinician by a current registration, registration staff by their role; both at an active provider alone, and
    signed in as strongly.
    """
    match role:
        case "clinician":
            return access.may_not_find(caller, today=today)
        case "registration" if not caller.provider_is_active:
            return Refused(Reason.PROVIDER_NOT_ACTIVE)
        case "registration":
            return access.sign_in_too_weak(caller, ONE_TIME_CODE)
    return Refused(Reason.NO_RULE)


def is_day_of_form(signed_on: date, *, today: date) -> bool:
    """Whether a form that was signed that day may be recorded today."""
    return today - FORM_LASTS <= signed_on <= today
