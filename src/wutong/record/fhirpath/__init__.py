"""FHIRPath, compiled once into closures over JSON trees. Source: HL7 FHIRPath N1, as FHIR R4 uses it (README.md)."""

from collections.abc import Mapping
from typing import Any

from wutong.record.fhirpath.compiler import Check, Compiler
from wutong.record.fhirpath.faults import CannotCompile, CannotEvaluate, TooCostly
from wutong.record.fhirpath.needs import needs
from wutong.record.fhirpath.nodes import Node, node_of
from wutong.record.fhirpath.parser import parse
from wutong.record.fhirpath.pruning import pruned
from wutong.record.fhirpath.run import Budget, Run

__all__ = ["Budget", "CannotCompile", "CannotEvaluate", "Compiled", "Node", "TooCostly", "compile"]


class Compiled:
    """An expression that is asked of nodes of one type; it keeps nothing from one to the next."""

    __slots__ = ("_condition", "_expression", "kind", "needs", "text")

    def __init__(self, text: str, kind: str, checks: Mapping[str, Check]) -> None:
        compiler, tree = Compiler(checks), pruned(parse(text), kind)
        self.text = text
        self.kind = kind
        self.needs = needs(tree)  # elements of the node without any of which `holds` is true: nobody has to ask
        self._expression = compiler.expression(tree)
        self._condition = compiler.condition(tree)

    def values(self, node: Any, resource: Any, *, root: Any = None, beside: Any = None) -> list[Node]:
        """What the expression gives at `node`, each as (JSON value, FHIR type, what stands beside a primitive).

        `resource`: the resource that holds the node; `root`: the one that contains that resource, if it is contained;
        `beside`: of a primitive, the object under `_name`. Raises CannotEvaluate.
        """
        run = _run(node_of(node, self.kind, beside), resource, root)
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


def compile(expression: str, type_name: str, *, checks: Mapping[str, Check] | None = None) -> Compiled:  # noqa: A001 - as `re` calls it
    """The expression, to be asked of nodes of the type `type_name`; raises CannotCompile.

    `checks`: functions that the caller brings, such as `htmlChecks`: whether it holds of a JSON value.
    """
    return Compiled(expression, type_name, checks or {})
