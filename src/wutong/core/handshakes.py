"""A code on a desk's screen that somebody's telephone answers: what it says, and how long it may. Pure.

The code is the id of a handshake with a keyed hash of it: it cannot be made up, and nothing secret is stored for it.
"""

import base64
import binascii
import hmac
from datetime import timedelta
from uuid import UUID

from wutong.core.sealing import Sealer

LASTS = timedelta(minutes=5)
_HASH = 16  # bytes


def code_of(handshake_id: UUID, sealer: Sealer) -> str:
    """What the screen shows, 43 signs that an address may hold."""
    return base64.urlsafe_b64encode(handshake_id.bytes + _hash(handshake_id, sealer)).decode().rstrip("=")


def read(code: str, sealer: Sealer) -> UUID | None:
    """Which handshake a code is of; None: none of ours."""
    try:
        told = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(told) != 16 + _HASH:
        return None
    handshake_id = UUID(bytes=told[:16])
    return handshake_id if hmac.compare_digest(told[16:], _hash(handshake_id, sealer)) else None


def _hash(handshake_id: UUID, sealer: Sealer) -> bytes:
    return sealer.of("handshake").trace("handshake", str(handshake_id))[:_HASH]
