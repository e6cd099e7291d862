"""Parses a FHIRPath expression into a small tree. Source: HL7 FHIRPath N1, grammar and operator precedence."""

from dataclasses import dataclass
from typing import Any

from wutong.core.json_text import Number
from wutong.record.fhirpath.faults import CannotCompile
from wutong.record.fhirpath.tokens import Token, tokens

_DEEPEST = 25  # brackets inside brackets
_LONGEST_CHAIN = 200  # steps from the top of the tree to its lowest leaf: closures call each other so deep
# From loosest to tightest; the operators of one level are read from the left.
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"implies"}),
    frozenset({"or", "xor"}),
    frozenset({"and"}),
    frozenset({"in", "contains"}),
    frozenset({"=", "~", "!=", "!~"}),
    frozenset({"<", ">", "<=", ">="}),
    frozenset({"|"}),
    frozenset({"is", "as"}),
    frozenset({"+", "-", "&"}),
    frozenset({"*", "/", "div", "mod"}),
)
_TYPE_LEVEL = 7
_UNITS = frozenset(
    f"{unit}{end}"
    for unit in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for end in ("", "s")
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the expression, with its FHIR type; `{}` is a literal of type ""."""

    value: object
    kind: str


@dataclass(frozen=True, slots=True)
class Variable:
    """`%resource`, `$this` and their like."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """An element of what stands before it; without it: of the focus."""

    target: "Ast | None"
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of what stands before it; without it: of the focus."""

    target: "Ast | None"
    name: str
    arguments: tuple["Ast", ...]


@dataclass(frozen=True, slots=True)
class Item:
    """`target[index]`."""

    target: "Ast"
    index: "Ast"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and an operator; a sign before an operand is `0 - operand`."""

    sign: str
    left: "Ast"
    right: "Ast"


@dataclass(frozen=True, slots=True)
class TypeTest:
    """`operand is Type` or `operand as Type`."""

    sign: str
    operand: "Ast"
    kind: str


Ast = Literal | Variable | Member | Call | Item | Binary | TypeTest


def parse(expression: str) -> Ast:
    """The tree of `expression`; raises CannotCompile."""
    reader = _Reader(tokens(expression))
    tree = reader.expression(0)
    reader.expect("end", "")
    _refuse_deep(tree)
    return tree


def _refuse_deep(tree: Ast) -> None:
    """No recursion, so that no depth can break it."""
    level: list[Any] = [tree]
    for _ in range(_LONGEST_CHAIN):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return
    raise CannotCompile(f"The expression has chains of over {_LONGEST_CHAIN} steps.")


def _parts(tree: Ast) -> list[Ast]:
    match tree:
        case Member(target, _):
            return [target] if target else []
        case Call(target, _, arguments):
            return [*arguments, target] if target else [*arguments]
        case Item(left, right) | Binary(_, left, right):
            return [left, right]
        case TypeTest(_, operand, _):
            return [operand]
    return []


def type_name(tree: Ast) -> str:
    """The type that a tree of names means, such as `FHIR.Patient`: `Patient`."""
    match tree:
        case Member(None, name):
            return name
        case Member(Member(None, "FHIR" | "System"), name):
            return name
    raise CannotCompile("The name of a type is expected here.")


class _Reader:
    """Reads tokens by recursive descent."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, sign: str) -> bool:
        token = self._next
        return token.text == sign and token.kind == "sign"

    def _accept(self, sign: str) -> bool:
        if self._is(sign):
            self._at += 1
            return True
        return False

    def expect(self, kind: str, text: str) -> None:
        token = self._next
        if token.kind != kind or token.text != text:
            expected = text or "the end"
            raise CannotCompile(f"Expected {expected}, not {token.text or 'the end'}.", token.at)
        if kind != "end":
            self._at += 1

    def expression(self, level: int) -> Ast:
        self._depth += 1
        if self._depth > _DEEPEST * len(_LEVELS):
            raise CannotCompile(f"The expression is nested deeper than {_DEEPEST} levels.")
        tree = self._level(level) if level < len(_LEVELS) else self._signed()
        self._depth -= 1
        return tree

    def _level(self, level: int) -> Ast:
        left = self.expression(level + 1)
        while self._next.kind in {"sign", "name"} and self._next.text in _LEVELS[level]:
            sign = self._take().text
            if level == _TYPE_LEVEL:
                left = TypeTest(sign, left, self._type())
            else:
                left = Binary(sign, left, self.expression(level + 1))
        return left

    def _type(self) -> str:
        name = self._name()
        return self._name() if name in {"FHIR", "System"} and self._accept(".") else name

    def _name(self) -> str:
        token = self._take()
        if token.kind != "name":
            raise CannotCompile(f"A name is expected here, not {token.text or 'the end'}.", token.at)
        return token.text

    def _signed(self) -> Ast:
        if self._accept("-"):
            return Binary("-", Literal(0, "integer"), self.expression(len(_LEVELS)))
        if self._accept("+"):
            return self.expression(len(_LEVELS))
        return self._chain()

    def _chain(self) -> Ast:
        tree = self._term()
        while True:
            if self._accept("."):
                tree = self._invocation(tree)
            elif self._accept("["):
                tree = Item(tree, self.expression(0))
                self.expect("sign", "]")
            else:
                return tree

    def _invocation(self, target: Ast | None) -> Ast:
        if self._next.kind == "variable" and self._next.text == "$this":
            raise CannotCompile("$this stands at the beginning of a path only.", self._next.at)
        name = self._name()
        return Call(target, name, self._arguments()) if self._accept("(") else Member(target, name)

    def _arguments(self) -> tuple[Ast, ...]:
        found: list[Ast] = []
        while not self._accept(")"):
            if found:
                self.expect("sign", ",")
            found.append(self.expression(0))
        return tuple(found)

    def _term(self) -> Ast:
        token = self._next
        match token.kind:
            case "number":
                return self._number()
            case "text":
                return Literal(self._take().text, "string")
            case "moment":
                return _moment(self._take().text[1:])
            case "variable":
                return Variable(self._take().text)
            case "name":
                return self._word()
        return self._bracket()

    def _word(self) -> Ast:
        if self._next.text in {"true", "false"}:
            return Literal(self._take().text == "true", "boolean")
        return self._invocation(None)

    def _number(self) -> Ast:
        text = self._take().text
        value: int | Number = Number(text) if "." in text else int(text[:18])
        unit = self._next
        if unit.kind == "text" or (unit.kind == "name" and unit.text in _UNITS):
            self._take()
            return Literal({"value": value, "unit": unit.text}, "Quantity")
        return Literal(value, "decimal" if "." in text else "integer")

    def _bracket(self) -> Ast:
        if self._accept("{"):
            self.expect("sign", "}")
            return Literal(None, "")
        self.expect("sign", "(")
        tree = self.expression(0)
        self.expect("sign", ")")
        return tree


def _moment(text: str) -> Literal:
    if text.startswith("T"):
        return Literal(text[1:], "time")
    return Literal(text.rstrip("T"), "dateTime" if "T" in text else "date")
