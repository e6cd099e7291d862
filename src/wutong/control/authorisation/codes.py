"""The one-time code of a request: 8 digits, made from the request's random id under our key, and kept nowhere.

Who reads the database finds no code and nothing to find one by; who sends a message, or shows it in the portal, makes
the code anew. It is good for one request, and with that for one person, professional, provider, session and purpose.
"""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from wutong.control.people.sealer import sealer
from wutong.core import clock

DIGITS = 8
LASTS = timedelta(minutes=10)
MOST_WRONG = 5
# How many a person is sent within an hour, and how many at one professional's wish: nobody is flooded.
MOST_AN_HOUR, MOST_OF_ONE = 6, 3
# What it is needed for: the message names one of these, since its words may be read by others.
KINDS = ("decide-treatment", "avoid-harm", "follow-up", "repeat-test")


def code_of(request_id: UUID) -> str:
    """The code of a request."""
    digest = sealer().of("authorisation-code").trace("request", str(request_id))
    return str(int.from_bytes(digest) % 10**DIGITS).zfill(DIGITS)


def is_code_of(request_id: UUID, code: str) -> bool:
    """Whether somebody typed it right."""
    return hmac.compare_digest(code_of(request_id), code)


def live_code(request_id: UUID, asked_at: datetime) -> str:
    """The code as a person reads it aloud, in two groups of four; empty once its time is over."""
    code = code_of(request_id)
    return f"{code[:4]} {code[4:]}" if clock.now() < asked_at + LASTS else ""
