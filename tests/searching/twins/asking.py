"""Whatever somebody may ask of a twin world: made up, by the seed of a random number."""

import json
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from searching import made_up
from searching.twins.filling import Person, World
from searching.twins.rows import CARDS, PASSPORT, PASSPORTS

Pairs = list[tuple[str, str]]
# What is asked of types of which nobody makes up rows with every element; of each some that find and some that do not.
_OF_TYPE: dict[str, Pairs] = {
    "Condition": [("code", "1-8"), ("code:missing", "true"), ("recorded-date", "2023-12-31"), ("code:not", "2-6")],
    "AllergyIntolerance": [("clinical-status", "active"), ("code", "final"), ("code:missing", "false")],
    "MedicationRequest": [
        ("status", "active"),
        ("code", "urn:a|1-8"),
        ("authoredon", "2024-01-01"),
        ("intent", "order"),
    ],
    "Procedure": [("status", "completed"), ("date", "2023"), ("code", "2-6")],
    "ServiceRequest": [("status", "active"), ("intent", "order"), ("code", "x y")],
    "Immunization": [("status", "completed"), ("date", "2024")],
    "Encounter": [("status", "finished"), ("class", "AMB"), ("date:missing", "true"), ("status:not", "planned")],
    "Patient": [("family", "chan"), ("name:contains", "ta"), ("gender", "female"), ("birthdate", "1960-01-01")],
    "Practitioner": [("name", "doctor"), ("family:exact", "Doctor A"), ("name:contains", "world")],
    "Goal": [("lifecycle-status", "active")],
    "Flag": [("identifier", "x"), ("date:missing", "true")],
}
_OF_ANY = [
    ("clinical-date:missing", "true"),
    ("_tag", "urn:wutong:category|OBS"),
    ("_id:not", "x"),
    ("_profile", "urn:x"),
]
_ENCOUNTER_CHAINS = [
    ("encounter.class", "AMB"),
    ("encounter.status", "arrived"),
    ("encounter:Encounter.status", "finished"),
]
_CHAINS = [
    *_ENCOUNTER_CHAINS,
    ("patient.family", "CHAN"),
    ("subject:Patient.gender", "female"),
    ("performer.name", "doc"),
]
_WRONG = [
    ("colour", "red"), ("date", "yesterday"), ("_sort", "colour"), ("_count", "many"), ("_include", "Observation:x"),
    ("_total", "some"), ("_summary", "all"), ("_page", "stolen"), ("encounter.class.x", "1"), ("_has:Observation", "1"),
    ("value-quantity", "x"), ("_elements", "colour"), ("identifier:of-type", "PPN"), ("_format", "xml"),
]  # fmt: skip
_ORDERS = ["-date", "date", "-_lastUpdated", "_lastUpdated", "-clinical-date", "_id"]
_ORDERS_OF_OBSERVATIONS = ["code", "-status", "value-quantity", "-value-string", "category,_lastUpdated"]
_EVERYTHING = [
    "Observation,Encounter,Practitioner",
    "Observation",
    "Practitioner,Goal",
    "Patient",
    "Condition,Immunization",
]


@dataclass(frozen=True)
class Asked:
    """One request; `body`: a form, of a search by POST, or (where the path is empty) a batch."""

    caller: str
    path: str
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def asked(dice: Random, world: World) -> Asked:
    """Somebody asks something."""
    caller = dice.choice([*world.tokens, *_OFTEN]) if dice.randrange(30) else "nobody"
    made = dice.choice(_KINDS)(dice, world, caller)
    return _wrong(dice, made) if made.path and not dice.randrange(25) else made


def whose(dice: Random, world: World, caller: str) -> Person:
    """Mostly the one whose record the caller has open."""
    is_other = caller not in world.people or not dice.randrange(12)
    return dice.choice(list(world.people.values())) if is_other else world.people[caller]


def _search(dice: Random, world: World, caller: str) -> Asked:
    kind = dice.choice(["Observation"] * 6 + ["Encounter"] * 3 + ["Patient"] * 3 + [*_OF_TYPE, "RiskAssessment"])
    pairs = [_question(dice, kind) for _ in range(dice.choice([0, 0, 0, 1, 1, 2]))]
    pairs += _related(dice, kind)
    if kind != "Practitioner" and (caller in world.people or dice.randrange(2)):
        pairs.append((_patient_name(dice, kind), _patient(dice, whose(dice, world, caller))))
    if not dice.randrange(8) and kind in world.ids:
        pairs.append(("_id", ",".join(dice.sample(world.ids[kind], min(3, len(world.ids[kind]))))))
    return _sent(dice, caller, kind, [*pairs, *_shaped(dice, kind)])


def _patient_name(dice: Random, kind: str) -> str:
    return "_id" if kind == "Patient" and not dice.randrange(3) else "patient"


def _patient(dice: Random, who: Person) -> str:
    written = dice.choice([who.person, who.person, who.ha, who.peak])
    return written if dice.randrange(3) else f"Patient/{written}"


def _question(dice: Random, kind: str) -> tuple[str, str]:
    if kind in {"Observation", "RiskAssessment"}:
        return made_up.question(dice, kind)
    if not dice.randrange(8):
        return dice.choice(_OF_ANY)
    if not dice.randrange(8):
        return "_lastUpdated", dice.choice(["ge2020", "lt2020", "ne2020"])
    return dice.choice(_OF_TYPE[kind])


def _related(dice: Random, kind: str) -> Pairs:
    """Chains, what points at the hits, and what comes along."""
    if kind == "Observation":
        return _some(dice, 5, _CHAINS) + _some(dice, 4, [("_include", f"Observation:{n}") for n in _INCLUDED])
    if kind not in {"Patient", "Encounter"}:
        return []
    name = "encounter" if kind == "Encounter" else dice.choice(["patient", "subject", "performer"])
    about, text = made_up.question(dice, "Observation")
    has = [(f"_has:Observation:{name}:{about}", text), (f"_has:Observation:{name}:status", "final,amended")]
    pointing = [("_revinclude", f"Observation:{name}")]
    if kind == "Patient":
        has += [("_has:Immunization:patient:status", "completed"), ("_has:Encounter:patient:status", "arrived")]
        has += [("_has:Goal:patient:lifecycle-status", "active")]
        pointing += [("_revinclude", f"{each}:patient") for each in ("Immunization", "Encounter", "Goal")]
        return _some(dice, 2, has) + _some(dice, 2, pointing)
    pointing += [("_revinclude", "Condition:encounter")]
    return _some(dice, 2, has) + _some(dice, 2, pointing) + _some(dice, 4, [("_include", "Encounter:patient")])


_INCLUDED = ("encounter", "performer", "patient", "derived-from")


def _some(dice: Random, seldom: int, pairs: Pairs) -> Pairs:
    return [] if dice.randrange(seldom) else [dice.choice(pairs)]


def _shaped(dice: Random, kind: str) -> Pairs:
    orders = _ORDERS + (_ORDERS_OF_OBSERVATIONS if kind == "Observation" else [])
    orders += ["name", "-birthdate"] if kind == "Patient" else []
    made = [("_count", dice.choice(["1", "3", "10", "500", "0"]))]
    made += [("_sort", dice.choice(orders))] if dice.randrange(3) else []
    made += _some(dice, 5, [("_total", each) for each in ("none", "accurate", "estimate")])
    shapes = [("_summary", each) for each in ("true", "text", "data", "count")] + [("_elements", "status,subject,name")]
    return made + _some(dice, 6, shapes) + _some(dice, 12, [("_pretty", "true")])


def _sent(dice: Random, caller: str, kind: str, pairs: Pairs) -> Asked:
    headers = {"prefer": dice.choice(["handling=lenient", "handling=strict"])} if not dice.randrange(5) else {}
    if dice.randrange(4):
        return Asked(caller, f"{kind}?{urlencode(pairs)}", headers=headers)
    return Asked(caller, f"{kind}/_search", "POST", urlencode(pairs), headers)


def _about_numbers(dice: Random, world: World, caller: str) -> Asked:
    """By numbers of which the caller sees no more than the mask."""
    card, passport, who = dice.choice(CARDS), dice.choice(PASSPORTS), whose(dice, world, caller)
    kind, name, text = dice.choice(
        [
            ("Observation", "identifier", f"urn:wutong:hkid|{card}"),
            ("Observation", "identifier", card),
            ("Observation", "identifier:not", passport),
            ("Observation", "identifier", f"urn:passports|{passport},x"),
            ("Observation", "identifier:of-type", f"{PASSPORT['coding'][0]['system']}|PPN|{passport}"),
            ("Observation", "performer:identifier", card),
            ("Encounter", "_has:Observation:encounter:identifier", passport),
            ("Patient", "_has:Observation:patient:identifier", card),
            ("Patient", "identifier", who.hkid),
        ]
    )
    pairs = [(name, text), ("patient", who.person)] if caller in world.people or dice.randrange(2) else [(name, text)]
    return _sent(dice, caller, kind, [*pairs, *_shaped(dice, kind)])


def _everything(dice: Random, world: World, caller: str) -> Asked:
    made: Pairs = [("_count", dice.choice(["1", "5", "10", "500"]))]
    made += _some(dice, 2, [("_type", each) for each in _EVERYTHING])
    made += _some(dice, 3, [("start", "2020"), ("end", "2023-12-31"), ("_since", world.begin.replace("+00:00", "Z"))])
    return Asked(caller, f"Patient/{_bare(dice, world, caller)}/$everything?{urlencode(made)}")


def _bare(dice: Random, world: World, caller: str) -> str:
    who = whose(dice, world, caller)
    return dice.choice([who.person, who.ha, who.peak])


def _read(dice: Random, world: World, caller: str) -> Asked:
    """What is there for the caller, or is not, or is in one world alone."""
    path = _row(dice, world, caller)
    version = dice.choice(["", "", "", "/_history/1", "/_history/2", "/_history/3"])
    headers = dice.choice([{}, {}, {"if-none-match": 'W/"1"'}, {"if-modified-since": "Sat, 31 Jan 2026 00:00:00 GMT"}])
    shape = dice.choice(["", "", "?_summary=true", "?_elements=identifier", "?_pretty=true"])
    return Asked(caller, f"{path}{version}{shape}", dice.choice(["GET", "GET", "GET", "HEAD"]), headers=headers)


def _row(dice: Random, world: World, caller: str) -> str:
    if not dice.randrange(6):
        return f"Patient/{_bare(dice, world, caller)}{dice.choice(['', '', '/$access', '/$inventory'])}"
    if dice.randrange(3):
        who = whose(dice, world, caller)
        named = [f"Observation/{who.changing}", f"Encounter/{who.birth}", f"Observation/{dice.choice(who.numbered)}"]
        return dice.choice([*named, *dice.sample(who.seen, 4)])
    kind = dice.choice(sorted(world.ids))
    return f"{kind}/{dice.choice(world.ids[kind])}"


def _versions(dice: Random, world: World, caller: str) -> Asked:
    pairs = _some(dice, 1, [("_count", each) for each in ("1", "3", "20", "500")])
    pairs += _some(dice, 4, [("_since", world.at(each).isoformat().replace("+00:00", "Z")) for each in (0, 2.5, 7)])
    if dice.randrange(2):
        return Asked(caller, f"{_row(dice, world, caller).partition('/$')[0]}/_history?{urlencode(pairs)}")
    kind = dice.choice(["Observation", "Observation", "Encounter", *sorted(world.ids)])
    if caller in world.people or dice.randrange(2):
        pairs.append(("patient", _patient(dice, whose(dice, world, caller))))
    return Asked(caller, f"{kind}/_history?{urlencode(pairs)}")


def _batch(dice: Random, world: World, caller: str) -> Asked:
    """Several at once: each is answered as if it came alone."""
    every = [dice.choice(_ALONE)(dice, world, caller) for _ in range(3)]
    entries = [{"request": {"method": "GET", "url": each.path}} for each in every if each.method == "GET"]
    return Asked(caller, "", "POST", json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}))


def _wrong(dice: Random, made: Asked) -> Asked:
    joined = "&" if "?" in made.path else "?"
    return Asked(
        made.caller, f"{made.path}{joined}{urlencode([dice.choice(_WRONG)])}", made.method, made.body, made.headers
    )


_OFTEN = ("OT", "OPT", "PHA", "DOC", "NUR", "HA")
_ALONE = [_search] * 11 + [_about_numbers] + [_everything] * 2 + [_read] * 4 + [_versions] * 2
_KINDS = [*_ALONE, _batch]
