"""One evaluation: what the expression may ask about around it, and how much it may still do."""

from collections.abc import Callable
from typing import Any

from wutong.record.fhirpath.faults import TooCostly
from wutong.record.fhirpath.nodes import NOTHING, Node

# Nodes that one evaluation may touch: an honest resource of 20 MB has some 600,000 values.
MOST_NODES = 5_000_000

# Takes the focus, which is also `$this`, and gives a collection; or, for a condition, true, false or unknown.
Expression = Callable[[list[Node], "Run"], list[Node]]
Condition = Callable[[list[Node], "Run"], bool | None]


class Run:
    """The resources around the node, and what was noted on the way."""

    __slots__ = ("context", "index", "is_undecided", "left", "memory", "resource", "root")

    def __init__(self, context: list[Node], resource: list[Node], root: list[Node]) -> None:
        self.context = context
        self.resource = resource
        self.root = root
        self.index = 0
        self.is_undecided = False  # a comparison that dates of different precision, or units, did not tell
        self.left = MOST_NODES
        self.memory: dict[int, Any] = {}

    def spend(self, nodes: int) -> None:
        """Count what was touched; raises TooCostly."""
        self.left -= nodes
        if self.left < 0:
            raise TooCostly("The resource is too large for this rule. Send it in parts.")

    def variable(self, name: str) -> list[Node]:
        """`%resource`, `%rootResource` or `%context`."""
        match name:
            case "resource":
                return self.resource
            case "rootResource":
                return self.root
            case "context":
                return self.context
        return NOTHING
