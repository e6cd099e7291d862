"""Whose fault a message is that could not be sent: only what its reader can mend is asked of the reader."""

import pytest

from wutong.control.portal.unsent import why_not_sent

_ADDRESS, _NUMBER, _OURS = "your right address", "your right number", "the office is looking at it"


@pytest.mark.parametrize(
    ("channel", "failure", "said"),
    [
        ("email", "bad-address", _ADDRESS),
        ("email", "refused-550", _ADDRESS),
        ("email", "refused-553", _ADDRESS),
        ("email", "refused-451", _OURS),
        ("email", "answered-554", _OURS),
        ("email", "answered-421", _OURS),
        ("email", "no-answer", _OURS),
        ("sms", "bad-address", _NUMBER),
        ("sms", "refused-400", _NUMBER),
        ("sms", "refused-404", _NUMBER),
        ("sms", "refused-410", _NUMBER),
        ("sms", "refused-422", _NUMBER),
        ("sms", "refused-401", _OURS),
        ("sms", "refused-402", _OURS),
        ("sms", "refused-403", _OURS),
        ("sms", "refused-405", _OURS),
        ("sms", "refused-413", _OURS),
        ("sms", "answered-500", _OURS),
        ("sms", "no-answer", _OURS),
        ("post", "no-answer", _OURS),
        ("pigeon", "refused-550", _OURS),
    ],
)
def test_only_a_wrong_address_or_number_is_its_readers(channel: str, failure: str, said: str) -> None:
    assert said in why_not_sent(channel, failure)
