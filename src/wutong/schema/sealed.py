"""Whether the identity key is the one that the database was sealed with; with another, known people would seem new."""

import psycopg

from wutong.core import env
from wutong.core.sealing import SealBroken, Sealer

# One sealed value of each kind, with the context it was sealed for (people/models).
_SEALED = """
(select 'identity_document/' || kind, sealed from control.identity_document limit 1)
union all
(select 'one_time_token/' || token_id, sealed_seed from control.one_time_token limit 1)
"""


def troubles(connection: psycopg.Connection) -> list[str]:
    """A sentence if the key of the settings does not open what is sealed; needs a migrated database."""
    sealer = Sealer(env.read(env.IDENTITY_KEY, env.key_32_bytes))
    if all(_opens(sealer, *row) for row in connection.execute(_SEALED).fetchall()):
        return []
    sentence = (
        f"{env.IDENTITY_KEY.name} is not the key that this database was sealed with. Put back the one it was made "
        f"with: with another, known people would be registered anew and no one-time code would be right."
    )
    return [sentence]


def _opens(sealer: Sealer, context: str, sealed: bytes) -> bool:
    try:
        sealer.open(sealed, context=context)
    except SealBroken:
        return False
    return True
