"""How strongly somebody signed in."""

import itertools

import pytest

from wutong.core import strength
from wutong.core.strength import LEVELS, reaches


@pytest.mark.parametrize(("level", "needed"), list(itertools.combinations_with_replacement(LEVELS, 2)))
def test_a_level_reaches_itself_and_what_is_weaker(level: str, needed: str) -> None:
    assert reaches(needed, level)
    assert reaches(level, needed) == (level == needed)


@pytest.mark.parametrize("unknown", ["", "sms", "OTP", "phr "])
def test_what_is_not_known_reaches_nothing_and_is_reached_by_nothing(unknown: str) -> None:
    assert not any(reaches(unknown, level) or reaches(level, unknown) for level in (*LEVELS, unknown))
    with pytest.raises(ValueError, match="is not one of otp, phr, phrh"):
        strength.known(unknown)
