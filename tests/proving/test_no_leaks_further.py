"""The other half of `test_no_leaks`."""

import pytest

from proving.proof import LONGEST, prove_half


@pytest.mark.timeout(LONGEST)
def test_what_is_hidden_changes_no_answer() -> None:
    prove_half(1)
