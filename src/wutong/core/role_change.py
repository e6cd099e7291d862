"""A change of the role matrix: when its reason is one, and from which days it may begin. Pure; docs/decisions/0035."""

from datetime import date, timedelta

from wutong.core import emergency

LEAST_WORDS, MOST_WORDS = emergency.LEAST_WORDS, emergency.MOST_WORDS  # characters of a reason, or of a note
AT_MOST_AHEAD = timedelta(days=731)  # a day beyond two years is a slip of the keyboard

APPROVED, DECLINED, WITHDRAWN = "approved", "declined", "withdrawn"
OUTCOMES = (APPROVED, DECLINED, WITHDRAWN)
DECIDED = "decided"  # the source of a cell that two officers changed

is_reason = emergency.is_reason
tidy = emergency.tidy


def may_begin(day: date, *, today: date) -> bool:
    """Whether a change may begin on `day`: today or later, for what was is not rewritten."""
    return today <= day <= today + AT_MOST_AHEAD


def is_decision(outcome: str, note: str) -> bool:
    """Whether a second officer can end a change so: whoever declines says why."""
    is_said = is_reason(note) if outcome == DECLINED else len(tidy(note)) <= MOST_WORDS
    return outcome in {APPROVED, DECLINED} and is_said
