"""Expressions of the specification, and of the definitions, give what they say. Source: HL7 FHIRPath N1."""

from typing import Any

import pytest

from record.fhirpath.asking import PATIENT, ask
from wutong.core.json_text import Number
from wutong.record.fhirpath import CannotCompile, CannotEvaluate
from wutong.record.fhirpath import compile as compiled

RIGHT: list[tuple[str, list[Any]]] = [
    # Paths
    ("Patient.name.given", ["Peter", "James", "Jim", "Peter", None]),
    ("name.given", ["Peter", "James", "Jim", "Peter", None]),
    ("Resource.id", ["p1"]),
    ("Observation.status", []),
    ("deceased", [False]),
    ("name[1].given", ["Jim"]),
    ("name[7]", []),
    ("name.`given`[0]", ["Peter"]),
    ("birthDate.extension.value", ["1974-12-25T14:35:45-05:00"]),
    ("birthDate.extension('http://example.org/time').value is dateTime", [True]),
    ("gender.exists()", [True]),
    ("gender.hasValue()", [False]),
    ("gender.extension.value", ["masked"]),
    ("name.given.last().id", ["a"]),
    # Existence
    ("{}.empty()", [True]),
    ("name.empty()", [False]),
    ("name.exists(use = 'usual')", [True]),
    ("name.exists(use = 'old')", [False]),
    ("name.all(given.exists())", [True]),
    ("name.all(family.exists())", [False]),
    ("{}.all(false)", [True]),
    ("name.count()", [3]),
    ("photo.count()", [0]),
    ("name.given.hasValue()", [False]),
    ("active.hasValue()", [True]),
    # Filtering, projection
    ("name.where(use = 'official').given", ["Peter", "James"]),
    ("name.where($index = 1).given", ["Jim"]),
    ("name.where(given.where($index < 9).exists() and $index = 1).given", ["Jim"]),
    ("name.select(given.first() & ' ' & family)", ["Peter Chalmers", "Jim ", "Peter Windsor"]),
    ("name.first().given.select($this.length())", [5, 5]),
    ("contained.ofType(Organization).name", ["Clinic"]),
    ("contained.ofType(Patient)", []),
    ("repeat(contained).id", ["o"]),
    # Subsetting, combining
    ("name.given.first()", ["Peter"]),
    ("name.given.take(2).last()", ["James"]),
    ("name.tail().use", ["usual", "maiden"]),
    ("name.skip(2).use", ["maiden"]),
    ("name.take(-1)", []),
    ("name.skip(-1).count()", [3]),
    ("(1 | 2 | 1.0 | 3)", [1, 2, 3]),
    ("(1 | 2).combine(2 | 3)", [1, 2, 2, 3]),
    ("(1 | 2).union(2 | 3)", [1, 2, 3]),
    ("(1 | 2 | 3).intersect(2 | 3 | 4)", [2, 3]),
    ("(1 | 2 | 3).exclude(2)", [1, 3]),
    ("(1).combine(1).distinct()", [1]),
    ("(1).combine(1).isDistinct()", [False]),
    ("name.use.isDistinct()", [True]),
    ("id.single()", ["p1"]),
    # Types
    ("deceased is boolean", [True]),
    ("deceased is Boolean", [True]),
    ("deceased is System.Boolean", [True]),
    ("deceased is dateTime", [False]),
    ("deceased as dateTime", []),
    ("id is string", [True]),
    ("$this is FHIR.DomainResource", [True]),
    ("is(Patient)", [True]),
    ("contained[0] is Organization", [True]),
    ("managingOrganization.resolve() is Organization", [True]),
    ("generalPractitioner.where(resolve() is Practitioner).reference", ["http://example.org/fhir/Practitioner/9"]),
    ("generalPractitioner[0].resolve().name", ["Clinic"]),
    # Texts
    ("'abc'.contains('b')", [True]),
    ("'abc'.startsWith('ab')", [True]),
    ("'abc'.endsWith('ab')", [False]),
    ("{}.startsWith('a')", []),
    ("'abcdefg'.substring(3)", ["defg"]),
    ("'abcdefg'.substring(1, 2)", ["bc"]),
    ("'abcdefg'.substring(7, 1)", []),
    ("'abcdefg'.replace('cde', '123')", ["ab123fg"]),
    ("'11/30/1972'.replaceMatches('([0-9]+)/([0-9]+)/([0-9]+)', '$2-$1-$3')", ["30-11-1972"]),
    ("'A1'.matches('[A-Z][0-9]')", [True]),
    ("'xA1'.matches('[A-Z][0-9]')", [False]),
    ("'abc'.length()", [3]),
    ("'a\\tb\\u4e92\\''", ["a\tb互'"]),
    ("'7'.toInteger()", [7]),
    ("'seven'.toInteger()", []),
    ("7.toString()", ["7"]),
    ("true.toString()", ["true"]),
    # Conditions
    ("iif(active, 'yes', 'no')", ["yes"]),
    ("iif(photo.exists(), 'yes')", []),
    ("active and deceased", [False]),
    ("active.not() or deceased", [False]),
    ("active xor deceased", [True]),
    ("deceased implies false", [True]),
    ("{} and false", [False]),
    ("{} and true", []),
    ("{} or true", [True]),
    ("{} or false", []),
    ("{} implies true", [True]),
    ("{} implies false", []),
    ("false implies {}", [True]),
    ("{} xor true", []),
    ("{}.not()", []),
    # Equality, order, membership
    ("1 = 1.0", [True]),
    ("1 = '1'", [False]),
    ("name.given = name.given", [True]),
    ("(1 | 2) = (2 | 1)", [False]),
    ("(1 | 2) ~ (2 | 1)", [True]),
    ("'A  b' ~ 'a B'", [True]),
    ("'a' !~ 'b'", [True]),
    ("1 != 2", [True]),
    ("{} = 1", []),
    ("use in ('a' | 'b')", []),
    ("'a' in ('a' | 'b')", [True]),
    ("('a' | 'b') contains 'c'", [False]),
    ("2 > 1.5", [True]),
    ("'b' <= 'a'", [False]),
    ("4 'mg' < 5 'mg'", [True]),
    ("4 'mg' < 5 'kg'", []),
    ("1 day = 1 day", [True]),
    ("birthDate < @1974-12-26", [True]),
    ("birthDate = @1974-12-25", [True]),
    ("birthDate > @1974", []),
    ("birthDate > @1973", [True]),
    ("@2012-04-15T15:00:00Z = @2012-04-15T16:00:00+01:00", [True]),
    ("@2012-04-15T15:30 >= @2012-04-15T15:00:00", [True]),
    ("@2012-04-15 < @2012-04-15T10:00:00Z", []),
    ("@2012-04-14 < @2012-04-16T10:00:00Z", [True]),
    ("@T10:30 < @T11:00:00", [True]),
    # Calculation, and what binds how tightly
    ("1 + 2 * 3", [7]),
    ("-1 + 2", [1]),
    ("7 div 2", [3]),
    ("7 mod 2", [1]),
    ("1 / 4", [Number("0.25")]),
    ("1 / 0", []),
    ("1.5 + 1.5", [Number("3.0")]),
    ("'a' + 'b'", ["ab"]),
    ("'a' + {}", []),
    ("'a' & {}", ["a"]),
    ("1 = 1 and 2 = 3 or true", [True]),
    ("false and true or true", [True]),
    ("true implies false or true", [True]),
    ("1 | 2 = 1", [False]),
    # Around
    ("%resource.id", ["p1"]),
    ("%context.id", ["p1"]),
    ("%rootResource.contained.id", ["o"]),
    ("%ucum", ["http://unitsofmeasure.org"]),
    ("%`vs-administrative-gender`", ["http://hl7.org/fhir/ValueSet/administrative-gender"]),
    ("name.where(%resource.active).count()", [3]),
    ("name.first().children().count()", [4]),
    ("contained.descendants().count()", [2]),
    ("name.given.trace('given', length()).first()", ["Peter"]),
    ("'male'.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", [True]),
    ("'m'.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')", [False]),
    ("'m'.memberOf('http://example.org/unknown')", []),
    ("active // all that follows says nothing\n /* nor this */", [True]),
]


@pytest.mark.parametrize(("expression", "expected"), RIGHT, ids=[each for each, _ in RIGHT])
def test_an_expression_gives(expression: str, expected: list[Any]) -> None:
    assert ask(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "name.frobnicate()",
        "name.where()",
        "name.first(1)",
        "name.",
        "(name",
        "name)",
        "name name",
        "name.ofType(Patience)",
        "active is Patience",
        "%nothing",
        "name.$this",
        "name ? family",
        "'open",
        "",
        "htmlChecks()",
        "aggregate($this + $total, 0)",
        "(" * 2000 + "1" + ")" * 2000,
        "(" * 26 + "1" + ")" * 26,
        ".".join(["a"] * 5000),
        " or ".join(["true"] * 3000),
        "-" * 5000 + "1",
        "a" * 30_000,
    ],
    ids=lambda each: each[:30],
)
def test_what_is_no_expression_is_refused_when_it_is_compiled(expression: str) -> None:
    with pytest.raises(CannotCompile):
        compiled(expression, "Patient")


@pytest.mark.parametrize(
    "expression",
    ["name.single()", "name and true", "name.given < 'a'", "id < 1", "1 + 'a'", "id.matches('(')", "repeat($this)"],
)
def test_what_cannot_be_asked_of_a_resource_is_said(expression: str) -> None:
    with pytest.raises(CannotEvaluate):
        ask(expression)


def test_every_value_has_its_type() -> None:
    def kinds(expression: str) -> list[str]:
        return [kind for _, kind, _ in compiled(expression, "Patient").values(PATIENT, PATIENT)]

    assert kinds("birthDate | name.family | deceased | managingOrganization") == [
        "date", "string", "string", "boolean", "Reference",
    ]  # fmt: skip
    assert kinds("contained") == ["Organization"]
    assert kinds("birthDate.extension.value") == ["dateTime"]


def test_a_constraint_holds_or_does_not() -> None:
    def holds(expression: str) -> bool:
        return compiled(expression, "Patient").holds(PATIENT, PATIENT)

    assert holds("active")
    assert not holds("deceased")
    assert not holds("photo.url = 'u'")  # an empty answer is no yes
    assert holds("birthDate < @1974")  # but what dates do not tell is not held against anybody
    assert holds("birthDate.extension.exists() and name.exists()")


def test_a_boolean_of_which_only_extensions_are_known_is_neither_true_nor_false() -> None:
    masked = {"resourceType": "Patient", "_active": {"extension": [{"url": "u:1", "valueCode": "masked"}]}}
    assert ask("active.exists()", masked) == [True]
    assert ask("active.not()", masked) == []
    assert ask("active or true", masked) == [True]


def test_a_check_that_the_caller_brings() -> None:
    narrative = {"status": "generated", "div": "<div/>"}
    for answer in (True, False):
        rule = compiled("htmlChecks()", "xhtml", checks={"htmlChecks": lambda _, answer=answer: answer})
        assert rule.holds(narrative["div"], narrative) is answer
