"""The district as it is shipped: `manifest.json` says who, `bundles.ndjson.gz` has one upload a line, in order."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from wutong.district import staff
from wutong.district.records import Consent, District, Person, Relation, Upload

MANIFEST, BUNDLES = "manifest.json", "bundles.ndjson.gz"


@cache
def shipped() -> District:
    """The district that comes with the package: about half a second to read, once."""
    folder = files("wutong.district") / "data"
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    lines = gzip.decompress((folder / BUNDLES).read_bytes()).decode().splitlines()
    return District(
        people=tuple(_person(each) for each in manifest["people"]),
        uploads=tuple(Upload(**json.loads(line)) for line in lines),
        relations=tuple(Relation(**each) for each in manifest["relations"]),
        consents=tuple(Consent(**each) for each in manifest["consents"]),
        providers=staff.PROVIDERS,
        professionals=staff.PROFESSIONALS,
        groups=staff.GROUPS,
    )


def pack(district: District, about: dict[str, Any], folder: Path) -> None:
    """Write the district to `folder`; the same district gives the same bytes. `about`: where it comes from."""
    manifest = {
        "about": about,
        "people": [_plain(person) for person in district.people],
        "relations": [asdict(each) for each in district.relations],
        "consents": [asdict(each) for each in district.consents],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / BUNDLES).write_bytes(gzip.compress(_lines(district.uploads), compresslevel=9, mtime=0))


def _lines(uploads: Iterable[Upload]) -> bytes:
    texts = (json.dumps(asdict(each), ensure_ascii=False, separators=(",", ":")) for each in uploads)
    return "".join(f"{text}\n" for text in texts).encode()


def _plain(person: Person) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in asdict(person).items()}


def _person(plain: dict[str, Any]) -> Person:
    dates = {name: date.fromisoformat(plain[name]) for name in ("birth_date", "records_from") if plain[name]}
    return Person(**(plain | dates))
