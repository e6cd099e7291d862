"""Kill -9 of the server, the worker and PostgreSQL, each and together, during uploads and reads over a bad network:
nothing acknowledged is lost, each upload has its effect once, no answer without its ticket, no ticket but the decision
point's, and what rows are found by is what they say. Canaries must turn the same check red: `synchronous_commit=off`,
tickets that the data role can make, uploads that are sent again without a key.

`WUTONG_KILLS` sets how often, `WUTONG_SEED` what is killed and cut.
"""

import os
import time
from collections.abc import Callable, Mapping
from random import Random

import pytest
from faults import FaultProxy

from drill.killable import PARTS, Platform
from drill.ledger import Known, Ledger, Missing, Systems, missing, register

KILLS = int(os.environ.get("WUTONG_KILLS", "20"))
SEED = int(os.environ.get("WUTONG_SEED", "20261129"))
# What is committed waits in memory for up to ten seconds.
_FORGETFUL = {
    "synchronous_commit": "off",
    "wal_writer_delay": "10s",
    "wal_writer_flush_after": "1GB",
    "wal_buffers": "64MB",
}
_BETWEEN = 25


def _nothing(platform: Platform) -> None:
    """As it should be."""


def _run(
    options: Mapping[str, str], kills: int, weaken: Callable[[Platform], None] = _nothing, *, between: int = _BETWEEN
) -> tuple[Ledger, Missing]:
    """Kill so often: everything together last, each part alone and together before.

    `between`: uploads acknowledged between two kills.
    """
    dice = Random(SEED)
    with Platform(options) as platform, FaultProxy(platform.port, SEED) as proxy:
        weaken(platform)
        systems = Systems(platform, register(platform), proxy)
        with systems.at_work():
            for number in range(kills):
                _more(systems.ledger, between)
                time.sleep(dice.random() / 4)
                platform.kill([PARTS, *[[part] for part in PARTS]][(kills - 1 - number) % 4])
            _more(systems.ledger, between)
        print(proxy.done)
        found = missing(platform, systems.ledger)
        if found == Missing():
            print(platform.command("check", "--deep"))
        return systems.ledger, found


@pytest.mark.drill
@pytest.mark.timeout(300 + 30 * KILLS)
def test_nothing_acknowledged_is_lost_and_no_answer_lacks_its_ticket() -> None:
    ledger, found = _run({}, KILLS)
    print(
        f"{KILLS} kills, {len(ledger.sent)} uploads in {ledger.tries} tries, {len(ledger.acknowledged)} acknowledged, "
        f"{sum(ledger.reads.values())} reads; {found}; tickets tried by the data role {ledger.turned_away}"
    )
    assert len(ledger.acknowledged) >= _BETWEEN * KILLS
    assert ledger.tries > len(ledger.sent)
    assert ledger.reads
    assert ledger.turned_away
    assert found == Missing()


@pytest.mark.timeout(600)
def test_twenty_kills_on_a_bad_network() -> None:
    """The same in short, for every run of the suite."""
    ledger, found = _run({}, 20, between=5)
    assert found == Missing()
    assert ledger.tries > len(ledger.sent)


@pytest.mark.timeout(300)
def test_the_check_can_see_an_uploads_second_effect() -> None:
    """A canary: what is sent again without a key is stored again, and the same check says so."""
    with Platform({}, ["server", "postgres"]) as platform, FaultProxy(platform.port, SEED) as proxy:
        assert _sent_again_without_a_key(platform, register(platform), proxy).twice


def _sent_again_without_a_key(platform: Platform, known: Known, proxy: FaultProxy) -> Missing:
    systems = Systems(platform, known, proxy, with_keys=False)
    with systems.at_work():
        _until(lambda: missing(platform, systems.ledger).twice != [])
    return missing(platform, systems.ledger)


def _more(ledger: Ledger, number: int) -> None:
    enough = len(ledger.acknowledged) + number
    _until(lambda: len(ledger.acknowledged) >= enough)


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.drill
@pytest.mark.timeout(300)
def test_the_check_can_see_a_loss() -> None:
    """A canary: commits that do not wait for the disk are lost, and the same check says so."""
    _, found = _run(_FORGETFUL, 2)
    assert found.lost
    assert found.untold


@pytest.mark.drill
@pytest.mark.timeout(300)
def test_the_check_can_see_a_ticket_that_the_data_role_made() -> None:
    """A canary: with the decision point's function granted to the data role, the same check says so."""
    ledger, found = _run({}, 1, Platform.let_plane_make_tickets)
    print(f"read under {len(found.forged)} tickets of the data role's own making")
    assert found.forged
    assert ledger.turned_away == 0
