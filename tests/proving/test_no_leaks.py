"""`wutong prove-no-leaks`: 6,000 cases (WUTONG_CASES; `make drill`: 1,000,000), in two halves for two workers."""

import pytest

from proving.proof import LONGEST, SEED, prove_half, proved
from wutong.proving.coverage import LEFT_OUT
from wutong.proving.masks import MASKS


@pytest.mark.timeout(LONGEST)
def test_what_is_hidden_changes_no_answer() -> None:
    prove_half(0)


@pytest.mark.timeout(600)
def test_what_was_never_asked_is_told_and_fails() -> None:
    done = proved("--seed", SEED, "--cases", "5")
    assert done.returncode == 1
    assert "never asked: /console/trail/" in done.stdout
    assert "never asked: history-type" in done.stdout


def test_no_live_database_is_touched() -> None:
    done = proved("--cases", "1", WUTONG_CONTROL_DSN="host=nowhere")
    assert done.returncode == 1
    assert "makes a database of its own" in done.stderr + done.stdout


def test_each_mask_and_each_exclusion_has_its_reason() -> None:
    assert all(len(each.reason) > 20 for each in MASKS)
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())
