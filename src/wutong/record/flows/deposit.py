"""The steps that every deposit shares: a resource becomes a row, a Patient becomes a source record of a person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from wutong.core import clock, ids, json_text
from wutong.core.categories import CATEGORY_TAG, DIRECTORY_TYPES, category_of
from wutong.core.closings import marks_of
from wutong.core.sealing import Sealer
from wutong.record.flows.changes import Link
from wutong.record.flows.problems import fault
from wutong.record.profiles import references
from wutong.record.searching.entries import MOST, MOST_KEYS, Entries, TooMany
from wutong.record.searching.extract import entries
from wutong.record.store import identity, index
from wutong.record.store.given import Row

PROVIDER_TAG = "urn:wutong:provider"
_SEX = {"male": "M", "female": "F"}
_LONGEST_NAME = 100  # as control.person has them


@dataclass(frozen=True)
class Deposit:
    """One resource on its way in: its content, its id, and the source record it belongs to (None: no patient).

    `links`: its references, where they have been looked for already.
    """

    place: str
    resource: dict[str, Any]
    resource_id: UUID
    patient_id: UUID | None
    links: Sequence[Link] | None = None

    @property
    def key(self) -> tuple[str, UUID]:
        """Type and id."""
        return self.resource["resourceType"], self.resource_id


def row_of(deposit: Deposit, *, version: int, provider_code: str, at: datetime, sealer: Sealer) -> Row:
    """The row to store: identity numbers taken out, id and meta set, category and entries for searches worked out.

    Raises Unacceptable.
    """
    resource = deposit.resource
    category = category_of(resource)
    tags = {PROVIDER_TAG: provider_code, CATEGORY_TAG: category}
    stamped = _stamped(resource, deposit.resource_id, version=version, tags=tags, at=at)
    found = _entries(stamped, deposit.place, sealer)
    found.tokens.update(marks_of(resource) if deposit.patient_id else ())
    as_sent = json_text.dump(stamped)
    taken: list[identity.SealedValue] = []
    # What concerns no patient goes back to its depositor as it was sent; to others store/read.py masks it.
    if deposit.patient_id is not None and identity.may_hold(as_sent) and any(identity.all_values(resource)):
        stamped = deepcopy(stamped)  # the deposit keeps its numbers: a second try needs them again
        taken = identity.take_out(stamped, sealer, resource_id=deposit.resource_id)
    return Row(
        patient_id=deposit.patient_id,
        resource_type=resource["resourceType"],
        resource_id=deposit.resource_id,
        version=version,
        category=category,
        clinical_at=index.clinical_at(resource),
        entries=found,
        body=json_text.dump(stamped) if taken else as_sent,
        as_sent=as_sent,
        identity=taken,
        names=tuple(_directory_rows(_references(resource) if deposit.links is None else _of_links(deposit.links))),
    )


def _entries(resource: dict[str, Any], place: str, sealer: Sealer) -> Entries:
    try:
        return entries(resource, lambda identifier: identity.token_suffixes(identifier, sealer))
    except TooMany:
        sentence = (
            f"A resource may have {MOST:,} values that a search can find it by, and {MOST_KEYS:,} identifiers. Store "
            f"the rest as another resource."
        )
        raise fault("too-costly", sentence, place=place, status=422) from None


def registration_of(deposit: Deposit, *, at: datetime) -> dict[str, Any]:
    """What the registering function needs to know of a new source record; raises Unacceptable."""
    made = {"link_id": str(ids.new()), "entry_id": str(ids.new()), "ehr_number": ids.ehr_number()}
    return particulars_of(deposit, at=at) | made


def particulars_of(deposit: Deposit, *, at: datetime) -> dict[str, Any]:
    """What a source record says of its person, as the index compares it; raises Unacceptable."""
    patient = deposit.resource
    born, precision = _birth(patient.get("birthDate"))
    return {
        "patient_id": str(deposit.resource_id),
        **_names(deposit),
        "birth_date": born.isoformat() if born else None,
        "birth_precision": precision,
        "sex": _SEX.get(patient.get("gender", ""), "U"),
        "at": at.isoformat(),
    }


def documents_of(patient: dict[str, Any], sealer: Sealer) -> list[dict[str, str]]:
    """The identity documents of a Patient, each once, as the index keeps them."""
    documents = {identity.trace(value, sealer): value for value, _ in identity.values(patient)}
    return [
        {
            "kind": value.kind,
            "trace": trace.hex(),
            "sealed": sealer.seal(value.number, context=f"identity_document/{value.kind}").hex(),
            "masked": identity.masked(value),
        }
        for trace, value in documents.items()
    ]


def directory_rows_named(resource: dict[str, Any]) -> Iterator[tuple[str, UUID]]:
    """The rows of a directory that a resource refers to, by type and id."""
    return _directory_rows(_references(resource))


def _references(resource: dict[str, Any]) -> Iterable[str]:
    return (text for _, element, text in references(resource) if element == "reference")


def _of_links(links: Sequence[Link]) -> Iterable[str]:
    return (link.holder[link.name] for link in links if link.name == "reference")


def _directory_rows(texts: Iterable[str]) -> Iterator[tuple[str, UUID]]:
    for text in texts:
        kind, _, rest = text.partition("/")
        if kind in DIRECTORY_TYPES:
            resource_id = ids.read(rest.partition("/_history/")[0])
            if resource_id is not None:
                yield kind, resource_id


def _stamped(
    resource: dict[str, Any], resource_id: UUID, *, version: int, tags: Mapping[str, str | None], at: datetime
) -> dict[str, Any]:
    meta = dict(resource.get("meta") or {})
    kept = [tag for tag in meta.get("tag") or [] if tag.get("system") not in tags]
    ours = [{"system": system, "code": code} for system, code in tags.items() if code]
    meta["versionId"] = str(version)
    meta["lastUpdated"] = clock.written(at)
    meta["tag"] = [*kept, *ours]
    head = {"resourceType": resource["resourceType"], "id": str(resource_id), "meta": meta}
    return head | {name: value for name, value in resource.items() if name not in head}


def _names(deposit: Deposit) -> dict[str, str]:
    name = _best_name(deposit.resource)
    names = {
        "family_name": name.get("family") or name.get("text") or "",
        "given_name": " ".join(filter(None, name.get("given") or [])),  # null: there is only an extension beside it
        "name_zh": _chinese_name(deposit.resource),
    }
    if any(len(text) > _LONGEST_NAME for text in names.values()):
        sentence = f"The register keeps names of up to {_LONGEST_NAME} characters. Shorten the official name."
        raise fault("too-long", sentence, place=f"{deposit.place}.name", status=422)
    return names


def _best_name(patient: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in patient.get("name") or [] if not _is_chinese(name.get("text", ""))]
    official = [name for name in names if name.get("use") == "official"]
    return next(iter([*official, *names]), {})


def _chinese_name(patient: dict[str, Any]) -> str:
    texts = [name.get("text", "") for name in patient.get("name") or []]
    return next((text for text in texts if _is_chinese(text)), "")


def _is_chinese(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" or character >= "\U00020000" for character in text)


def _birth(text: str | None) -> tuple[date | None, str]:
    if not text:
        return None, "D"
    parts = [int(part) for part in text.split("-")]
    return date(parts[0], *[*parts[1:], 1, 1][:2]), "YMD"[len(parts) - 1]
