"""Reads, from the source, every problem that a client can be told of: issue code, status and sentence.

A sentence is found where it is written: `fault(…)`, `Fault(…)`, `run.say(…)`, `JsonProblem(…)`, `Unreadable(…)` and
the like. What only
a request can fill in stands as "…". A sentence that cannot be read stops the making, so that none is left out unseen.
"""

import ast
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any


@dataclass(frozen=True, order=True)
class Told:
    """One problem as a client meets it."""

    status: int
    code: str
    sentence: str


class Unreadable(Exception):
    """A call whose sentence this module cannot read; teach it, or write the sentence at the call."""


# Callee: where code and sentence stand among its arguments, or the code itself; the status unless the call gives one.
_CALLS: Mapping[str, tuple[int | str, int, int]] = {
    "fault": (0, 1, 400),
    "Fault": (0, 2, 422),
    "unfit": (0, 2, 422),
    "_wrong": ("value", 1, 400),
    "say": (0, 2, 422),
    "Unreadable": (0, 1, 400),
    "_PassedOver": (0, 1, 400),
    "_Wrong": ("invariant", 0, 422),
    "_SaysNothing": ("invariant", 0, 422),
    "JsonProblem": ("structure", 1, 400),
    "PatchProblem": ("processing", 1, 422),
    "problem": ("processing", 0, 422),
    "Misfit": ("processing", 0, 422),
}
# What only hands on a sentence that is read elsewhere.
_HANDED_ON = frozenset(
    {
        "message",
        "text",
        "f'{wrong.rule}: {wrong}'",
        "str(wrong)",
        "wrong.message",
        "issue.message",
        "self.message",
        "each['details']['text']",
    }
)


def told_by(module_name: str) -> list[Told]:
    """The problems that one module writes."""
    module = importlib.import_module(module_name)
    return told_in(Path(str(module.__file__)).read_text(encoding="utf-8"), module)


def told_in(source: str, module: ModuleType) -> list[Told]:
    """The same of a module's text; `module` gives the values of its constants."""
    tree = ast.parse(source)
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    returns = {each.name: next(_returned(each), None) for each in functions}
    return sorted({told for each in functions for told in _Function(each, module, returns).told()})


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    return (each.value for each in ast.walk(function) if isinstance(each, ast.Return) and each.value)


class _Function:
    """One function of a module, with what its local names were set to."""

    def __init__(
        self,
        function: ast.FunctionDef | ast.AsyncFunctionDef,
        module: ModuleType,
        returns: Mapping[str, ast.expr | None],
    ) -> None:
        self._function, self._module, self._returns = function, module, returns

    def told(self) -> Iterator[Told]:
        for call in [each for each in ast.walk(self._function) if isinstance(each, ast.Call)]:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in _CALLS and (message := self._argument(call, name)) is not None:
                for sentence in self._sentences(message, call):
                    yield Told(self._status(call, name), self._code(call, name), sentence)

    def _argument(self, call: ast.Call, name: str) -> ast.expr | None:
        place = _CALLS[name][1]
        if len(call.args) <= place or ast.unparse(call.args[place]) in _HANDED_ON:
            return None
        return call.args[place]

    def _code(self, call: ast.Call, name: str) -> str:
        code = _CALLS[name][0]
        return code if isinstance(code, str) else str(ast.literal_eval(call.args[code]))

    def _status(self, call: ast.Call, name: str) -> int:
        around = [each for each in ast.walk(self._function) if isinstance(each, ast.Call) and _holds(each, call)]
        for each in [call, *around]:
            for keyword in each.keywords:
                if keyword.arg == "status" and isinstance(keyword.value, ast.Constant):
                    return int(str(keyword.value.value))
        return _CALLS[name][2]

    def _sentences(self, message: ast.expr, call: ast.Call) -> list[str]:
        match message:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return ["".join(self._part(part) for part in parts)]
            case ast.Name(id=name):
                before = [value for line, value in self._set_to(name) if line < call.lineno]
                return self._sentences(before[-1], call) if before else self._stop(message)
            case ast.Call(func=ast.Name(id=name)) if (value := self._returns.get(name)) is not None:
                return self._sentences(value, call)
        return self._stop(message)

    def _stop(self, message: ast.expr) -> list[str]:
        raise Unreadable(f"{self._module.__name__}, line {message.lineno}: {ast.unparse(message)}")

    def _part(self, part: ast.expr) -> str:
        if isinstance(part, ast.Constant):
            return str(part.value)
        return self._value(part.value) if isinstance(part, ast.FormattedValue) else "…"

    def _value(self, part: ast.expr) -> str:
        """A constant of the module as it reads; "…" for what only a request can fill in."""
        names = {name: value for name, value in vars(self._module).items() if not isinstance(value, ModuleType)}
        if isinstance(part, ast.Name) and (values := [value for _, value in self._set_to(part.id)]):
            part = values[-1]
        if isinstance(part, ast.Name) and part.id not in names:
            return "…"
        try:
            # Our own source, and nothing of a request: constants and plain functions of them.
            return str(eval(ast.unparse(part), {**names}))  # noqa: S307
        except Exception:  # whatever it lacks, it is not a constant
            return "…"

    def _set_to(self, name: str) -> list[tuple[int, ast.expr]]:
        return [
            (each.lineno, each.value)
            for each in ast.walk(self._function)
            if isinstance(each, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in each.targets)
        ]


def _holds(outer: ast.Call, inner: Any) -> bool:
    return outer is not inner and any(each is inner for each in ast.walk(outer))
