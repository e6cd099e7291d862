"""Makes more invented people than the package ships, with Synthea's help."""

from collections.abc import Callable, Container, Iterator
from datetime import date
from itertools import count as count_up
from random import Random

from wutong.core import clock, hkid
from wutong.district import names, places, register, staff, synthea
from wutong.district.dress import NotDressed
from wutong.district.packed import shipped
from wutong.district.records import Consent, District, Person, Resource, Upload
from wutong.district.tailor import Tailored, tailored

MOST_OF_ONE = 480
_AGES = "0-95"
_BATCH = 8


def make_more(
    count: int,
    seed: int,
    *,
    taken: Container[str] = (),
    progress: Callable[[int], None] | None = None,
) -> District:
    """`count` more people, none with an identity number of the shipped district or one `in taken`.

    The same arguments on the same day give the same people. `progress` hears how many are made. Half of them have
    given the clinic a consent. Raises synthea.NoGenerator with a sentence where Synthea is not installed.
    """
    chance = Random(seed)  # noqa: S311 - invented people, not secrets
    used = {person.hkid for person in shipped().people}
    today = clock.today()
    made: list[Tailored] = []
    consents: list[Consent] = []
    for bundle in _bundles(seed, today, count):
        allows_clinic = chance.choice([True, False])
        number = _free_number(chance, used, taken)
        person = _stranger(chance, bundle, number, key=f"more-{seed}-{len(made) + 1:05}")
        try:
            one = tailored(bundle, person, allows_clinic=allows_clinic, most=MOST_OF_ONE, today=today)
        except NotDressed:  # a name of Synthea's that is also a word of the record: somebody else then
            continue
        used.add(number)
        made.append(one)
        consents += [Consent(person.key, staff.HARBOUR, "indefinite")] if allows_clinic else []
        if progress:
            progress(len(made))
        if len(made) == count:
            break
    uploads = [upload for one in made for upload in one.uploads]
    people = tuple(one.person for one in made)
    return District(people, (*registers(), *uploads), (), tuple(consents), staff.PROVIDERS, staff.PROFESSIONALS)


def registers() -> tuple[Upload, ...]:
    """The providers' own registers, which go before any person's record."""
    return tuple(
        Upload(code, "", 0, {"resourceType": "Bundle", "type": "transaction", "entry": register.entries(code)})
        for code in staff.SITES
    )


def invented_number(chance: Random, *, lowest: int, highest: int) -> str:
    """An identity number of an invented person: QX, and a right check digit."""
    body = f"QX{chance.randint(lowest, highest):06}"
    return body + hkid.check_digit(body)


def _bundles(seed: int, today: date, wanted: int) -> Iterator[Resource]:
    """Living people without end."""
    for batch in count_up(1):
        yield from synthea.generate(seed=seed * 10_000 + batch, ages=_AGES, today=today, count=min(wanted, _BATCH))


def _stranger(chance: Random, bundle: Resource, number: str, key: str) -> Person:
    """Somebody of the right sex."""
    patient = next(each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == "Patient")
    sex = "F" if patient["gender"] == "female" else "M"
    family, given, name_zh = names.draw(chance, sex)
    district = chance.choice(list(places.DISTRICTS))
    return Person(
        key=key,
        family_name=family,
        given_name=given,
        name_zh=name_zh,
        hkid=number,
        birth_date=date.fromisoformat(patient["birthDate"]),
        sex=sex,
        district=district,
        address=places.in_one_line(places.address(chance), district),
        phone=places.phone(chance),
        email=places.email(key),
        language=chance.choice(["zh-HK", "zh-HK", "zh-HK", "en"]),
        channel=chance.choice(["email", "sms", "post"]),
    )


def _free_number(chance: Random, used: Container[str], taken: Container[str]) -> str:
    while (found := invented_number(chance, lowest=200_000, highest=999_999)) in used or found in taken:
        pass
    return found
