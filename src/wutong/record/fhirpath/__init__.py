"""FHIRPath, compiled once into closures over JSON trees. Source: HL7 FHIRPath N1, as FHIR R4 uses it (README.md)."""

from collections.abc import Iterator, Mapping
from typing import Any

from wutong.record.fhirpath.compiler import Check, Compiler
from wutong.record.fhirpath.faults import CannotCompile, CannotEvaluate, TooCostly
from wutong.record.fhirpath.needs import needs
from wutong.record.fhirpath.nodes import Node, node_of
from wutong.record.fhirpath.parser import Ast, Binary, Literal, parse
from wutong.record.fhirpath.paths import path
from wutong.record.fhirpath.pruning import pruned
from wutong.record.fhirpath.reach import reach
from wutong.record.fhirpath.run import Budget, Run

__all__ = [
    "Budget",
    "CannotCompile",
    "CannotEvaluate",
    "Compiled",
    "Node",
    "TooCostly",
    "compile",
    "names_needed",
    "parts",
]


class Compiled:
    """An expression that is asked of nodes of one type; it keeps nothing from one to the next."""

    __slots__ = ("_condition", "_expression", "_path", "kind", "needs")

    def __init__(self, tree: Ast, kind: str, checks: Mapping[str, Check], *, is_foreign: bool) -> None:
        compiler, tree = Compiler(checks, is_foreign=is_foreign), pruned(tree, kind)
        self.kind = kind
        self.needs = needs(tree)  # elements of the node without any of which `holds` is true: nobody has to ask
        self._expression = compiler.expression(tree)
        self._condition = compiler.condition(tree)
        self._path = None if is_foreign else path(tree, kind)  # what a sender wrote is counted

    def values(
        self, node: Any, resource: Any, *, root: Any = None, beside: Any = None, budget: Budget | None = None
    ) -> list[Node]:
        """What the expression gives at `node`, each as (JSON value, FHIR type, what stands beside a primitive).

        `resource`: the resource that holds the node; `root`: the one that contains that resource, if it is contained;
        `beside`: of a primitive, the object under `_name`; `budget`: shared with other evaluations. Raises
        CannotEvaluate.
        """
        if self._path is not None and beside is None:
            return self._path(node, resource if root is None else root)
        run = _run(node_of(node, self.kind, beside), resource, root, budget)
        return self._expression(run.context, run)

    def holds(
        self, node: Any, resource: Any, *, root: Any = None, beside: Any = None, budget: Budget | None = None
    ) -> bool:
        """Whether the expression is true at `node`.

        An empty answer is no yes; but where dates of different precision or quantities of different units do not tell,
        nothing is held against the node. `budget`: shared with other evaluations. Raises CannotEvaluate.
        """
        run = _run(node_of(node, self.kind, beside), resource, root, budget)
        found = self._condition(run.context, run)
        return run.is_undecided if found is None else found


def _run(node: Node, resource: Any, root: Any, budget: Budget | None = None) -> Run:
    whole = [node_of(resource, "Resource")]
    return Run([node], whole, whole if root is None else [node_of(root, "Resource")], budget or Budget())


def compile(  # noqa: A001 - as `re` calls it
    expression: str | Ast, type_name: str, *, checks: Mapping[str, Check] | None = None, is_foreign: bool = False
) -> Compiled:
    """The expression, to be asked of nodes of the type `type_name`; raises CannotCompile.

    `checks`: functions that the caller brings, such as `htmlChecks`: whether it holds of a JSON value.
    `is_foreign`: a sender wrote it, so that it may call no patterns, and each step is counted.
    """
    return Compiled(_parsed(expression), type_name, checks or {}, is_foreign=is_foreign)


def parts(expression: str, type_name: str) -> list[Ast]:
    """The parts of a union that can find anything at nodes of that type; they find what it finds, some perhaps twice.

    Equal parts of several expressions compare as equal.
    """
    return list(_parts(pruned(parse(expression), type_name)))


def names_needed(expression: str | Ast, type_name: str, *parts: str) -> frozenset[str] | None:
    """JSON names of which a node of that type must have one for the expression to find anything; None: who knows.

    `parts`: expressions about what it finds, each of which must find something.
    """
    return reach(_parsed(expression), type_name, [parse(each) for each in parts])


def _parsed(expression: str | Ast) -> Ast:
    return parse(expression) if isinstance(expression, str) else expression


def _parts(tree: Ast) -> Iterator[Ast]:
    match tree:
        case Binary("|", left, right):
            yield from (*_parts(left), *_parts(right))
        case Literal(_, ""):
            return
        case _:
            yield tree
