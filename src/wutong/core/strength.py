"""How strongly somebody signed in: the session's authentication context (`acr`). Pure. Source: security dossier 0."""

ONE_TIME_CODE = "otp"  # a password and a code that works once
PHISHING_RESISTANT = "phr"  # names of OpenID's Extended Authentication Profile (EAP) ACR values
IN_HARDWARE = "phrh"

LEVELS = (ONE_TIME_CODE, PHISHING_RESISTANT, IN_HARDWARE)  # each reaches those before it


def reaches(level: str, needed: str) -> bool:
    """Whether a sign-in of `level` is enough where `needed` is; what is not known is never enough."""
    return {level, needed} <= set(LEVELS) and LEVELS.index(level) >= LEVELS.index(needed)


def known(text: str) -> str:
    """The level that a setting names; raises ValueError for another."""
    if text not in LEVELS:
        raise ValueError(f"{text!r} is not one of {', '.join(LEVELS)}")
    return text
