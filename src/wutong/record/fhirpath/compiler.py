"""Compiles the tree of an expression into closures: each takes the focus and gives a collection.

Conditions are compiled apart, to true, false or unknown, so that nothing is wrapped only to be unwrapped. Source: HL7
FHIRPath N1; the constants and `resolve` of HL7 FHIR R4, fhirpath page.
"""

from collections.abc import Callable, Mapping

from wutong.record.fhirpath import iteration
from wutong.record.fhirpath import nodes as walk
from wutong.record.fhirpath.arithmetic import ARITHMETIC
from wutong.record.fhirpath.conditions import COMPARISONS, LOGIC
from wutong.record.fhirpath.faults import CannotCompile
from wutong.record.fhirpath.functions import FUNCTIONS
from wutong.record.fhirpath.nodes import NOTHING, Node
from wutong.record.fhirpath.parser import Ast, Binary, Call, Item, Literal, Member, TypeTest, Variable, type_name
from wutong.record.fhirpath.run import Condition, Expression, Run
from wutong.record.fhirpath.values import FALSE, TRUE, truth, whole

Operator = Callable[[list[Node], list[Node]], list[Node]]
# A function that the caller brings: whether it holds of the JSON value of a node.
Check = Callable[[object], bool]

_CONSTANTS = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_AROUND = frozenset({"resource", "rootResource", "context"})
_PATTERNS = frozenset({"matches", "replaceMatches"})  # one could be made that never comes to an end
_WORDS: Mapping[bool | None, list[Node]] = {True: TRUE, False: FALSE, None: NOTHING}


class Compiler:
    """Compiles one expression."""

    def __init__(self, checks: Mapping[str, Check], *, is_foreign: bool = False) -> None:
        self._checks = checks
        self._is_foreign = is_foreign

    def expression(self, tree: Ast) -> Expression:
        """The closure of a part."""
        expression = self._expression(tree)
        return _counted(expression) if self._is_foreign else expression

    def _expression(self, tree: Ast) -> Expression:
        match tree:
            case Literal(value, kind):
                constant: list[Node] = [(value, kind, None)] if kind else NOTHING
                return lambda _focus, _run: constant
            case Variable(name):
                return _variable(name)
            case Member(target, name):
                return self._remembered(tree, self._member(target, name))
            case Item(target, index):
                return self._item(target, index)
            case TypeTest("as", operand, kind):
                return _of_kind(self.expression(operand), _known(kind))
            case Binary(sign, left, right) if sign in ARITHMETIC:
                return _applied(ARITHMETIC[sign], self.expression(left), self.expression(right))
            case Binary("|", left, right):
                union = FUNCTIONS["union"][2]
                one, other = self.expression(left), self.expression(right)
                return lambda focus, run: union(run, one(focus, run), other(focus, run))
            case Call(target, name, arguments) if not self._is_condition(tree):
                return self._remembered(tree, self._call(target, name, arguments))
        condition = self.condition(tree)
        return lambda focus, run: _WORDS[condition(focus, run)]

    def condition(self, tree: Ast) -> Condition:
        """The closure of a part that is asked as a condition."""
        match tree:
            case Binary(sign, left, right) if sign in LOGIC:
                return LOGIC[sign](self.condition(left), self.condition(right))
            case Binary(sign, left, right) if sign in COMPARISONS:
                return COMPARISONS[sign](self.expression(left), self.expression(right))
            case TypeTest("is", operand, kind):
                return _is_kind(self.expression(operand), _known(kind))
            case Call(target, name, arguments) if self._is_condition(tree):
                return self._asked(target, name, arguments)
        expression = self.expression(tree)
        return lambda focus, run: truth(expression(focus, run))

    def _is_condition(self, tree: Call) -> bool:
        return tree.name in {"exists", "empty", "not", "all", "is"} or tree.name in self._checks

    def _target(self, target: Ast | None) -> Expression:
        return _focus if target is None else self.expression(target)

    def _member(self, target: Ast | None, name: str) -> Expression:
        step = walk.step
        if target is None:
            return _named(name)
        inner = self.expression(target)
        return lambda focus, run: step(inner(focus, run), name)

    def _item(self, target: Ast, index: Ast) -> Expression:
        inner, number = self.expression(target), self.expression(index)

        def item(focus: list[Node], run: Run) -> list[Node]:
            at = whole(number(focus, run))
            return NOTHING if at is None or at < 0 else inner(focus, run)[at : at + 1]

        return item

    def _remembered(self, tree: Ast, expression: Expression) -> Expression:
        """What hangs on `%resource` alone is the same at every node: it is looked up once an evaluation."""
        if not _is_fixed(tree):
            return expression
        mark = id(tree)

        def once(focus: list[Node], run: Run, _kept: Ast = tree) -> list[Node]:
            found = run.memory.get(mark)
            if found is None:
                found = run.memory[mark] = expression(focus, run)
            return found

        return once

    def _call(self, target: Ast | None, name: str, arguments: tuple[Ast, ...]) -> Expression:
        focus = self._target(target)
        match name, arguments:
            case "where", (criteria,):
                return iteration.where(focus, self.condition(criteria))
            case "select", (projection,):
                return iteration.select(focus, self.expression(projection))
            case "repeat", (projection,):
                return iteration.repeat(focus, self.expression(projection))
            case (("ofType" | "as"), (kind,)):
                return _of_kind(focus, _known(type_name(kind)))
            case "trace", (_,) | (_, _):
                return focus  # a note for people who debug; there is nobody here to read it
            case "iif", (asked, then, *rest) if len(rest) < 2:
                other = self.expression(rest[0]) if rest else _nothing
                return iteration.iif(focus, self.condition(asked), self.expression(then), other)
        return self._function(focus, name, arguments)

    def _function(self, focus: Expression, name: str, arguments: tuple[Ast, ...]) -> Expression:
        if name not in FUNCTIONS or (self._is_foreign and name in _PATTERNS):
            raise CannotCompile(f"There is no function {name}() of {len(arguments)} arguments here.")
        least, most, function = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise CannotCompile(f"{name}() takes {least} to {most} arguments, not {len(arguments)}.")
        given = [self.expression(each) for each in arguments]
        if not given:
            return lambda this, run: function(run, focus(this, run))
        return lambda this, run: function(run, focus(this, run), *[each(this, run) for each in given])

    def _asked(self, target: Ast | None, name: str, arguments: tuple[Ast, ...]) -> Condition:
        match name, arguments:
            case (("exists" | "empty"), ()):
                return self._there(target, is_wanted=name == "exists")
            case "exists", (criteria,):
                return iteration.any_(self._target(target), self.condition(criteria))
            case "all", (criteria,):
                return iteration.all_(self._target(target), self.condition(criteria))
            case "not", ():
                return _not(_asked_focus if target is None else self.condition(target))
            case "is", (kind,):
                return _is_kind(self._target(target), _known(type_name(kind)))
            case _, () if name in self._checks:
                return _checked(self._target(target), self._checks[name])
        raise CannotCompile(f"There is no function {name}() of {len(arguments)} arguments.")

    def _there(self, target: Ast | None, *, is_wanted: bool) -> Condition:
        if isinstance(target, Member) and not _is_root(target) and not _is_fixed(target):
            has, name, inner = walk.has, target.name, self._target(target.target)
            if is_wanted:
                return lambda focus, run: has(inner(focus, run), name)
            return lambda focus, run: not has(inner(focus, run), name)
        found = self._target(target)
        if is_wanted:
            return lambda focus, run: bool(found(focus, run))
        return lambda focus, run: not found(focus, run)


def _counted(inner: Expression) -> Expression:
    def expression(focus: list[Node], run: Run) -> list[Node]:
        found = inner(focus, run)
        run.spend(len(found) + 1)
        return found

    return expression


def _focus(focus: list[Node], _run: Run) -> list[Node]:
    return focus


def _asked_focus(focus: list[Node], _run: Run) -> bool | None:
    return truth(focus)


def _nothing(_focus: list[Node], _run: Run) -> list[Node]:
    return NOTHING


def _is_fixed(tree: Ast | None) -> bool:
    match tree:
        case Variable(name):
            return name[1:] in _AROUND
        case Member(target, _):
            return _is_fixed(target)
        case Call(target, _, arguments):
            return _is_fixed(target) and all(isinstance(each, Literal) for each in arguments)
    return False


def _is_root(tree: Member) -> bool:
    """A path may begin with the type that it is of: `Patient.name`."""
    return tree.target is None and tree.name[:1].isupper() and walk.is_type(tree.name)


def _named(name: str) -> Expression:
    step = walk.step
    if not _is_root(Member(None, name)):
        return lambda focus, _run: step(focus, name)
    is_kind = walk.is_kind
    return lambda focus, _run: [each for each in focus if is_kind(each[1], name)]


def _variable(name: str) -> Expression:
    plain = name[1:]
    if name == "$this":
        return _focus
    if name == "$index":
        return lambda _focus, run: [(run.index, "integer", None)]
    if plain in _AROUND:
        return lambda _focus, run: run.variable(plain)
    if plain in _CONSTANTS or plain.startswith(("vs-", "ext-")):
        constant: list[Node] = [(_CONSTANTS.get(plain) or _address(plain), "string", None)]
        return lambda _focus, _run: constant
    raise CannotCompile(f"There is no {name} here.")


def _address(plain: str) -> str:
    folder = "ValueSet" if plain.startswith("vs-") else "StructureDefinition"
    return f"http://hl7.org/fhir/{folder}/{plain.partition('-')[2]}"


def _known(kind: str) -> str:
    if not walk.is_type(kind):
        raise CannotCompile(f"FHIR R4 has no type {kind}.")
    return kind


def _applied(
    function: Callable[[list[Node], list[Node]], list[Node]], one: Expression, other: Expression
) -> Expression:
    return lambda focus, run: function(one(focus, run), other(focus, run))


def _of_kind(inner: Expression, kind: str) -> Expression:
    is_kind = walk.is_kind
    return lambda focus, run: [each for each in inner(focus, run) if is_kind(each[1], kind)]


def _is_kind(inner: Expression, kind: str) -> Condition:
    def asked(focus: list[Node], run: Run) -> bool | None:
        found = inner(focus, run)
        return None if not found else len(found) == 1 and walk.is_kind(found[0][1], kind)

    return asked


def _checked(inner: Expression, check: Check) -> Condition:
    return lambda focus, run: all(check(each[0]) for each in inner(focus, run))


def _not(inner: Condition) -> Condition:
    def asked(focus: list[Node], run: Run) -> bool | None:
        found = inner(focus, run)
        return None if found is None else not found

    return asked
