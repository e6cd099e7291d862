"""Uploads the district through the FHIR door, as the providers' own systems do."""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from threading import Lock
from typing import Any

import httpx

from wutong.core.answers import Problem
from wutong.district.packed import shipped
from wutong.district.records import District, Resource, Upload

CONNECTIONS = 3
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIMEOUT = httpx.Timeout(10, read=120)

Names = dict[str, str]  # urn inside a bundle: Type/id on the server


class NotLoaded(Problem):
    """A bundle was refused; what was uploaded before it stays."""


@dataclass(frozen=True)
class Progress:
    """How far an upload has come."""

    resources: int
    of: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.resources:,} of {self.of:,} resources, {self.seconds:.0f} s"


@dataclass(frozen=True)
class Counts:
    """What one call uploaded; `registers`: what the server calls each provider's places and staff, by provider code."""

    people: int
    bundles: int
    resources: int
    seconds: float
    registers: Mapping[str, Names]


def load(
    base_url: str,
    tokens: Mapping[str, str],
    progress: Callable[[Progress], None],
    district: District | None = None,
    *,
    registers: Mapping[str, Names] | None = None,
    connections: int = CONNECTIONS,
) -> Counts:
    """Upload the bundles of the providers in `tokens` (provider code: bearer token) to `base_url` (".../fhir").

    A provider at a time, in the order of `tokens`; its register first, unless `registers` (an earlier call's) has it
    already, then several people at once, the bundles of each in order. Nothing is tried twice. Raises NotLoaded with
    the server's own words.
    """
    whole, there = district or shipped(), dict(registers or {})
    wanted = [each for each in whole.uploads if each.provider_code in tokens]
    wanted = [each for each in wanted if each.person_key or each.provider_code not in there]
    with httpx.Client(base_url=base_url.rstrip("/"), timeout=_TIMEOUT, trust_env=False) as client:
        run = _Run(client, whole, progress, of=sum(each.size for each in wanted))
        for code, token in tokens.items():
            own = [each for each in wanted if each.provider_code == code]
            there[code] = there.get(code) or run.in_order([each for each in own if not each.person_key], token, {})
            run.people([each for each in own if each.person_key], token, there[code], connections)
    people = {each.person_key for each in wanted if each.person_key}
    return Counts(len(people), len(wanted), run.resources, run.seconds, there)


@dataclass
class _Run:
    """One call of `load`."""

    client: httpx.Client
    district: District
    progress: Callable[[Progress], None]
    of: int
    resources: int = 0
    started: float = field(default_factory=time.monotonic)
    _lock: Any = field(default_factory=Lock)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def people(self, uploads: Sequence[Upload], token: str, register: Names, connections: int) -> None:
        own = sorted(uploads, key=lambda each: (each.person_key, each.number))
        people = [list(group) for _, group in groupby(own, key=lambda each: each.person_key)]
        with ThreadPoolExecutor(connections) as pool:
            running = [pool.submit(self.in_order, each, token, register) for each in people]
            try:
                for each in running:
                    each.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def in_order(self, uploads: Sequence[Upload], token: str, names: Mapping[str, str]) -> Names:
        known = dict(names)
        for upload in uploads:
            known |= self._send(upload, token, known)
            self._advance(upload.size)
        return known

    def _send(self, upload: Upload, token: str, known: Mapping[str, str]) -> Names:
        text = _URN.sub(lambda urn: known.get(urn[0], urn[0]), json.dumps(upload.bundle, ensure_ascii=False))
        headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"}
        try:
            answer = self.client.post("", content=text.encode(), headers=headers)
        except httpx.HTTPError as error:
            raise NotLoaded(f"{self._title(upload)} did not get through: {error or type(error).__name__}.") from error
        if answer.status_code != httpx.codes.OK:
            raise NotLoaded(f"{self._title(upload)} was refused ({answer.status_code}): {_reasons(answer)}")
        return _locations(upload.bundle, answer.json())

    def _advance(self, resources: int) -> None:
        with self._lock:
            self.resources += resources
            self.progress(Progress(self.resources, self.of, self.seconds))

    def _title(self, upload: Upload) -> str:
        if not upload.person_key:
            return f"The register of {upload.provider_code}"
        person = self.district.person(upload.person_key)
        return f"Bundle {upload.number} of {person.spoken_name}, uploaded by {upload.provider_code},"


def _locations(sent: Resource, answered: Resource) -> Names:
    """What each entry is called from now on: its urn, and Type/id."""
    locations = [entry["response"]["location"].partition("/_history")[0] for entry in answered["entry"]]
    return dict(zip((entry["fullUrl"] for entry in sent["entry"]), locations, strict=True))


def _reasons(answer: httpx.Response) -> str:
    try:
        issues = answer.json()["issue"]
        return " ".join(f"{' '.join(each.get('expression', []))} {_words(each)}".strip() for each in issues[:5])
    except (ValueError, KeyError, TypeError, AttributeError):
        return answer.text[:500]


def _words(issue: Resource) -> str:
    said = [issue.get("details", {}).get("text"), issue.get("diagnostics")]
    return " ".join(text for text in said if text) or str(issue.get("code", ""))
