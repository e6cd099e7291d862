"""The link to the next page: sealed, so that nobody reads or makes one, and good for one caller and what is open to it.

It holds the question, where the page before ended, the moment that all pages show, and the number of hits. A page is
authorised anew like any request; the link adds nothing to what the gate opens. Source: HL7 FHIR R4, http page, paging.
"""

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wutong.core.sealing import SealBroken, Sealer
from wutong.record.gate.open import Opened
from wutong.record.store.search.order import Key
from wutong.record.store.search.rows import Moment
from wutong.record.store.search.run import Asked

PARAMETER = "_page"
MOST_QUESTION = 8000  # characters of parameters that a link has room for
_USE = "search-page"


class Stale(Exception):
    """The link is none, or another caller's, or of before what is open changed."""


@dataclass(frozen=True)
class Link:
    """What a link to a further page holds; `bound`: to whom it was given, and what was open."""

    pairs: tuple[tuple[str, str], ...]
    asked: Asked
    bound: str


def read(text: str, about: str, sealer: Sealer) -> Link:
    """The link of a page of `about`, the type that is searched; raises Stale."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        content = json.loads(zlib.decompress(bytes.fromhex(sealer.of(_USE).open(sealed, context=about))))
    except (SealBroken, binascii.Error, ValueError):
        raise Stale from None
    return Link(tuple((name, value) for name, value in content["pairs"]), _asked(content), content["bound"])


def write(pairs: Sequence[tuple[str, str]], asked: Asked, opened: Opened, about: str, sealer: Sealer) -> str:
    """The text of the link to the page that `asked` says."""
    content = {
        "pairs": list(pairs),
        "after": [*asked.after.values, str(asked.after.resource_id)],
        "snapshot": asked.moment.snapshot,
        "at": asked.moment.at.isoformat(),
        "total": asked.total,
        "bound": bound(opened),
    }
    packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode()).hex()
    return base64.urlsafe_b64encode(sealer.of(_USE).seal(packed, context=about)).decode().rstrip("=")


def bound(opened: Opened) -> str:
    """What a link is good for: one caller and session, one look (which ends with its consent), the same rows open."""
    caller, scope = opened.caller, opened.scope
    parts: list[Any] = [caller.kind, caller.caller_id, caller.session_id, caller.provider_id, opened.look_id]
    parts += [opened.ground, scope.depositor_id, *sorted(map(str, scope.patient_ids)), *sorted(scope.categories)]
    parts += sorted(scope.closed)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _asked(content: dict[str, Any]) -> Asked:
    *values, resource_id = content["after"]
    moment = Moment(content["snapshot"], datetime.fromisoformat(content["at"]))
    return Asked(Key(tuple(values), UUID(resource_id)), moment, content["total"])
