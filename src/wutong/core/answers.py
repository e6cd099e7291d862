"""How the house says no. A refusal is returned, so that its audit entry commits; an error is raised."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why something was refused: the code in the audit entry, on the page and in the OperationOutcome."""

    NO_TOKEN = "no-token"
    SIGN_IN_TOO_WEAK = "sign-in-too-weak"
    PROVIDER_NOT_ACTIVE = "provider-not-active"
    NAME_PATIENT = "name-patient"
    NOT_REGISTERED = "not-registered"
    PERSON_NOT_ACTIVE = "person-not-active"
    NO_CONSENT = "no-sharing-consent"
    CONSENT_ENDED = "sharing-consent-ended"
    REGISTRATION_ENDED = "professional-registration-ended"
    CARE_NOT_STATED = "care-not-stated"
    NOT_OPENED = "record-not-opened"
    CATEGORY_RESTRICTED = "category-restricted"
    CATEGORY_CLOSED = "category-closed"
    CATEGORY_NOT_NAMED = "category-not-named"
    EMERGENCY_OFF = "emergency-off"
    EMERGENCY_NOT_STATED = "emergency-not-stated"
    EMERGENCY_NOT_GRANTED = "emergency-not-granted"
    NOBODY_TO_AUTHORISE = "nobody-to-authorise"
    ASKED_TOO_OFTEN = "asked-too-often"
    WITHHELD = "withheld-by-person"
    CATEGORY_WITHHELD = "category-withheld"
    NOT_YOUR_DEPOSIT = "not-your-deposit"
    NOT_REFERENCED = "not-referenced"
    NO_RULE = "no-rule"


@dataclass(frozen=True)
class Refused:
    """No rule allows it; `entry_id` names the audit entry that says so."""

    reason: Reason
    entry_id: str = ""


@dataclass(frozen=True)
class Missing:
    """Allowed to look, but there is no such thing."""

    what: str


@dataclass(frozen=True)
class Gone:
    """Whoever asks deposited it, and deleted it: `etag` names the version that says so."""

    what: str
    etag: str


class Problem(Exception):
    """The one base of raised errors: a sentence for people that says how to mend."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
