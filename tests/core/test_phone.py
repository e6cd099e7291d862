"""Numbers as people write them, and as networks want them."""

import pytest

from wutong.core import phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+852 0718 1975", "+85207181975"),
        ("5123-4567", "+85251234567"),
        ("+44 (20) 7946.0958", "+442079460958"),
        ("", ""),
        ("123", ""),
        ("+852 0718 1975 ext 3", ""),
        ("+0 1234 5678", ""),
        ("٥١٢٣٤٥٦٧", ""),
    ],
)
def test_a_number_is_international_or_none(written: str, number: str) -> None:
    assert phone.international(written) == number
