"""What was asked, of all that is declared: an interaction or a page that was never asked is no proof."""

import json
from collections import Counter

from wutong.proving.asking import Asked
from wutong.proving.platform import Platform
from wutong.proving.questions.question import Question

# Never asked, and why not.
LEFT_OUT = {
    "sign-out/": "ends the session of whoever asks; it shows nothing of anybody",
    "language/": "takes a form of the switch, and shows nothing",
    "oauth/token": "gives a system its token, or does not; it reads no record",
}


class Capability:
    """What the plane offers, as its CapabilityStatement says, and the pages, as they declare themselves."""

    def __init__(self, platform: Platform) -> None:
        from wutong.control.project.rules import rules

        statement = json.loads(platform.ask("GET", "/fhir/metadata").body)
        self.interactions: set[str] = set()
        self.parameters: dict[str, list[tuple[str, str]]] = {}
        for rest in statement["rest"]:
            self._add(rest)
            for resource in rest.get("resource", []):
                self._add(resource)
                named = resource.get("searchParam", [])
                self.parameters[resource["type"]] = [(each["name"], each["type"]) for each in named]
        self.routes = tuple(each for each in rules() if each not in LEFT_OUT)

    def _add(self, part: dict[str, list[dict[str, str]]]) -> None:
        self.interactions |= {each["code"] for each in part.get("interaction", [])}
        self.interactions |= {each["name"].removeprefix("$") for each in part.get("operation", [])}


class Coverage:
    """Counts."""

    def __init__(self) -> None:
        self.interactions: Counter[str] = Counter()
        self.pages: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.requests = 0

    def add(self, question: Question, asked: Asked) -> None:
        """One question's."""
        from django.urls import Resolver404, resolve

        self.requests += len(asked.answers)
        self.statuses.update(each.status for each in asked.answers)
        if question.interaction:
            self.interactions[question.interaction] += 1
        for path in asked.paths:
            try:
                self.pages[resolve(path.partition("?")[0]).route] += 1
            except Resolver404:
                continue

    def missing(self, capability: Capability) -> list[str]:
        """What is declared, was never asked, and is not left out with a reason."""
        return sorted(capability.interactions - set(self.interactions)) + [
            f"/{each}" for each in capability.routes if each not in self.pages
        ]
