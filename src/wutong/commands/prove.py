"""`wutong prove-no-leaks`: two worlds alike but for what a caller may not see must answer everything alike."""

import argparse
import os

from wutong.commands import ending, start
from wutong.core import env
from wutong.core.answers import Problem
from wutong.proving import cluster as clusters
from wutong.proving.prove import Proof, ground, prove
from wutong.schema import ledger


class NoFreshDatabase(Problem):
    """The prover was pointed at a database of somebody's."""


def run(asked: argparse.Namespace) -> int:
    """Ask, and print what was found; 1 where two answers differ or something was never asked."""
    ending.heed_signals()
    _refuse_live()
    with clusters.cluster() as cluster:
        start.set_up_django()
        ending.announce(f"proving: {asked.cases:,} cases, seed {asked.seed}")
        with ground(cluster, migrate) as made:
            proof = prove(made, first=asked.first, cases=asked.cases, seed=asked.seed, say=ending.announce)
    for difference in proof.differences:
        for sentence in difference.sentences:
            print(f"  {sentence}")
    for each in proof.never_asked:
        print(f"  never asked: {each}")
    _say(proof)
    return 1 if proof.differences or proof.never_asked else 0


def _say(proof: Proof) -> None:
    found = f"{proof.cases:,} cases, {proof.coverage.requests:,} requests asked twice, {proof.hidden:,} hidden rows"
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(proof.coverage.statuses.items()))
    rate = proof.cases / proof.seconds if proof.seconds else 0
    print(f"leaks: {len(proof.differences) or 'none'} ({found}; {statuses}; {rate:.0f} cases a second)")


def _refuse_live() -> None:
    """Whoever set a database for other commands learns that this one would not touch it."""
    if named := [each for each in (env.OWNER_DSN, env.CONTROL_DSN) if each.name in os.environ]:
        raise NoFreshDatabase(
            f"The prover makes a database of its own and asks no other; unset {named[0].name} to say that you know."
        )


def migrate() -> None:
    """Bring the prover's database up to date, without a word."""
    from wutong.control.flows.load_role_matrix import load_role_matrix
    from wutong.control.project import migrations

    owner = env.read(env.OWNER_DSN, env.dsn)
    with start.connect(env.OWNER_DSN) as connection:
        ledger.migrate(connection, lambda: migrations.run(owner), say=lambda _: None)
        load_role_matrix()
