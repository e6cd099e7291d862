"""Searches made from the real parameters, with values that fit and values that do not: an answer, soon, or what is wrong."""

from collections.abc import Mapping
from random import Random
from urllib.parse import quote

import pytest
from cast import Registered
from hypothesis import strategies as st

from fuzz.effort import Effort, efforts
from fuzz.watched import Watched
from wutong.record.definitions import r4
from wutong.record.definitions.search_parameters import Parameter
from wutong.record.searching.conditions import LATER, MODIFIERS
from wutong.record.searching.offered import offered
from wutong.record.searching.reading import CONTROLS
from wutong.record.searching.writing import PREFIXES

# Types of which there is something to find, more often than others.
_HELD = ("Observation", "Condition", "Encounter", "DocumentReference", "Patient", "Organization", "ImagingStudy")
_TEXTS = (
    "a", "final", "http://loinc.org|1-8", "|a", "a|", "|", "a|b|c", "a$b", "$", "a$b$c$d", "\\", "\\,", "a\\|b", ",", ",,a", "%", "_",
    "*", "true", "false", "2024", "2024-02-30", "0001-01-01", "9999-12-31T23:59:59-14:00", "2024-01-01T00:00:00+08:00", "1e999",
    "-1e-999", "5.4|http://unitsofmeasure.org|mg", "5.4||mg", "1" * 40, "1" * 41, "٣", "٢٠٢٤-٠١-٠١", "é́" * 100, "\U0001f600",
    "\u202e", "\x00", "\n", "a" * 2_000, "(a+)+$" * 30, "'; drop table x; --", "Patient/x", "#a", "urn:uuid:x", "//", "http://a/b|1.0",
)  # fmt: skip
# As no program writes them: halves of characters, broken escapes, what a form and an address disagree about.
_RAW = ("%ED%A0%80", "%FF", "%", "%zz", "%00", "%F4%90%80%80", "+", "%2B", "&", "&&", "=", ";", "%26", "#", "%c0%af")


def _value(parameter: Parameter | None, dice: Random, whom: Registered) -> str:
    ours = (f"Patient/{whom.patient_id}", str(whom.patient_id), f"http://127.0.0.1/fhir/Patient/{whom.patient_id}")
    one = dice.choice((*_TEXTS, *ours))
    if parameter and parameter.type in {"date", "number", "quantity"}:
        one = dice.choice(("", *PREFIXES)) + one
    if parameter and parameter.components:
        one = "$".join(dice.choice(_TEXTS) for _ in range(dice.choice((len(parameter.components), 1, 5))))
    return ",".join([one] * dice.choice((1, 1, 1, 2, 40, 600)))


def _asked(kind: str, dice: Random, whom: Registered, *, depth: int = 0) -> tuple[str, str]:
    """One parameter with its value, not escaped yet."""
    known = offered(kind)
    name = dice.choice((*known, *known, *CONTROLS, "nothing", ""))
    parameter = known.get(name)
    pointing = [each.name for each in known.values() if each.type == "reference"]
    match dice.randrange(6):
        case 0 if parameter:
            marks = (*MODIFIERS[parameter.type], *LATER, dice.choice(r4().resource_types()), "", "missing:missing")
            name += f":{dice.choice(marks)}"
        case 1 if pointing and depth < 2:
            along = dice.choice(pointing)
            target = dice.choice(known[along].targets or r4().resource_types())
            inner, value = _asked(target, dice, whom, depth=depth + 1)
            return f"{along}{dice.choice((f':{target}', ''))}.{inner}", value
        case 2 if depth < 2:
            other = dice.choice(_HELD)
            pointers = [each.name for each in offered(other).values() if each.type == "reference"]
            inner, value = _asked(other, dice, whom, depth=depth + 1)
            return f"_has:{other}:{dice.choice((*pointers, 'x'))}:{inner}", value
    if name in CONTROLS:
        return name, _control(name, kind, pointing, dice)
    return name, _value(parameter, dice, whom)


def _control(name: str, kind: str, pointing: list[str], dice: Random) -> str:
    match name:
        case "_sort":
            return ",".join(
                dice.choice(("", "-")) + dice.choice((*offered(kind), "x")) for _ in range(dice.choice((1, 1, 4, 9)))
            )
        case "_include":
            return f"{kind}:{dice.choice((*pointing, '*'))}"
        case "_revinclude":
            other = dice.choice(_HELD)
            return f"{other}:{dice.choice([each.name for each in offered(other).values() if each.type == 'reference'])}"
    usual = {
        "_count": ("0", "1", "500", "999999", "9" * 20, "²"),
        "_summary": ("true", "count", "text", "data"),
        "_total": ("none",),
    }
    return dice.choice((*usual.get(name, ()), *_TEXTS))


@efforts
def test_a_search_has_an_answer(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], effort: Effort
) -> None:
    def act(seed: int) -> None:
        dice = Random(seed)
        kind = dice.choice(_HELD if dice.randrange(3) else r4().resource_types())
        pairs = [_asked(kind, dice, whom) for _ in range(dice.choice((1, 2, 3, 10)))]
        if dice.randrange(2):
            pairs.append((dice.choice(("patient", "subject")), str(whom.patient_id)))
        query = "&".join(f"{quote(name, safe=':.')}={_written(value, dice)}" for name, value in pairs)
        headers = {"prefer": dice.choice(("handling=lenient", "handling=strict", "return=x"))}
        _send(server_apart, dice, kind, query, headers, dice.choice(list(tokens.values())))

    effort.spend(200, st.integers(0, 2**40), act)


def _written(value: str, dice: Random) -> str:
    return quote(value, safe="") + ("" if dice.randrange(8) else dice.choice(_RAW))


def _send(server: Watched, dice: Random, kind: str, query: str, headers: dict[str, str], token: str) -> None:
    if not dice.randrange(6):
        form = {"content-type": "application/x-www-form-urlencoded"}
        server.ask("POST", f"{kind}/_search", token=token, headers=headers | form, content=query)
    elif not dice.randrange(6):
        writing = {"if-none-exist": query[:20_000], "content-type": "application/fhir+json"}
        server.ask("POST", kind, token=token, headers=writing, content=b'{"resourceType": "%s"}' % kind.encode())
    elif not dice.randrange(6):
        server.ask("DELETE", f"{kind}?{query[:20_000]}&identifier=urn:nobody|{dice.randrange(10**9)}", token=token)
    else:
        server.ask("GET", f"{kind}?{query[:28_000]}", token=token, headers=headers)


_MANY = 200
_STORMS = {
    "chains": "Observation?" + "&".join(["derived-from:Observation.code=a"] * _MANY),
    "reverse chains": "Observation?" + "&".join(["_has:Observation:derived-from:code=a"] * 150),
    "chains of no type": "Observation?" + "&".join(["performer.identifier=a"] * _MANY),
    "patterns": "Observation?" + "&".join(["value-string:contains=%25_%25_%25_a"] * _MANY),
    "long patterns": "Observation?value-string:contains=" + "%25" * 2_000,
    "dates": "Observation?" + "&".join(["date=ne2024"] * _MANY),
    "amounts": "Observation?" + "&".join(["value-quantity=ap5.4"] * _MANY),
    "composites": "Observation?" + "&".join(["code-value-quantity=a$5.4"] * _MANY),
    "identity numbers": "Observation?identifier=" + ",".join("a" * 490),
    "inclusions": "Observation?" + "&".join(["_include=Observation:subject"] * 300),
    "back": "Encounter?" + "&".join(["_revinclude=Observation:encounter", "_revinclude=Condition:encounter"] * 4),
    "orders": "Observation?_sort=" + ",".join(["code", "-date"] * 2),
    "what is absent": "Observation?" + "&".join(["value-string:missing=false", "code:missing=false"] * 100),
    "names": "Observation?" + "&".join(f"a{number}=b" for number in range(2_000)),
}


@pytest.mark.parametrize("caller", ["system", "professional", "stranger"])
def test_a_storm_of_parameters_is_weathered(
    server_apart: Watched, whom: Registered, tokens: Mapping[str, str], caller: str
) -> None:
    for question in _STORMS.values():
        for about in ("", f"&patient={whom.patient_id}"):
            server_apart.ask("GET", question + about, token=tokens[caller])
