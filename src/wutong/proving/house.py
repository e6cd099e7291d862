"""Who works where in every world: made once, signed in, and copied with the database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from wutong.core import clock
from wutong.proving.browser import Browser
from wutong.proving.cluster import Cluster
from wutong.proving.platform import Platform
from wutong.proving.who import Caller, Provider

PASSWORD = "parasol tree in the rain 26"  # noqa: S105 - of invented people in a database that is thrown away
HA, HARBOUR, LAKE, HILL, PEAK, QUAY, OFFICE = "HA", "HARBOUR", "LAKE", "HILL", "PEAK", "QUAY", "OFFICE"
PROVIDERS = {
    each.code: each
    for each in (
        Provider(HA, "hospital-group", is_deemed=True),
        Provider(HARBOUR),
        Provider(LAKE),
        Provider(HILL, is_suspended=True),
        Provider(PEAK),
        Provider(QUAY),
        Provider(OFFICE, "office"),
    )
}
# Nobody who works there, and no system of theirs, ever asks: what they alone know is hidden from all who do.
UNSEEN = (PEAK, QUAY)
_ELSEWHERE = ((HA, "DOC"), (HA, "NUR"), (HA, "PHA"), (LAKE, "DOC"), (LAKE, "OPT"), (HILL, "DOC"))
_PROFESSIONS = ("DOC", "NUR", "PHA", "DEN", "MID", "OT", "PT", "OPT", "RAD", "MLT", "CMP", "DHY", "CHI")
_FAR = date(2099, 12, 31)


@dataclass
class House:
    """Everybody who works somewhere."""

    at: str  # when all of them signed in
    staff: list[Caller] = field(default_factory=list)
    systems: list[Caller] = field(default_factory=list)
    officers: list[Caller] = field(default_factory=list)
    provider_ids: dict[str, str] = field(default_factory=dict)


def build(cluster: Cluster, platform: Platform) -> House:
    """Made through the flows of the command line, signed in through the pages and the token door."""
    from wutong.control.flows.register_provider import register_provider

    _hash_lightly()
    house = House(clock.now().isoformat())
    for each in PROVIDERS.values():
        named = {"name_zh": each.code, "kind": each.kind, "is_deemed": each.is_deemed}
        house.provider_ids[each.code] = str(register_provider(each.code, f"Clinic {each.code}", **named))  # type: ignore[arg-type]
    house.systems = [_system(code) for code in PROVIDERS if code != OFFICE]
    places = [(HARBOUR, each) for each in _PROFESSIONS] + [*_ELSEWHERE, *((each, "DOC") for each in UNSEEN)]
    house.staff = [_professional(platform, place, profession) for place, profession in places]
    house.staff.append(_professional(platform, HARBOUR, "DOC", is_over=True))
    house.officers = [_officer(platform, place) for place in (HARBOUR, LAKE, OFFICE)]
    with cluster.connected() as connection:
        for code in (each.code for each in PROVIDERS.values() if each.is_suspended):  # as the office does
            connection.execute("update control.provider set state = 'suspended' where code = %s", [code])
    return house


def _hash_lightly() -> None:
    """Nobody attacks these passwords, and to keep them as the product does would be most of the time."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 1024


def _system(provider: str) -> Caller:
    from wutong.control.flows.create_account import create_client
    from wutong.control.flows.issue_token import issue_client_token

    client_id, secret = create_client(provider, f"system of {provider}", may_register_patients=True)
    token = issue_client_token(client_id, secret)
    return Caller(f"system of {provider}", "system", provider, bearer=f"Bearer {token}")


def _professional(platform: Platform, provider: str, profession: str, *, is_over: bool = False) -> Caller:
    from wutong.control.flows.create_account import NewProfessional, create_professional

    name = f"{profession}.{provider}{'.over' if is_over else ''}".lower()
    until = clock.today() - timedelta(days=1) if is_over else _FAR
    new = NewProfessional(name, f"Professional {name}", "李", provider, profession, f"R{name}", until)
    with clock.standing(clock.now() - timedelta(days=2)):
        made = create_professional(new, password=PASSWORD)
    found = Caller(name, "professional", provider, profession, is_over, seed=made.seed)
    return signed_in(platform, found, is_at_work=True)


def _officer(platform: Platform, provider: str) -> Caller:
    from wutong.control.flows.create_account import NewProfessional, create_professional

    name = f"officer.{provider}".lower()
    new = NewProfessional(
        name, f"Officer {name}", "葉", provider, None, "", _FAR, "privacy-officer", f"{name}@example.org"
    )
    made = create_professional(new, password=PASSWORD)
    return signed_in(platform, Caller(name, "officer", provider, seed=made.seed), is_at_work=False)


def signed_in(platform: Platform, who: Caller, *, is_at_work: bool) -> Caller:
    """With a session in the browser; and, of those who read records, one whose token goes to the record plane."""
    from dataclasses import replace

    from wutong.control.flows.issue_token import issue_session_token
    from wutong.control.flows.sign_in import begin, workplaces_of
    from wutong.control.people.queries.accounts import account_named

    browser = Browser(platform)
    browser.sign_in(who.name, PASSWORD, code_of(who.seed))
    account = account_named(who.name)
    if account is None:
        raise RuntimeError(f"{who.name} is not known")
    made = replace(who, account_id=str(account.account_id), cookies=browser.cookies)
    if who.kind == "officer":
        return made
    place = workplaces_of(account.account_id)[0].affiliation_id if is_at_work else None
    session_id = begin(account.account_id, place).session_id
    return replace(made, session_id=str(session_id), bearer=f"Bearer {issue_session_token(session_id)}")


def code_of(seed: str, ahead: int = 0) -> str:
    """What the code generator shows, so many steps ahead."""
    from wutong.control.people import one_time_code

    return one_time_code.code_at(seed, one_time_code.step_at(clock.now()) + ahead)


def ids_of(house: House, code: str) -> UUID:
    """A provider's id."""
    return UUID(house.provider_ids[code])


def unseen_doctors(house: House) -> Iterator[Caller]:
    """Those of providers that nobody asks from."""
    return (each for each in house.staff if each.provider in UNSEEN)
