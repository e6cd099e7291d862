"""Searches: parameters of every kind that the CapabilityStatement offers, chains, inclusions, order, totals, pages."""

from urllib.parse import urlencode

from wutong.proving.questions.question import About, Pairs, Question
from wutong.proving.rows import CARDS, CODES, DAYS, NUMBERS, PASSPORT, PASSPORTS, SYSTEMS, TEXTS

_OFTEN = ("Observation",) * 6 + ("Encounter", "DiagnosticReport", "Condition", "Patient", "Practitioner") * 2
_SORTS = ["-date", "date", "-_lastUpdated", "_lastUpdated", "-clinical-date", "_id", "-code", "status"]
_SHAPES: Pairs = [("_summary", each) for each in ("true", "text", "data", "count")] + [("_elements", "status,code")]
_TOTALS: Pairs = [("_total", each) for each in ("none", "accurate", "estimate")]
_PREFIXES = ["", "", "ge", "lt", "ne", "sa", "eb"]
_LINKS = {  # what names what among the rows, by a parameter
    "Observation": [("encounter", "Encounter"), ("subject", "Patient"), ("performer", "Practitioner")],
    "DiagnosticReport": [("encounter", "Encounter"), ("subject", "Patient"), ("performer", "Practitioner")],
    "Condition": [("encounter", "Encounter"), ("subject", "Patient")],
    "Procedure": [("encounter", "Encounter"), ("subject", "Patient")],
    "MedicationRequest": [("encounter", "Encounter"), ("subject", "Patient")],
    "ServiceRequest": [("encounter", "Encounter"), ("subject", "Patient")],
    "Encounter": [("patient", "Patient")],
    "Immunization": [("patient", "Patient")],
    "Goal": [("patient", "Patient")],
}
_OF_TARGET = {"Encounter": ["status", "class"], "Patient": ["family", "gender"], "Practitioner": ["family", "name"]}


def search(about: About) -> Question:
    """By GET, or by POST with a form; mostly of one patient."""
    caller = about.caller()
    kind = about.dice.choice([*_OFTEN, *(row.kind for row in about.world.rows[:40]), _any_kind(about)])
    pairs = [_asked(about, kind) for _ in range(about.dice.choice([0, 0, 1, 1, 2]))] + _along(about, kind)
    if kind not in {"Practitioner", "Organization"} and (caller.kind != "system" or about.chance(2)):
        pairs.append(("_id" if kind == "Patient" else "patient", about.patient_id(about.person())))
    pairs += _shaped(about)
    headers = {"prefer": f"handling={about.dice.choice(['lenient', 'strict'])}"} if about.chance(5) else {}
    query = urlencode(pairs)
    if about.chance(4):
        headers["content-type"] = "application/x-www-form-urlencoded"
        return Question(caller, "POST", f"/fhir/{kind}/_search", "search-type", headers, query)
    return Question(caller, about.dice.choice(["GET"] * 9 + ["HEAD"]), f"/fhir/{kind}?{query}", "search-type", headers)


def by_number(about: About) -> Question:
    """By numbers of which nobody but the depositor sees more than the mask."""
    card, passport = about.dice.choice(CARDS), about.dice.choice(PASSPORTS)
    kind, name, text = about.dice.choice(
        [
            ("Observation", "identifier", f"urn:wutong:hkid|{card}"),
            ("Observation", "identifier", about.dice.choice([card, passport])),
            ("Observation", "identifier:not", passport),
            ("Observation", "identifier:of-type", f"{PASSPORT['coding'][0]['system']}|PPN|{passport}"),
            ("Observation", "performer:identifier", card),
            ("Patient", "_has:Observation:patient:identifier", card),
            ("Patient", "identifier", about.person().hkid),
        ]
    )
    whose = ("_id" if kind == "Patient" else "patient", about.patient_id(about.person()))
    return Question(about.caller(), "GET", f"/fhir/{kind}?{urlencode([(name, text), whose])}", "search-type")


def _any_kind(about: About) -> str:
    return about.dice.choice(sorted(about.parameters))


def _asked(about: About, kind: str) -> tuple[str, str]:
    name, sort = about.dice.choice(about.parameters.get(kind) or [("_id", "token")])
    if about.chance(10):
        return f"{name}:missing", about.dice.choice(["true", "false"])
    return _named(about, name, sort), _value(about, name, sort)


def _named(about: About, name: str, sort: str) -> str:
    more = {"token": [":not", ":of-type"], "string": [":exact", ":contains"]}.get(sort, [])
    return name + about.dice.choice(more) if more and about.chance(4) else name


def _value(about: About, name: str, sort: str) -> str:
    dice = about.dice
    match sort:
        case "token" if name == "identifier" and about.chance(2):
            return dice.choice([f"urn:wutong:hkid|{dice.choice(CARDS)}", dice.choice(PASSPORTS), about.person().hkid])
        case "token":
            plain = dice.choice([*CODES, "final", "active", "finished", "completed", "vital-signs", "laboratory"])
            return dice.choice([plain, f"{dice.choice(SYSTEMS)}|{plain}", f"{plain},{dice.choice(CODES)}"])
        case "date":
            return dice.choice(_PREFIXES) + dice.choice(DAYS)
        case "number" | "quantity":
            return dice.choice(_PREFIXES) + str(dice.choice(NUMBERS))
        case "reference":
            return about.address()
        case "composite":
            return f"{dice.choice(CODES)}${dice.choice(NUMBERS)}"
    return dice.choice(TEXTS)[: dice.randint(1, 9)].replace(",", "\\,")


def _along(about: About, kind: str) -> Pairs:
    """Chains, what points at the hits, what comes along."""
    pairs: Pairs = []
    for name, target in _LINKS.get(kind, []):
        if about.chance(8):
            of_target = about.dice.choice(_OF_TARGET[target])
            pairs.append(
                (f"{name}:{target}.{of_target}", about.dice.choice(["CHAN", "female", "AMB", "finished", "doc"]))
            )
        if about.chance(6):
            pairs.append(("_include", f"{kind}:{name}"))
    for pointing, links in _LINKS.items():
        for name, target in links:
            if target == kind and about.chance(12):
                asked, value = _asked(about, pointing)
                pairs.append((f"_has:{pointing}:{name}:{asked}", value))
            if target == kind and about.chance(8):
                pairs.append(("_revinclude", f"{pointing}:{name}"))
    return pairs


def _shaped(about: About) -> Pairs:
    pairs: Pairs = [("_count", about.dice.choice(["1", "3", "10", "500", "0"]))]
    pairs += [("_sort", about.dice.choice(_SORTS))] if about.chance(2) else []
    pairs += [about.dice.choice(_TOTALS)] if about.chance(4) else []
    pairs += [about.dice.choice(_SHAPES)] if about.chance(6) else []
    pairs += [("_lastUpdated", about.dice.choice(["ge2020", "lt2020"]))] if about.chance(12) else []
    return pairs + ([("_pretty", "true")] if about.chance(20) else [])
