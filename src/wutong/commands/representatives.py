"""`wutong representative`: who decides for somebody by the law, in whose name and on what evidence."""

import argparse
from collections.abc import Iterable

from wutong.commands.accounts import attach


def record(asked: argparse.Namespace) -> None:
    """Record a link, in the name of two officers."""
    attach(asked.data)
    from wutong.control.flows.record_representative import Shown, record_representative

    deciding = record_representative(
        asked.person,
        asked.acting,
        asked.relation,
        capacity=asked.capacity,
        shown=Shown(asked.evidence, asked.evidence_on, asked.until),
        officers=(asked.recorded_by, asked.confirmed_by),
    )
    print(f"Recorded. {_told(deciding)}")


def end(asked: argparse.Namespace) -> None:
    """End a link."""
    attach(asked.data)
    from wutong.control.flows.record_representative import end_representative

    print(f"Ended. {_told(end_representative(asked.person, asked.acting, asked.relation))}")


def show(asked: argparse.Namespace) -> None:
    """Print a person's links, those that have ended too."""
    attach(asked.data)
    from wutong.control.people.queries.representatives import links_of

    for each in links_of(asked.person):
        until = each.ended_at or each.until or "no end"
        held = f"{each.since_at:%Y-%m-%d} to {until!s:.10}"
        print(f"{each.acting_ehr_number}  {each.relation:18} {each.capacity:10} {held}  {each.evidence}")


def _told(deciding: Iterable[str]) -> str:
    """Who stands first in the order of the law; a healthcare provider where there is nobody else."""
    named = " or ".join(sorted(filter(None, deciding)))
    return f"From now on a {named} decides." if named else "The person decides alone."
