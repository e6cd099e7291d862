"""What is offered: one table, from which both the routes and the CapabilityStatement are made."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from starlette.routing import Route

from wutong.core.access import Act
from wutong.core.events import Event
from wutong.record.fhir.callers import Door, known_caller
from wutong.record.fhir.create import create
from wutong.record.fhir.delete import delete, delete_found
from wutong.record.fhir.history import history, type_history
from wutong.record.fhir.inventory import inventory
from wutong.record.fhir.negotiation import negotiated
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
    """One door: what FHIR calls it, and where it stands. `act`, `event`: whom to ask first, where it has a body."""

    level: Level
    codes: tuple[str, ...]
    method: str
    path: str
    door: Door
    asked_first: tuple[Act, Event] | None = None


_UPLOAD = Act.WRITE, Event.RECORD_WRITE
_SYSTEM, _TYPE, _OPERATION, _CONDITIONAL, _EVERYWHERE = Level
TABLE = (
    Interaction(_SYSTEM, ("transaction", "batch"), "POST", "/", transaction, _UPLOAD),
    Interaction(_EVERYWHERE, ("validate",), "POST", "/$validate", validate, _UPLOAD),
    Interaction(_EVERYWHERE, ("validate",), "POST", "/{type}/$validate", validate, _UPLOAD),
    Interaction(_OPERATION, ("open",), "POST", "/Patient/{id}/$open", open_patient, (Act.OPEN, Event.RECORD_OPEN)),
    Interaction(_OPERATION, ("access",), "GET", "/Patient/{id}/$access", access),
    Interaction(_OPERATION, ("inventory",), "GET", "/Patient/{id}/$inventory", inventory),
    Interaction(_TYPE, ("search-type",), "POST", "/{type}/_search", search, (Act.READ, Event.RECORD_SEARCH)),
    Interaction(_TYPE, ("vread",), "GET", "/{type}/{id}/_history/{version}", vread),
    Interaction(_TYPE, ("history-instance",), "GET", "/{type}/{id}/_history", history),
    Interaction(_TYPE, ("history-type",), "GET", "/{type}/_history", type_history),
    Interaction(_TYPE, ("read",), "GET", "/{type}/{id}", read),
    Interaction(_TYPE, ("update",), "PUT", "/{type}/{id}", update, _UPLOAD),
    Interaction(_TYPE, ("patch",), "PATCH", "/{type}/{id}", patch, _UPLOAD),
    Interaction(_TYPE, ("delete",), "DELETE", "/{type}/{id}", delete, _UPLOAD),
    Interaction(_TYPE, ("search-type",), "GET", "/{type}", search),
    Interaction(_TYPE, ("create",), "POST", "/{type}", create, _UPLOAD),
    Interaction(_CONDITIONAL, ("update",), "PUT", "/{type}", update_found, _UPLOAD),
    Interaction(_CONDITIONAL, ("patch",), "PATCH", "/{type}", patch_found, _UPLOAD),
    Interaction(_CONDITIONAL, ("delete",), "DELETE", "/{type}", delete_found, _UPLOAD),
)


def routes() -> Iterator[Route]:
    """The doors at their addresses."""
    for each in TABLE:
        door = known_caller(each.door, *each.asked_first) if each.asked_first else each.door
        yield Route(each.path, negotiated(door), methods=[each.method])


def codes(level: Level) -> list[str]:
    """What is offered at a level, each once."""
    return list(dict.fromkeys(code for each in TABLE if each.level is level for code in each.codes))
