"""Fills a fresh demo with the invented district, once; makes more people when asked."""

from dataclasses import replace

from wutong import district
from wutong.commands import ending
from wutong.commands.folder import Folder, Loaded
from wutong.commands.loader import PASSWORD, Loader, progress
from wutong.control.flows import create_account as accounts
from wutong.control.flows.create_account import NewProfessional
from wutong.control.flows.manage_group import create_group, join_group
from wutong.control.flows.register_provider import register_provider
from wutong.control.people.queries.accounts import listed_accounts
from wutong.control.people.queries.persons import find_by_hkid
from wutong.core import clock, hkid
from wutong.district import District

_BATCH = 8  # so many at a time: what an interruption can break off


def load_once(place: Folder, *, people: int) -> str:
    """Load what is not in, up to `people` more than are shipped; the sign-in names for the `ready` line."""
    loaded = place.loaded() or _load_shipped(place)
    if loaded.more_people < people:
        _add_people(place, loaded, people)
    return f"{_sign_in_names()} (password {PASSWORD}; code: .venv/bin/wutong otp <name>)"


def _sign_in_names() -> str:
    """Those who treat, those who are patients, and the rest."""
    groups: dict[str, list[str]] = {"clinicians": [], "patients": [], "offices": []}
    for each in listed_accounts():
        is_clinician = any(place.role == "clinician" for place in each.workplaces)
        kind = "patients" if each.is_patient else "clinicians" if is_clinician else "offices"
        groups[kind].append(each.sign_in_name)
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in groups.items() if names)


def _load_shipped(place: Folder) -> Loaded:
    whole = district.with_fresh_stay(district.shipped(), clock.today())
    _register_providers(whole)
    _create_professionals(place, whole)
    loader = Loader(place, {})
    loader.load(whole)
    loaded = Loaded(loader.registers)
    place.keep_loaded(loaded)
    return loaded


def _add_people(place: Folder, loaded: Loaded, people: int) -> None:
    """A batch that was broken off is not taken up again: other people come in its place."""
    loader = Loader(place, loaded.registers)
    while (missing := people - loaded.more_people) > 0:
        loaded = replace(loaded, batches=loaded.batches + 1)
        place.keep_loaded(loaded)
        made = _make_batch(min(missing, _BATCH), loaded)
        loader.load(made)
        loaded = replace(loaded, registers=loader.registers, more_people=loaded.more_people + len(made.people))
        place.keep_loaded(loaded)
        for person in made.people:
            ending.announce(f"  {person.spoken_name}, {hkid.bracketed(person.hkid)}, born {person.birth_date}")


def _make_batch(count: int, loaded: Loaded) -> District:
    def say(made: int) -> None:
        progress(f"making more people: {loaded.more_people + made}", ends=made == count)

    progress(f"making more people: {loaded.more_people}")
    return district.make_more(count, seed=loaded.batches, taken=_Registered(), progress=say)


class _Registered:
    """Every identity number that somebody has already."""

    def __contains__(self, number: object) -> bool:
        return find_by_hkid(str(number)) is not None


def _register_providers(whole: District) -> None:
    for each in whole.providers:
        register_provider(each.code, each.name_en, name_zh=each.name_zh, kind=each.kind, is_deemed=each.is_deemed)
    for group in whole.groups:
        create_group(group.code, group.name_en, name_zh=group.name_zh, kind=group.kind)
        for member in group.members:
            join_group(group.code, member)


def _create_professionals(place: Folder, whole: District) -> None:
    for each in whole.professionals:
        new = NewProfessional(
            sign_in_name=each.sign_in_name,
            display_name=each.name_en,
            name_zh=each.name_zh,
            provider_code=each.provider_code,
            profession=each.profession if each.registered_until else None,
            registration_number=each.registration_number,
            registered_until=each.registered_until or clock.today(),
            role=each.role,
            email=each.email,
        )
        place.keep_seed(each.sign_in_name, accounts.create_professional(new, password=PASSWORD).seed)
