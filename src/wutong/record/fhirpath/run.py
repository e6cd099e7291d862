"""One evaluation: what the expression may ask about around it, and how much it may still do."""

import time
from collections.abc import Callable, Hashable
from typing import Any

from wutong.record.fhirpath.faults import TooCostly
from wutong.record.fhirpath.nodes import NOTHING, Node
from wutong.record.fhirpath.values import key

# Nodes that may be touched: an honest resource of 20 MB has some 600,000 values.
MOST_NODES = 1_000_000


class Budget:
    """How many nodes may still be touched, by one evaluation or by several that share it.

    `seconds`: of processor time of this thread, where an expression of a sender's could make each step a long one.
    """

    __slots__ = ("left", "until")

    def __init__(self, nodes: int = MOST_NODES, *, seconds: float = 0) -> None:
        self.left = nodes
        self.until = time.thread_time() + seconds if seconds else 0


# Takes the focus, which is also `$this`, and gives a collection; or, for a condition, true, false or unknown.
Expression = Callable[[list[Node], "Run"], list[Node]]
Condition = Callable[[list[Node], "Run"], bool | None]


class Run:
    """The resources around the node, and what was noted on the way."""

    __slots__ = ("budget", "context", "index", "is_undecided", "keys", "memory", "resource", "root")

    def __init__(self, context: list[Node], resource: list[Node], root: list[Node], budget: Budget) -> None:
        self.budget = budget
        self.context = context
        self.resource = resource
        self.root = root
        self.index = 0
        self.is_undecided = False  # a comparison that dates of different precision, or units, did not tell
        self.memory: dict[int, list[Node]] = {}
        self.keys: dict[int, tuple[Any, Hashable]] = {}

    def spend(self, nodes: int) -> None:
        """Count what was touched; raises TooCostly."""
        self.budget.left -= nodes
        if self.budget.left < 0 or (self.budget.until and time.thread_time() > self.budget.until):
            raise TooCostly("The resource is too large for this rule. Send it in parts.")

    def key(self, node: Node) -> Hashable:
        """What is the same for two nodes that are equal; made once for each object, which may be large."""
        value = node[0]
        if type(value) is not dict:
            return key(node)
        # With the key the object itself is kept: as long as it lives, no other has its id.
        _, known = self.keys.get(id(value)) or (value, key(node))
        self.keys[id(value)] = value, known
        return known

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
