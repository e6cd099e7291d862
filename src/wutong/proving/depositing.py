"""Uploads, by the door, as providers' systems do."""

import json
from dataclasses import dataclass

from wutong.proving.platform import Platform, Told
from wutong.proving.who import Json

_JSON = {"content-type": "application/fhir+json"}


@dataclass(frozen=True)
class Depositor:
    """`systems`: provider -> the header that its system comes with."""

    platform: Platform
    systems: dict[str, str]

    def stored(self, provider: str, contents: list[Json]) -> list[str]:
        """All of them, or it raises; the ids that they were given."""
        if not contents:
            return []
        entries = [{"resource": each, "request": {"method": "POST", "url": each["resourceType"]}} for each in contents]
        told = self._sent(provider, "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
        return [each["response"]["location"].split("/")[1] for each in json.loads(told.body)["entry"]]

    def changed(self, provider: str, row_id: str, content: Json) -> None:
        """A new version of one of its own."""
        self._sent(provider, "PUT", f"{content['resourceType']}/{row_id}", content | {"id": row_id})

    def deleted(self, provider: str, address: str) -> None:
        """One of its own."""
        self._sent(provider, "DELETE", address, None)

    def _sent(self, provider: str, method: str, path: str, content: Json | None) -> Told:
        headers = _JSON | {"authorization": self.systems[provider]}
        body = json.dumps(content).encode() if content else b""
        told = self.platform.ask(method, f"/fhir/{path}", headers=headers, body=body)
        if told.status >= 300:
            raise RuntimeError(f"{provider} could not deposit ({told.status}): {told.body.decode()}")
        return told
