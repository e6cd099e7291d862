"""Reads the provision of a Consent: the one thing that is allowed, or closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from wutong.control.consent.statements import GROUP, SHARING
from wutong.control.pcf.faults import Unfit, unfit
from wutong.control.pcf.words import ACCOUNT, PROVIDER, PROVIDER_GROUP, RECIPIENT, RECORD, TREATMENT, URI, UUID_URI
from wutong.control.people.queries.groups import group_with_code
from wutong.control.people.queries.providers import ProviderFacts, provider, provider_with_code
from wutong.core import clock, ids
from wutong.core.categories import CATEGORY_TAG
from wutong.core.labels import ACT_CODE


@dataclass(frozen=True)
class Said:
    """What a provision is about, as Statement has it."""

    kind: str
    value: str
    until: date | None = None
    title: str = ""


def read(provision: Mapping[str, Any] | None, place: str) -> Said:
    """What it says; raises Unfit."""
    if not provision:
        raise unfit("required", place, "Say what is allowed (permit), or closed (deny).")
    if "provision" in provision:
        sentence = (
            "A Consent states one thing. State each closing in a Consent of its own, with a provision of type deny."
        )
        raise unfit("not-supported", f"{place}.provision[0]", sentence)
    kinds = {"permit": _permitted, "deny": _denied}
    if provision.get("type") not in kinds:
        raise unfit("required", f"{place}.type", "Write permit or deny.")
    return kinds[provision["type"]](provision, place)


def named(reference: Mapping[str, Any]) -> tuple[str, UUID | None]:
    """The type and id that a reference to this server names."""
    kind, _, text = str(reference.get("reference", "")).removeprefix(f"{RECORD}/").partition("/")
    return kind, ids.read(text)


def only(content: Mapping[str, Any], known: set[str], place: str) -> None:
    """Raise Unfit for parts that would be lost."""
    if unknown := sorted(content.keys() - known):
        sentence = "This is not kept here, so that it would be lost. Leave it out."
        raise Unfit(*[unfit("not-supported", f"{place}.{name.lstrip('_')}", sentence).faults[0] for name in unknown])


_ALLOWED = {"provider": SHARING, GROUP: GROUP}


def _permitted(provision: Mapping[str, Any], place: str) -> Said:
    only(provision, {"type", "actor", "period", "purpose"}, place)
    for number, each in enumerate(provision.get("purpose", [])):
        if not TREATMENT.items() <= each.items():
            raise unfit(
                "not-supported", f"{place}.purpose[{number}]", "A record is shared for treatment (TREAT) alone."
            )
    found = _actor(provision, place)
    if found.kind not in _ALLOWED:
        sentence = "Allow a healthcare provider (an Organization), or several together (a Group)."
        raise unfit("value", f"{place}.actor[0].reference", sentence)
    return Said(_ALLOWED[found.kind], found.value, _until(provision.get("period", {}), f"{place}.period"))


def _until(period: Mapping[str, Any], place: str) -> date | None:
    only(period, {"start", "end"}, place)
    if period.get("start", "")[:10] > clock.today().isoformat():
        raise unfit("value", f"{place}.start", "A Consent holds from now on. Leave the start out.")
    if "end" not in period:
        return None
    try:
        return date.fromisoformat(period["end"])
    except ValueError:
        raise unfit("value", f"{place}.end", "Write the last day, such as 2027-11-30.") from None


def _denied(provision: Mapping[str, Any], place: str) -> Said:
    only(provision, {"type", *_CLOSABLE}, place)
    closed = [name for name in _CLOSABLE if name in provision]
    if len(closed) != 1:
        sentence = f"A closing is of one thing. Send one of {', '.join(_CLOSABLE)}."
        raise unfit("invariant", place, sentence)
    found = _CLOSABLE[closed[0]](provision, place)
    if found.kind == GROUP:
        sentence = "Providers are closed one by one. What was allowed to several together is taken back (inactive)."
        raise unfit("not-supported", f"{place}.actor[0].reference", sentence)
    return found


def _one(provision: Mapping[str, Any], name: str, place: str) -> tuple[Mapping[str, Any], str]:
    """The one that is named, and its place; raises Unfit."""
    listed = provision.get(name, [])
    if len(listed) != 1:
        raise unfit("invariant", f"{place}.{name}", "A Consent is about one. State each in a Consent of its own.")
    return listed[0], f"{place}.{name}[0]"


def _actor(provision: Mapping[str, Any], place: str) -> Said:
    actor, where = _one(provision, "actor", place)
    only(actor, {"role", "reference"}, where)
    if not any(RECIPIENT.items() <= each.items() for each in actor["role"].get("coding", [])):
        raise unfit("value", f"{where}.role", "The role is IRCP (information recipient).")
    reference = actor["reference"]
    if found := _organisation(reference):
        return Said("provider", str(found.provider_id))
    if together := group_with_code(_coded(reference, PROVIDER_GROUP)):
        return Said(GROUP, str(together.group_id))
    if account_id := _coded(reference, ACCOUNT):
        return Said("professional", account_id)
    sentence = f"Name a provider or a group by its code ({PROVIDER}, {PROVIDER_GROUP}), or a professional as read here."
    raise unfit("not-found", f"{where}.reference", sentence)


def _organisation(reference: Mapping[str, Any]) -> ProviderFacts | None:
    """The provider by its code, or by the id that the portal's addresses have."""
    kind, provider_id = named(reference)
    is_named = kind == "Organization" and provider_id is not None
    found = provider(provider_id) if is_named and provider_id else provider_with_code(_coded(reference, PROVIDER))
    return None if found is None or found.kind == "office" else found


def _coded(reference: Mapping[str, Any], system: str) -> str:
    given = reference.get("identifier", {})
    return str(given.get("value", "")) if given.get("system") == system else ""


def _labelled(provision: Mapping[str, Any], place: str) -> Said:
    return _coding(provision, place, "securityLabel", ACT_CODE, "label")


def _classed(provision: Mapping[str, Any], place: str) -> Said:
    return _coding(provision, place, "class", CATEGORY_TAG, "category")


def _coding(provision: Mapping[str, Any], place: str, name: str, system: str, kind: str) -> Said:
    coding, where = _one(provision, name, place)
    if coding.get("system") != system or not coding.get("code"):
        raise unfit("code-invalid", where, f"Name it by a code of {system}.")
    return Said(kind, coding["code"])


def _data(provision: Mapping[str, Any], place: str) -> Said:
    part, where = _one(provision, "data", place)
    only(part, {"meaning", "reference"}, where)
    reference, is_episode = part["reference"], part["meaning"] == "related"
    kind, target = named(reference)
    target = target or ids.read(_coded(reference, URI).removeprefix(UUID_URI))
    if target is None:
        raise unfit("value", f"{where}.reference", "Name what is closed as Type/id, as it is in the record.")
    if part["meaning"] not in {"instance", "related"} or (is_episode and kind != "Encounter"):
        sentence = "An Encounter is closed with what belongs to it (related), anything else alone (instance)."
        raise unfit("value", f"{where}.meaning", sentence)
    return Said("episode" if is_episode else "item", str(target), title=str(reference.get("display", "")))


_CLOSABLE: Mapping[str, Callable[[Mapping[str, Any], str], Said]] = {
    "actor": _actor,
    "securityLabel": _labelled,
    "class": _classed,
    "data": _data,
}
