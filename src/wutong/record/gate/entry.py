"""The audit entry of a decision: who asked what, about whom, and what was answered on which ground."""

from datetime import datetime
from typing import Any
from uuid import UUID

from wutong.core import access, ids
from wutong.core.access import Allowed, Ground
from wutong.core.answers import Refused
from wutong.core.care import ATTESTATION
from wutong.core.closings import marked
from wutong.core.facts import Caller, CallerKind, Facts
from wutong.record.gate.ask import Ask
from wutong.record.gate.facts import Loaded


def entry_of(entry_id: UUID, ask: Ask, loaded: Loaded, decision: Allowed | Refused, now: datetime) -> dict[str, Any]:
    """The entry, for `json_text.dump`: its ids are UUIDs, its `at` is the text that the ticket names."""
    facts = loaded.facts
    entry: dict[str, Any] = {
        "at": now.isoformat(),
        "entry_id": entry_id,
        "event": ask.event,
        "act": ask.act,
        "detail": ask.detail | _consent(facts) | _care(ask, decision),
        "outcome": "allowed" if isinstance(decision, Allowed) else "refused",
    }
    if facts.caller:
        entry |= _of_caller(facts.caller)
        entry["person_id"] = facts.person.person_id if facts.person else None
    if facts.look:
        entry["purpose"] = facts.look.purpose
    if ask.statement:
        entry["purpose"] = ask.statement.purpose
    if isinstance(decision, Refused):
        return entry | {"reason": decision.reason}
    if facts.emergency and decision.look_id == facts.emergency.grant_id:
        entry["purpose"] = access.EMERGENCY
    if decision.ground is Ground.REGISTRATION:
        entry["person_id"] = ids.new()
    if decision.scope.closed:
        entry["closed"] = marked(decision.scope.closed)
    row = decision.scope.directory_row
    return entry | {
        "directory_type": row.resource_type if row else None,
        "directory_id": row.resource_id if row else None,
        "ground": decision.ground,
        "look_id": decision.look_id,
        "categories": sorted(decision.scope.categories),
        "patient_ids": decision.scope.patient_ids,
        "depositor_id": decision.scope.depositor_id,
    }


def _consent(facts: Facts) -> dict[str, Any]:
    """What the provider's standing with the person rested on: which version of which statement, or the law.

    Of a statement about the provider alone its number; of a wider one what it is about, and its number.
    """
    caller = facts.caller
    if caller is None or facts.person is None or caller.kind is CallerKind.PATIENT:
        return {}
    if caller.provider_is_deemed:
        return {"consent": "deemed"}
    consent = facts.consent
    if consent is None or consent.group_id is None:
        return {"consent": consent.version} if consent else {}
    return {"consent": {"scope": consent.scope, "group": consent.group_id, "version": consent.version}}


def _care(ask: Ask, decision: Allowed | Refused) -> dict[str, Any]:
    """What shows that the provider cares for the person; to open, else the professional's word."""
    if isinstance(decision, Refused) or decision.ground is not Ground.CARE:
        return {}
    if decision.care:
        return {"care": decision.care.written()}
    return {"care": {"kind": ATTESTATION, "reason": ask.statement.reason}} if ask.statement else {}


def _of_caller(caller: Caller) -> dict[str, Any]:
    return {
        "caller_kind": caller.kind,
        "caller_id": caller.caller_id,
        "session_id": caller.session_id,
        "provider_id": caller.provider_id,
        "profession": caller.profession or None,
    }
