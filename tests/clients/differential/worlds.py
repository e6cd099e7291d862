"""One population in both servers, and what each finds of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cast import Cast

from clients import javascript
from clients.differential import population as people
from wutong.control.audit.append import HOST
from wutong.control.people.actions import providers

Json = dict[str, Any]
_PROVIDER = "DIFFER"


@dataclass
class Ours:
    """This server, asked as the system that deposited the population, which finds nothing else."""

    cast: Cast
    token: str
    ids: Mapping[str, str]

    def found(self, path: str) -> list[str]:
        """The keys of what a question finds, in order, from all its pages."""
        return [key for page in self.pages(path) for key in page]

    def pages(self, path: str) -> Iterator[list[str]]:
        """The same, page by page."""
        path, keys = _translated(path, self.ids), {value: key for key, value in self.ids.items()}
        while path:
            answer = self.cast.fhir(self.token, "GET", path)
            assert answer.status_code == 200, (path, answer.text)
            bundle = answer.json()
            yield [keys[entry["resource"]["id"]] for entry in bundle.get("entry", [])]
            links = {each["relation"]: each["url"] for each in bundle["link"]}
            path = links.get("next", "").partition("/fhir/")[2]


def ours(cast: Cast, resources: Mapping[str, Json]) -> Ours:
    """Bring the population by one transaction of a provider of its own."""
    providers.register_provider(
        actor=HOST, code=_PROVIDER, name_en="Twin", name_zh="", kind="hospital-group", is_deemed=True
    )
    token = cast.client_token(_PROVIDER, may_register=True)
    answer = cast.fhir(token, "POST", "", json=people.bundle(resources))
    assert answer.status_code == 200, answer.text
    places = [entry["response"]["location"].split("/")[1] for entry in answer.json()["entry"]]
    return Ours(cast, token, dict(zip(map(_bare, resources), places, strict=True)))


def theirs(resources: Mapping[str, Json], paths: list[str]) -> list[list[str]]:
    """The keys of what Medplum's server in memory finds of each question."""
    given = {
        "bundle": people.bundle(resources),
        "keys": [_bare(key) for key in resources],
        "pattern": people.KEY.pattern,
        "questions": paths,
    }
    told = javascript.run("memory_router.mjs", given)
    keys = {value: key for key, value in told["ids"].items()}
    return [[keys[each] for each in answer] for answer in told["answers"]]


def _bare(key: str) -> str:
    return key.partition("/")[2]


def _translated(path: str, ids: Mapping[str, str]) -> str:
    return re.sub(people.KEY, lambda match: ids[match[0]], path)
