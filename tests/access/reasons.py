"""Reasons to refuse that concern several callers (see access.oracle)."""

from collections.abc import Callable, Sequence

from access.situations import Shown, Situation

Answer = Shown | str  # or the reason to refuse
Rule = Callable[[Situation], str | None]


def first(s: Situation, rules: Sequence[Rule]) -> str | None:
    """The first reason to refuse."""
    for rule in rules:
        if reason := rule(s):
            return reason
    return None


def has_no_token(s: Situation) -> str | None:
    """House 6.1, refusals: everything but the capability statement needs a token."""
    return "no-token" if s.who == "nobody" else None


def provider_is_not_active(s: Situation) -> str | None:
    """Dossier 2.2, HCP exit: suspension cuts access."""
    return None if s.provider == "active" else "provider-not-active"


def sign_in_is_too_weak(s: Situation) -> str | None:
    """Security dossier 0: two factors for every person; what is not known to be two is none (default deny)."""
    return "sign-in-too-weak" if s.who in ("professional", "patient") and s.sign_in == "unknown" else None


def person_is_not_known(s: Situation) -> str | None:
    """Dossier 0.8, 2.2: a consent is a registered person's. Who is no such person has given none."""
    return "not-registered" if s.person == "not known" else None


def person_is_not_active(s: Situation) -> str | None:
    """Dossier 2.2, HCR withdrawal: stop sharing at once."""
    return None if s.person == "active" else "person-not-active"


def consent_is_not_in_force(s: Situation) -> str | None:
    """R-01, R-58, dossier 2.2: per provider, one year (its last day counts, house 6.1 on time) or indefinite; deemed for HA, DH."""
    if s.deemed or s.consent in ("indefinite", "its last day"):
        return None
    return "no-sharing-consent" if s.consent == "none" else "sharing-consent-ended"
