"""What is offered: one table, from which both the doors' addresses and the CapabilityStatement are made."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from wutong.core.access import Act
from wutong.core.events import Event
from wutong.record.fhir.callers import Door, Rule
from wutong.record.fhir.create import create
from wutong.record.fhir.delete import delete, delete_found
from wutong.record.fhir.doors import Place
from wutong.record.fhir.everything import everything
from wutong.record.fhir.history import history, type_history
from wutong.record.fhir.inventory import inventory
from wutong.record.fhir.open import access, open_patient
from wutong.record.fhir.patch import patch, patch_found
from wutong.record.fhir.read import read, vread
from wutong.record.fhir.search import search
from wutong.record.fhir.transaction import transaction
from wutong.record.fhir.update import update, update_found
from wutong.record.fhir.validate import validate


class Level(StrEnum):
    """Where the statement names it."""

    SYSTEM = "system"
    TYPE = "type"
    OPERATION = "operation"  # of a Patient
    CONDITIONAL = "conditional"  # said with the interaction that it varies
    EVERYWHERE = "everywhere"  # an operation of the system and of each type


@dataclass(frozen=True)
class Interaction:
    """One door: what FHIR calls it, where it stands, and who may come; without a `rule` the plane does not start."""

    level: Level
    codes: tuple[str, ...]
    method: str
    path: str
    door: Door
    rule: Rule | None = None


_READ, _ACCESS, _COUNT = Rule(Act.READ), Rule(Act.ACCESS), Rule(Act.COUNT)
_UPLOAD = Rule(Act.WRITE, Event.RECORD_WRITE)
_OPEN, _EVERYTHING = Rule(Act.OPEN, Event.RECORD_OPEN), Rule(Act.READ, Event.RECORD_EVERYTHING)
_SEARCH = Rule(Act.READ, Event.RECORD_SEARCH)
# The content alone is looked at; what an entry of a bundle asks for is asked by the rule of its own door.
_ANY_CALLER = Rule(event=Event.RECORD_WRITE)
_SYSTEM, _TYPE, _OPERATION, _CONDITIONAL, _EVERYWHERE = Level
TABLE = (
    Interaction(_SYSTEM, ("transaction", "batch"), "POST", "/", transaction, _ANY_CALLER),
    Interaction(_EVERYWHERE, ("validate",), "POST", "/$validate", validate, _ANY_CALLER),
    Interaction(_EVERYWHERE, ("validate",), "POST", "/{type}/$validate", validate, _ANY_CALLER),
    Interaction(_EVERYWHERE, ("validate",), "POST", "/{type}/{id}/$validate", validate, _ANY_CALLER),
    Interaction(_OPERATION, ("open",), "POST", "/Patient/{id}/$open", open_patient, _OPEN),
    Interaction(_OPERATION, ("access",), "GET", "/Patient/{id}/$access", access, _ACCESS),
    Interaction(_OPERATION, ("inventory",), "GET", "/Patient/{id}/$inventory", inventory, _COUNT),
    Interaction(_OPERATION, ("everything",), "GET", "/Patient/{id}/$everything", everything, _READ),
    Interaction(_OPERATION, ("everything",), "POST", "/Patient/{id}/$everything", everything, _EVERYTHING),
    Interaction(_TYPE, ("search-type",), "POST", "/{type}/_search", search, _SEARCH),
    Interaction(_TYPE, ("vread",), "GET", "/{type}/{id}/_history/{version}", vread, _READ),
    Interaction(_TYPE, ("history-instance",), "GET", "/{type}/{id}/_history", history, _READ),
    Interaction(_TYPE, ("history-type",), "GET", "/{type}/_history", type_history, _READ),
    Interaction(_TYPE, ("read",), "GET", "/{type}/{id}", read, _READ),
    Interaction(_TYPE, ("update",), "PUT", "/{type}/{id}", update, _UPLOAD),
    Interaction(_TYPE, ("patch",), "PATCH", "/{type}/{id}", patch, _UPLOAD),
    Interaction(_TYPE, ("delete",), "DELETE", "/{type}/{id}", delete, _UPLOAD),
    Interaction(_TYPE, ("search-type",), "GET", "/{type}", search, _READ),
    Interaction(_TYPE, ("create",), "POST", "/{type}", create, _UPLOAD),
    Interaction(_CONDITIONAL, ("update",), "PUT", "/{type}", update_found, _UPLOAD),
    Interaction(_CONDITIONAL, ("patch",), "PATCH", "/{type}", patch_found, _UPLOAD),
    Interaction(_CONDITIONAL, ("delete",), "DELETE", "/{type}", delete_found, _UPLOAD),
)


def places() -> Iterator[Place]:
    """The doors at their addresses."""
    for each in TABLE:
        yield each.method, each.path, each.door, each.rule


def codes(level: Level) -> list[str]:
    """What is offered at a level, each once."""
    return list(dict.fromkeys(code for each in TABLE if each.level is level for code in each.codes))
