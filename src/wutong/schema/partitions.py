"""How long the trail's monthly partitions still last; only the owner makes more (`wutong migrate`)."""

from datetime import date

import psycopg

from wutong.core import clock

_FEWEST = 3
_MADE = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'audit' and c.relispartition and c.relname = any (%s)
"""


def troubles(connection: psycopg.Connection) -> list[str]:
    """A sentence if a month among this one and the next has no partition, so that there is time to make it."""
    months = _months(clock.today())
    wanted = {f"{base}_{month:%Y_%m}": month for month in months for base in ("entry", "event")}
    made = {name for (name,) in connection.execute(_MADE, [list(wanted)]).fetchall()}
    missing = sorted({f"{month:%Y-%m}" for name, month in wanted.items() if name not in made})
    if not missing:
        return []
    return [f"The trail has no partitions of its own for {', '.join(missing)}. Run `wutong migrate` to make more."]


def _months(today: date) -> list[date]:
    """The first days of this month and of the `_FEWEST` months after it."""
    count = today.year * 12 + today.month - 1
    return [date((count + i) // 12, (count + i) % 12 + 1, 1) for i in range(_FEWEST + 1)]
