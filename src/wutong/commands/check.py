"""`wutong check`: settings, database, migrations, roles, grants and who is told of emergencies; says what to mend.

With --deep: every stored row too, as role `wutong_keeper`.
"""

import argparse

from wutong.commands import ending, folder, reindex, start
from wutong.core import env, strength
from wutong.core.answers import Problem
from wutong.record.flows.compare_records import Compared, compare_records
from wutong.schema import grants, partitions, roles

_READERS = {
    env.SECRET_KEY: env.long_secret,
    env.IDENTITY_KEY: env.key_32_bytes,
    env.PUBLIC_URL: env.safe_url,
    env.RECORD_URL: env.safe_url,
    env.SMTP_URL: env.host_and_port,
    env.SMS_URL: env.gateway,
    env.PRINTS_LETTERS: env.boolean,
    env.DEPOSIT_REQUIRES_CONSENT: env.boolean,
    env.EMERGENCY_ACCESS: env.boolean,
    env.EMERGENCY_NEEDS: strength.known,
    env.EMERGENCY_REVIEW_DAYS: env.working_days,
}


_SECONDS = 5.0  # between two sentences about how far it is
_NOBODY_TOLD = (
    "Emergency access is on, and of one at {0} nobody would be told: e-mail reaches no privacy officer there or at the "
    "eHR office. Make one (`wutong user create … --provider {0} --role privacy-officer --email …`)."
)


def run(asked: argparse.Namespace) -> int:
    """Print a line for each part; 1 if something is to be mended."""
    folder.attach(asked.data)
    wrong = 0
    parts = {"settings": _settings(), "connections": _connections(), "database": _database()}
    if not any(parts.values()):  # else the database may not be asked
        parts["emergency access"] = _emergency_access()
    for part, troubles in parts.items():
        print(f"{part}: {'good' if not troubles else 'to be mended'}")
        for sentence in troubles:
            print(f"  - {sentence}")
        wrong += len(troubles)
    if asked.deep and wrong:
        print("records: not compared; mend the above first")
    elif asked.deep:
        wrong += _compare()
    return 1 if wrong else 0


def _compare() -> int:
    """Every row; the number of differences, each of which was printed."""
    ending.heed_signals()
    now_and_then = reindex.every(_SECONDS)

    def tell(done: Compared) -> None:
        if now_and_then():
            ending.announce(f"  {done.read:,} versions read, {done.index + done.data:,} differences")

    with reindex.connection() as keeper:
        done = compare_records(keeper, reindex.sealer(), say=lambda text: ending.announce(f"  - {text}"), tell=tell)
    found = done.index + done.data
    ending.announce(f"records: {f'{found:,} to be mended' if found else 'good'} ({done.read:,} versions read)")
    if done.index:
        ending.announce(f"  `wutong reindex` mends {done.index:,} of these.")
    if done.data:
        ending.announce(
            f"  {done.data:,} are no matter of the index: stop the server, keep a copy, and compare with a backup."
        )
    return found


def _settings() -> list[str]:
    found = []
    for setting, reader in _READERS.items():
        try:
            env.read(setting, reader)
        except Problem as problem:
            found.append(problem.sentence)
    return found


def _connections() -> list[str]:
    found = list[str]()
    for setting in roles.SETTINGS.values():
        if setting is env.KEEPER_DSN and not env.read(setting, env.text):
            continue
        try:
            found += start.login_troubles([setting])
        except Problem as problem:
            found.append(problem.sentence)
    return found


def _emergency_access() -> list[str]:
    """Providers where a second person would be told of no emergency."""
    if not env.read(env.EMERGENCY_ACCESS, env.boolean):
        return []
    start.set_up_django()
    from wutong.control.people.queries.accounts import providers_without_officer

    return [_NOBODY_TOLD.format(code) for code in providers_without_officer()]


def _database() -> list[str]:
    try:
        with start.connect(env.CONTROL_DSN) as connection:
            return start.database_troubles() + grants.troubles(connection) + partitions.troubles(connection)
    except Problem as problem:
        return [problem.sentence]
