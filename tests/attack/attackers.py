"""Who may not see the hidden record, each for one reason; most of them might, a moment ago."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

import groups
import psycopg
from cast import HA, Cast, Somebody

from attack.hidden import Hidden, Links, hidden, links_for
from wutong.control.audit.append import HOST
from wutong.control.consent.models import ClosingVersion
from wutong.control.flows import create_account as accounts
from wutong.control.flows.issue_token import issue_client_token, issue_session_token
from wutong.control.flows.sign_in import begin, workplaces_of
from wutong.control.flows.sign_out import sign_out
from wutong.control.people.actions import providers
from wutong.control.people.actions.accounts import end_affiliation
from wutong.control.people.queries.providers import provider_with_code
from wutong.core import clock, ids
from wutong.core.access import Act
from wutong.core.answers import Reason

_ALL = tuple(Act)
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Attacker:
    """`authorization`: the header, made anew for each test since a session's token lives for five minutes.

    `reasons`: why each act is refused; an act that is not named is allowed, and no attack. `caller_id`: as the trail
    names them, None for a stranger. `closed`: the data categories that this one may not see, None: all.
    """

    name: str
    about: Hidden
    authorization: Callable[[], str]
    reasons: Mapping[Act, Reason]
    caller_id: UUID | None = None
    links: Links = field(default_factory=Links)
    closed: frozenset[str] | None = None
    sees_own: bool = False  # a system: what it finds are its own deposits, which are none

    @property
    def is_stranger(self) -> bool:
        """Whether nobody knows who this is."""
        return self.caller_id is None


@dataclass
class Workplaces:
    """Makes providers and people for the attackers."""

    cast: Cast
    superuser: psycopg.Connection

    def provider(self) -> str:
        """A clinic that nobody else's test knows."""
        code = f"ATTACK{secrets.token_hex(4)}".upper()
        providers.register_provider(actor=HOST, code=code, name_en=f"Clinic {code}", name_zh="", kind="clinic")
        return code

    def session(self, who: Somebody) -> UUID:
        """A session at the only workplace; in one's own portal where there is none."""
        places = workplaces_of(who.account_id)
        return begin(who.account_id, places[0].affiliation_id if places else None).session_id

    def doctor(self, about: Hidden, provider: str, *, ago: timedelta = timedelta(), profession: str = "DOC") -> "Seat":
        """Somebody who opened the record so long ago, where the provider is allowed to."""
        who = self.cast.professional(profession, provider)
        with clock.travel(-ago):
            seat = Seat(who, self.session(who))
            assert self.cast.open(issue_session_token(seat.session_id), about.who.person_id).status_code == 200
        return seat

    def suspend(self, provider: str) -> None:
        """As the office does."""
        self.superuser.execute("update control.provider set state = 'suspended' where code = %s", [provider])

    def system(self, provider: str) -> tuple[UUID, str]:
        """A system client's id, and its token for an hour."""
        client_id, secret = accounts.create_client(provider, "attack", may_register_patients=False)
        token = issue_client_token(client_id, secret)
        assert token
        return client_id, token


@dataclass(frozen=True)
class Seat:
    """Somebody in a session."""

    who: Somebody
    session_id: UUID

    def bearer(self) -> str:
        """The header, with a fresh token."""
        return f"Bearer {issue_session_token(self.session_id)}"


def attackers(cast: Cast, superuser: psycopg.Connection) -> list[Attacker]:
    """All of them."""
    places, about = Workplaces(cast, superuser), hidden(cast)
    return [
        *_strangers(places, about),
        *_systems(places, about),
        *_professionals(places, about),
        *_by_role(places, about),
        *_people(places, about),
    ]


def _every(reason: Reason) -> dict[Act, Reason]:
    return dict.fromkeys(_ALL, reason)


def _strangers(places: Workplaces, about: Hidden) -> list[Attacker]:
    cast = places.cast
    over = cast.client_token(HA)
    places.superuser.execute(
        "update control.access_token set expires_at = now() where token_hash = sha256(%s)", [over.encode()]
    )
    headers = {
        "no token": "",
        "empty token": "Bearer ",
        "garbled token": f"Bearer {cast.ha[:-1]}{'A' if cast.ha[-1] != 'A' else 'B'}",
        "not as a bearer": f"Basic {cast.ha}",
        "expired token": f"Bearer {over}",
        "signed out": _signed_out(places, about),
        "affiliation ended": _left_the_clinic(places, about),
        "account closed": _account_closed(places, about),
        "client ended": _client_ended(places),
        "an officer": Seat(officer := cast.officer(), places.session(officer)).bearer(),
        "a name for a token": f"Bearer {about.who.person_id}",
    }
    return [
        Attacker(name, about, (lambda header=header: header), _every(Reason.NO_TOKEN))  # type: ignore[misc]
        for name, header in headers.items()
    ]


def _allowed(places: Workplaces, about: Hidden, *, ago: timedelta = timedelta()) -> str:
    with clock.travel(-ago):
        places.cast.allow(about.who, provider := places.provider())
    return provider


def _signed_out(places: Workplaces, about: Hidden) -> str:
    seat = places.doctor(about, _allowed(places, about))
    header = seat.bearer()
    sign_out(seat.who.account_id, seat.session_id)
    return header


def _left_the_clinic(places: Workplaces, about: Hidden) -> str:
    seat = places.doctor(about, _allowed(places, about))
    [place] = workplaces_of(seat.who.account_id)
    end_affiliation(actor=HOST, affiliation_id=place.affiliation_id)
    return seat.bearer()


def _account_closed(places: Workplaces, about: Hidden) -> str:
    seat = places.doctor(about, _allowed(places, about))
    places.superuser.execute(
        "update control.account set is_active = false where account_id = %s", [seat.who.account_id]
    )
    return seat.bearer()


def _client_ended(places: Workplaces) -> str:
    client_id, token = places.system(HA)
    places.superuser.execute("update control.system_client set ended_at = now() where client_id = %s", [client_id])
    return f"Bearer {token}"


def _systems(places: Workplaces, about: Hidden) -> list[Attacker]:
    no_rule = dict.fromkeys((Act.OPEN, Act.ACCESS, Act.COUNT), Reason.NO_RULE)
    not_its_own = {**no_rule, Act.READ: Reason.NOT_YOUR_DEPOSIT}

    def system(name: str, provider: str, reasons: Mapping[Act, Reason], *, sees_own: bool = True) -> Attacker:
        client_id, token = places.system(provider)
        return Attacker(name, about, lambda: f"Bearer {token}", reasons, client_id, sees_own=sees_own)

    withdrawn = _allowed(places, about)
    places.cast.withdraw(about.who, withdrawn)
    suspended = _allowed(places, about)
    made = system("suspended provider's system", suspended, _every(Reason.PROVIDER_NOT_ACTIVE), sees_own=False)
    places.suspend(suspended)
    return [
        made,
        system("another provider's system", places.provider(), {**not_its_own, Act.WRITE: Reason.NO_CONSENT}),
        system("system after withdrawal", withdrawn, {**not_its_own, Act.WRITE: Reason.CONSENT_ENDED}),
    ]


def _professionals(places: Workplaces, about: Hidden) -> list[Attacker]:
    makers: dict[str, tuple[Callable[[Workplaces, Hidden], tuple[Seat, Links]], Reason]] = {
        "no consent": (_no_consent, Reason.NO_CONSENT),
        "consent withdrawn": (_withdrawn, Reason.CONSENT_ENDED),
        "consent over": (_consent_over, Reason.CONSENT_ENDED),
        "wider consent withdrawn": (_wider_withdrawn, Reason.CONSENT_ENDED),
        "taken out of a wider consent": (_taken_out, Reason.CONSENT_ENDED),
        "left what was allowed": (_left, Reason.NO_CONSENT),
        "not opened": (_not_opened, Reason.NOT_OPENED),
        "look over": (_look_over, Reason.NOT_OPENED),
        "consent given anew": (_given_anew, Reason.NOT_OPENED),
        "registration over": (_registration_over, Reason.REGISTRATION_ENDED),
        "signed in too weakly": (_too_weakly, Reason.SIGN_IN_TOO_WEAK),
        "closed to the provider": (_closed_to_provider, Reason.WITHHELD),
        "closed to the professional": (_closed_to_professional, Reason.WITHHELD),
        "provider suspended": (_suspended, Reason.PROVIDER_NOT_ACTIVE),
    }
    found = []
    for name, (maker, reason) in makers.items():
        seat, links = maker(places, about)
        found.append(_professional(name, about, seat, reason, links=links))
    gone = hidden(places.cast)
    seat = places.doctor(gone, _allowed(places, gone))
    links = links_for(places.cast, issue_session_token(seat.session_id), gone)
    places.superuser.execute("update control.person set state = 'suspended' where person_id = %s", [gone.who.person_id])
    found.append(_professional("person not active", gone, seat, Reason.PERSON_NOT_ACTIVE, links=links))
    gone = hidden(places.cast)
    seat = places.doctor(gone, _allowed(places, gone))
    links = links_for(places.cast, issue_session_token(seat.session_id), gone)
    places.cast.leave(gone.who)
    return [*found, _professional("person left", gone, seat, Reason.PERSON_NOT_ACTIVE, links=links)]


def _professional(name: str, about: Hidden, seat: Seat, reason: Reason, **more: object) -> Attacker:
    reasons = {Act.WRITE: Reason.NO_RULE, Act.COUNT: Reason.NO_RULE, Act.READ: reason}
    if reason in {Reason.PROVIDER_NOT_ACTIVE, Reason.SIGN_IN_TOO_WEAK}:
        reasons = _every(reason)
    elif reason not in {Reason.NOT_OPENED, Reason.CATEGORY_CLOSED}:
        reasons |= {Act.OPEN: reason, Act.ACCESS: reason}
    return Attacker(name, about, seat.bearer, reasons, seat.who.account_id, **more)  # type: ignore[arg-type]


def _opened(places: Workplaces, about: Hidden, provider: str) -> tuple[Seat, Links]:
    seat = places.doctor(about, provider)
    return seat, links_for(places.cast, issue_session_token(seat.session_id), about)


def _no_consent(places: Workplaces, _: Hidden) -> tuple[Seat, Links]:
    who = places.cast.professional("DOC", places.provider())
    return Seat(who, places.session(who)), Links()


def _withdrawn(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    made = _opened(places, about, provider := _allowed(places, about))
    places.cast.withdraw(about.who, provider)
    return made


def _given_anew(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    made = _opened(places, about, provider := _allowed(places, about))
    places.cast.withdraw(about.who, provider)
    places.cast.allow(about.who, provider)
    return made


def _consent_over(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    return places.doctor(about, _allowed(places, about, ago=400 * _DAY), ago=40 * _DAY), Links()


def _in_programme(places: Workplaces, about: Hidden) -> tuple[groups.Group, str]:
    programme = groups.make("programme", provider := places.provider())
    programme.allow(about.who)
    return programme, provider


def _wider_withdrawn(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    programme, provider = _in_programme(places, about)
    made = _opened(places, about, provider)
    programme.withdraw(about.who)
    return made


def _taken_out(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    _, provider = _in_programme(places, about)
    made = _opened(places, about, provider)
    places.cast.withdraw(about.who, provider)
    return made


def _left(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    programme, provider = _in_programme(places, about)
    made = _opened(places, about, provider)
    programme.leave(provider)
    return made


def _not_opened(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    who = places.cast.professional("DOC", _allowed(places, about))
    return Seat(who, places.session(who)), Links()


def _look_over(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    return places.doctor(about, _allowed(places, about, ago=_DAY), ago=31 * _MINUTE), Links()


def _registration_over(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    seat, links = _opened(places, about, _allowed(places, about))
    places.superuser.execute(
        "update control.professional set registered_until = %s where account_id = %s",
        [clock.today() - _DAY, seat.who.account_id],
    )
    return seat, links


def _too_weakly(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    seat, links = _opened(places, about, _allowed(places, about))
    places.superuser.execute(
        "update control.sign_in_session set level = 'pwd' where session_id = %s", [seat.session_id]
    )
    return seat, links


def _closed_to_provider(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    made = _opened(places, about, code := _allowed(places, about))
    provider = provider_with_code(code)
    assert provider
    _close(about, "provider", str(provider.provider_id))
    return made


def _closed_to_professional(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    made = _opened(places, about, _allowed(places, about))
    _close(about, "professional", str(made[0].who.account_id))
    return made


def _close(about: Hidden, kind: str, value: str) -> None:
    person_id = about.who.person_id
    ClosingVersion.objects.create(
        person_id=person_id,
        kind=kind,
        value=value,
        version=1,
        is_closed=True,
        stated_at=clock.now(),
        stated_by=ids.new(),
    )


def _suspended(places: Workplaces, about: Hidden) -> tuple[Seat, Links]:
    made = _opened(places, about, provider := _allowed(places, about))
    places.suspend(provider)
    return made


def _by_role(places: Workplaces, about: Hidden) -> list[Attacker]:
    """Somebody with an open look, to whom some categories are closed: by their role, or by the person."""
    found = []
    for name, code, reason in (
        ("role closes", "-", Reason.CATEGORY_CLOSED),
        ("role restricts", "R", Reason.CATEGORY_RESTRICTED),
    ):
        profession, closed = _most(places.superuser, code)
        seat = places.doctor(about, _allowed(places, about), profession=profession)
        made = _professional(name, about, seat, Reason.CATEGORY_CLOSED, closed=closed)
        found.append(replace(made, reasons={**made.reasons, Act.READ: reason}))
    kept = hidden(places.cast)
    withheld = frozenset(row.category for row in kept.rows if row.is_alone and row.category != "PID")
    seat = places.doctor(kept, _allowed(places, kept))
    for category in sorted(withheld):
        _close(kept, "category", category)
    made = _professional("person closes", kept, seat, Reason.CATEGORY_CLOSED, closed=withheld)
    return [*found, replace(made, reasons={**made.reasons, Act.READ: Reason.CATEGORY_WITHHELD})]


def _most(superuser: psycopg.Connection, code: str) -> tuple[str, frozenset[str]]:
    """The profession with most categories of that access today; these categories."""
    query = """
    select profession, array_agg(category)
      from (select distinct on (profession, category) profession, category, access from gate.role_v1
             where valid_from <= %s order by profession, category, valid_from desc, version desc) as today
     where access = %s group by profession order by count(*) desc, profession limit 1
    """
    today: date = clock.today()
    [(profession, categories)] = superuser.execute(query, [today, code]).fetchall()
    return str(profession), frozenset(categories)


def _people(places: Workplaces, about: Hidden) -> list[Attacker]:
    cast = places.cast

    def person(name: str, who: Somebody, **allowed: bool) -> Attacker:
        seat = Seat(who, places.session(who))
        reasons = {act: reason for act, reason in _every(Reason.NO_RULE).items() if act.name not in allowed}
        return Attacker(name, about, seat.bearer, reasons, who.account_id)

    acting = {name: cast.register() for name in ("carer", "former parent", "parent of an adult")}
    cast.appoint(about.who, acting["carer"], "carer")
    cast.appoint(about.who, acting["former parent"])
    cast.dismiss(about.who, acting["former parent"])
    cast.appoint(about.who, acting["parent of an adult"])
    return [
        person("the person, for more than to read", cast.patient_account(about.who), COUNT=True, READ=True),
        person("another person", cast.patient_account(cast.register())),
        *(person(name, cast.patient_account(who)) for name, who in acting.items()),
    ]
